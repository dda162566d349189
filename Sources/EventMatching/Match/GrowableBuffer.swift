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

    /// Its end, for a loop that appends at most so many elements: see ``BufferTail``.
    @inline(__always)
    mutating func tail(room: Int) -> BufferTail<Element> {
        reserve(count &+ room)
        return BufferTail(base: base, count: count)
    }

    /// Takes over what was appended to its tail. In between nothing else may have changed it.
    @inline(__always)
    mutating func take(_ tail: BufferTail<Element>) {
        assert(tail.base == base && tail.count >= count && tail.count <= capacity)
        count = tail.count
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

/// The end of a ``GrowableBuffer``, for a loop to append to: a value of its own, so that it stays in
/// registers. (A count in memory would be read back after each write of it: that takes longer than all
/// else in such a loop.)
struct BufferTail<Element: BitwiseCopyable> {
    fileprivate let base: UnsafeMutablePointer<Element>
    fileprivate(set) var count: Int

    /// Appends an element. There has to be room for it.
    @inline(__always)
    mutating func append(_ element: Element) { append(element, times: 1) }

    /// Appends an element, or does not, without a branch. There has to be room for it.
    ///
    /// - Parameter times: 1 or 0. A number, because of a truth value the compiler makes a branch.
    @inline(__always)
    mutating func append(_ element: Element, times: Int) {
        assert(times == 0 || times == 1)
        (base + count).initialize(to: element)
        count &+= times
    }
}

extension BufferTail where Element == UInt32 {
    /// How much more room has to be there than for all positions of all ranges.
    static var rangeRoom: Int { 8 }

    /// Appends the positions that a range consists of; without a branch that depends on its length, for
    /// up to eight.
    @inline(__always)
    mutating func append(_ range: TableRange) {
        var positions = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &+ range.start
        var at = UnsafeMutableRawPointer(base + count)
        at.storeBytes(of: positions, as: SIMD8<UInt32>.self)
        var left = Int(range.count) &- 8
        while left > 0 {
            positions &+= 8
            at += 32
            at.storeBytes(of: positions, as: SIMD8<UInt32>.self)
            left &-= 8
        }
        count &+= Int(range.count)
    }
}

extension GrowableBuffer where Element == UInt32 {
    /// Becomes all positions of some ranges.
    mutating func replaceAll(positionsOf ranges: borrowing GrowableBuffer<TableRange>) {
        removeAll()
        var total = 0
        for position in 0..<ranges.count { total &+= Int(ranges[position].count) }
        var tail = tail(room: total &+ BufferTail<UInt32>.rangeRoom)
        for position in 0..<ranges.count { tail.append(ranges[position]) }
        take(tail)
    }

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
    /// Where it begins: for loops, which would else read that again after each write.
    let base: UnsafeMutablePointer<Element>
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

    /// Begins with a copy of a buffer that is not longer.
    @inline(__always)
    func copyAll(of frozen: FrozenBuffer<Element>) {
        assert(frozen.count <= count)
        base.update(from: frozen.base, count: frozen.count)
    }

    func fill(_ element: Element) { base.update(repeating: element, count: count) }
}
