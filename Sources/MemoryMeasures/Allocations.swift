/// How much has been allocated so far, where jemalloc is linked in.
package struct Allocations: Equatable, Sendable {
    /// How often.
    package var count: UInt64
    /// The bytes of these, as size classes: what they really took.
    package var bytes: UInt64

    /// Creates a sum.
    package init(count: UInt64 = 0, bytes: UInt64 = 0) {
        self.count = count
        self.bytes = bytes
    }

    /// Whether there are figures: jemalloc is linked in, and no sanitizer stands before it.
    package static var areCounted: Bool { Jemalloc.isPresent }

    /// The sums over all threads since the process began, or nil without jemalloc. Allocates nothing,
    /// from the second time on. What other threads took out of their caches is counted when they
    /// fill these again, so that theirs are exact to some hundred objects a thread; the calling
    /// thread's are exact.
    package static func now() -> Allocations? {
        guard areCounted else { return nil }
        Jemalloc.refresh()
        var sum = Allocations()
        for classes in [small, large] { classes.add(to: &sum) }
        return sum
    }

    /// The bytes that the calling thread has allocated since it began, exactly; nil without jemalloc.
    /// Allocates nothing.
    package static func bytesOfThisThread() -> UInt64? {
        guard areCounted else { return nil }
        return Jemalloc.read("thread.allocated", as: UInt64.self)
    }

    /// The bytes that the calling thread has allocated less those that it has freed, whoever allocated
    /// these; nil without jemalloc. Exact, and allocates nothing.
    package static func bytesKeptByThisThread() -> Int? {
        guard areCounted, let allocated = Jemalloc.read("thread.allocated", as: UInt64.self),
            let freed = Jemalloc.read("thread.deallocated", as: UInt64.self)
        else { return nil }
        return Int(Int64(bitPattern: allocated &- freed))
    }

    /// What was allocated since an earlier moment.
    package func since(_ earlier: Allocations) -> Allocations {
        Allocations(count: count &- earlier.count, bytes: bytes &- earlier.bytes)
    }

    /// Adds.
    package static func += (sum: inout Allocations, other: Allocations) {
        sum.count &+= other.count
        sum.bytes &+= other.bytes
    }

    // Arena 4096 stands for all of them together.
    private static let small = SizeClasses(
        count: Jemalloc.read("arenas.nbins", as: UInt32.self),
        size: .init("arenas.bin.0.size", numberAt: 2),
        requests: .init("stats.arenas.4096.bins.0.nrequests", numberAt: 4))
    private static let large = SizeClasses(
        count: Jemalloc.read("arenas.nlextents", as: UInt32.self),
        size: .init("arenas.lextent.0.size", numberAt: 2),
        requests: .init("stats.arenas.4096.lextents.0.nrequests", numberAt: 4))
}

/// The sizes that jemalloc rounds allocations up to: the small ones, or the large ones.
private struct SizeClasses {
    let count: Int
    let size: Jemalloc.PerClass
    let requests: Jemalloc.PerClass

    init(count: UInt32?, size: Jemalloc.PerClass, requests: Jemalloc.PerClass) {
        self.count = Int(count ?? 0)
        self.size = size
        self.requests = requests
    }

    func add(to sum: inout Allocations) {
        for number in 0..<count {
            let requests = requests.read(number)
            sum.count &+= requests
            sum.bytes &+= requests &* size.read(number)
        }
    }
}
