/// An immutable array behind a bare pointer, for the hot path: reading it counts no references and,
/// in release builds, checks no bounds.
///
/// Invariant: `base` points to `count` initialised elements that nobody writes to any more. Whoever
/// froze the buffer deallocates it, once, when no reader is left; ``RuleSet`` does so in its
/// `deinit`, and every ``Matcher`` keeps its rule set alive.
struct FrozenBuffer<Element: BitwiseCopyable> {
    let base: UnsafePointer<Element>
    let count: Int

    init(_ elements: [Element]) {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        elements.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { copy.initialize(from: start, count: source.count) }
        }
        base = UnsafePointer(copy)
        count = elements.count
    }

    @inline(__always)
    subscript(_ position: Int) -> Element {
        assert(position >= 0 && position < count)
        return base[position]
    }

    @inline(__always)
    subscript(_ position: UInt32) -> Element { self[Int(position)] }

    func deallocate() { base.deallocate() }

    var byteCount: Int { count * MemoryLayout<Element>.stride }
}

/// A run of elements in a ``FrozenBuffer`` that several owners share.
struct Run: BitwiseCopyable, Hashable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    @inline(__always) var range: Range<Int> { Int(start)..<Int(start &+ count) }
    @inline(__always) var isEmpty: Bool { count == 0 }

    /// Where its elements begin.
    @inline(__always)
    func base<Element>(in buffer: FrozenBuffer<Element>) -> UnsafePointer<Element> {
        assert(Int(start) + Int(count) <= buffer.count)
        return buffer.base + Int(start)
    }
}

/// Collects elements run by run.
struct RunBuilder<Element: BitwiseCopyable> {
    private(set) var elements: [Element] = []

    mutating func append(_ run: some Sequence<Element>) -> Run {
        let start = elements.count
        elements += run
        return Run(start: UInt32(start), count: UInt32(elements.count - start))
    }
}
