/// The objects that something happened to in a run of events, each once; whoever appends one sees to
/// it, with a flag in the object, that it is not there yet, and that it lives until the list is empty.
///
/// It keeps its memory from run to run, and counts no references.
///
/// Invariant: `base` has room for `capacity` elements, of which the first `count` are initialised;
/// nobody else holds `base`.
struct TouchedList<Object: AnyObject>: ~Copyable {
    private var base: UnsafeMutablePointer<Unmanaged<Object>>
    private var capacity = 64
    private var count = 0

    init() { base = .allocate(capacity: capacity) }

    deinit { base.deallocate() }

    /// Appends an object. Amortised O(1).
    @inline(__always)
    mutating func append(_ object: Object) {
        if count == capacity { growSlow() }
        (base + count).initialize(to: Unmanaged.passUnretained(object))
        count &+= 1
    }

    /// Gives each object to `body`, in the order in which they came, and then forgets them. `body` may
    /// not append any.
    @inline(__always)
    mutating func drain(_ body: (Object) -> Void) {
        for position in 0..<count { base[position]._withUnsafeGuaranteedRef(body) }
        count = 0
    }

    @inline(never)
    private mutating func growSlow() {
        let larger = UnsafeMutablePointer<Unmanaged<Object>>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
