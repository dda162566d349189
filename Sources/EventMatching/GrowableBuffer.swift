/// An array of plain values for scratch memory: it keeps its memory between events, and appending
/// counts no references and checks nothing but the capacity.
///
/// Invariant: `base` has room for `capacity` elements, of which the first `count` are initialised;
/// nobody else holds `base`.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { reserve(count + 1) }
        (base + count).initialize(to: element)
        count &+= 1
    }

    /// Appends an element, or does not, without a branch. There has to be room for it.
    @inline(__always)
    mutating func appendUnreserved(_ element: Element, if isKept: Bool) {
        assert(count < capacity)
        (base + count).initialize(to: element)
        count &+= isKept ? 1 : 0
    }

    @inline(__always)
    subscript(_ position: Int) -> Element {
        get {
            assert(position >= 0 && position < count)
            return base[position]
        }
        nonmutating set {
            assert(position >= 0 && position < count)
            base[position] = newValue
        }
    }

    /// What it holds; valid until it is changed.
    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

    /// Becomes a copy of other elements.
    mutating func replaceAll(_ elements: UnsafeBufferPointer<Element>) {
        reserve(elements.count)
        if let source = elements.baseAddress {
            base.initialize(from: source, count: elements.count)
        }
        count = elements.count
    }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func removeLast() { count &-= 1 }

    /// Makes room for so many elements in all.
    @inline(__always)
    mutating func reserve(_ needed: Int) {
        if needed > capacity { grow(to: needed) }
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.moveInitialize(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}

extension GrowableBuffer where Element == UInt32 {
    /// Appends numbers that follow each other.
    @inline(__always)
    mutating func append(_ added: Int, from first: UInt32) {
        reserve(count &+ added)
        let start = base + count
        for offset in 0..<added {
            start[offset] = first &+ UInt32(truncatingIfNeeded: offset)
        }
        count &+= added
    }
}

/// A fixed number of plain values, all of them there from the start.
///
/// Invariant: `base` points to `count` initialised elements, and nobody else holds it.
struct FixedBuffer<Element: BitwiseCopyable>: ~Copyable {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    init(repeating element: Element, count: Int) {
        self.count = count
        base = .allocate(capacity: max(count, 1))
        base.initialize(repeating: element, count: count)
    }

    init(_ frozen: FrozenBuffer<Element>) {
        count = frozen.count
        base = .allocate(capacity: max(count, 1))
        base.initialize(from: frozen.base, count: count)
    }

    deinit { base.deallocate() }

    @inline(__always)
    subscript(_ position: UInt32) -> Element {
        get {
            assert(Int(position) < count)
            return base[Int(position)]
        }
        nonmutating set {
            assert(Int(position) < count)
            base[Int(position)] = newValue
        }
    }

    func fill(_ element: Element) { base.update(repeating: element, count: count) }
}
