import CJemalloc
import Foundation

/// How much the process has allocated so far, where jemalloc is linked in.
///
/// jemalloc is found by name at run time, so the tool builds and runs without it and then has no
/// allocation figures.
struct Allocations {
    /// Allocations since the process began.
    var count: UInt64
    /// Bytes of these, as size classes: what they really took.
    var bytes: UInt64

    private typealias Control =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
            UnsafeMutableRawPointer?, Int
        ) -> Int32

    private static let control: Control? = dlsym(nil, "mallctl").map {
        unsafeBitCast($0, to: Control.self)
    }

    /// Whether there are figures.
    static var areCounted: Bool { control != nil }

    /// The sums over all threads, or nil without jemalloc. What other threads hold in caches is
    /// counted when they fill these again, so figures are exact to some hundred objects a thread.
    static func now() -> Allocations? {
        guard let control else { return nil }
        _ = control("thread.tcache.flush", nil, nil, nil, 0)
        var epoch: UInt64 = 1
        _ = control("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size)
        // Arena 4096 stands for all of them together.
        var sum = Allocations(count: 0, bytes: 0)
        for (classes, size, counter) in [
            ("arenas.nbins", "arenas.bin.%d.size", "stats.arenas.4096.bins.%d.nmalloc"),
            ("arenas.nlextents", "arenas.lextent.%d.size", "stats.arenas.4096.lextents.%d.nmalloc"),
        ] {
            for number in 0..<(read(classes, as: UInt32.self) ?? 0) {
                guard
                    let bytes = read(String(format: size, number), as: Int.self),
                    let count = read(String(format: counter, number), as: UInt64.self)
                else { return nil }
                sum.count += count
                sum.bytes += count * UInt64(bytes)
            }
        }
        return sum
    }

    /// What was allocated since an earlier moment.
    func since(_ earlier: Allocations) -> Allocations {
        Allocations(count: count &- earlier.count, bytes: bytes &- earlier.bytes)
    }

    private static func read<Value: FixedWidthInteger>(_ name: String, as: Value.Type) -> Value? {
        var value: Value = 0
        var size = MemoryLayout<Value>.size
        guard let control, control(name, &value, &size, nil, 0) == 0 else { return nil }
        return value
    }
}
