/// An immutable array behind a bare pointer, for the hot path: reading it counts no references and,
/// in release builds, checks no bounds.
///
/// Invariant: `base` points to `count` initialised elements that nobody writes to any more, in the
/// ``TableMemory`` that froze them, which has to live as long as anybody reads. A ``RuleSet`` has that
/// of its tables, and every ``Matcher`` keeps its rule set alive.
struct FrozenBuffer<Element: BitwiseCopyable> {
    let base: UnsafePointer<Element>
    let count: Int

    fileprivate init(base: UnsafePointer<Element>, count: Int) {
        self.base = base
        self.count = count
    }

    @inline(__always)
    subscript(_ position: Int) -> Element {
        assert(position >= 0 && position < count)
        return base[position]
    }

    @inline(__always)
    subscript(_ position: UInt32) -> Element { self[Int(position)] }

}

/// The one owner of the memory of tables: of all those of a rule set, say.
///
/// Tables are copied freely, as what they are, a pointer and a count; this is what they point into,
/// and it is freed at once, when it goes away.
///
/// Invariant: `blocks` are the allocations of the tables that it has frozen, each initialised, and
/// nobody else frees or changes any. `@unchecked Sendable`: nothing writes to them any more.
struct TableMemory: ~Copyable, @unchecked Sendable {
    private var blocks: [UnsafeRawPointer] = []
    /// How many bytes the tables take.
    private(set) var byteCount = 0

    init() {}

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Makes a table out of elements. O(elements); one without any takes no memory.
    mutating func freeze<Element: BitwiseCopyable>(_ elements: [Element]) -> FrozenBuffer<Element> {
        let block = elements.withUnsafeBufferPointer { source -> UnsafePointer<Element>? in
            guard let start = source.baseAddress, source.count > 0 else { return nil }
            let copy = UnsafeMutablePointer<Element>.allocate(capacity: source.count)
            copy.initialize(from: start, count: source.count)
            return UnsafePointer(copy)
        }
        guard let block else { return FrozenBuffer(base: Self.nowhere(), count: 0) }
        blocks.append(UnsafeRawPointer(block))
        byteCount += elements.count * MemoryLayout<Element>.stride
        return FrozenBuffer(base: block, count: elements.count)
    }

    /// Where a table without elements is: aligned for any, and not read.
    private static func nowhere<Element>() -> UnsafePointer<Element> {
        UnsafePointer(bitPattern: 64).unsafelyUnwrapped
    }
}

/// A range of elements in a ``FrozenBuffer`` that several owners share.
struct TableRange: BitwiseCopyable, Hashable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    @inline(__always) var positions: Range<Int> { Int(start)..<Int(start &+ count) }
    @inline(__always) var isEmpty: Bool { count == 0 }

    /// Where its elements begin.
    @inline(__always)
    func base<Element>(in buffer: FrozenBuffer<Element>) -> UnsafePointer<Element> {
        assert(Int(start) + Int(count) <= buffer.count)
        return buffer.base + Int(start)
    }
}

/// Collects the elements of a table, range by range.
struct TableBuilder<Element: BitwiseCopyable> {
    private(set) var elements: [Element] = []

    mutating func append(_ added: some Sequence<Element>) -> TableRange {
        let start = elements.count
        elements += added
        return TableRange(start: UInt32(start), count: UInt32(elements.count - start))
    }
}
