internal import CSwitchyard
internal import Synchronization

/// The structures of texts that a scanner has seen before: what kinds of tokens follow each other, and
/// which brackets belong together.
///
/// Most events are of few structures. Of a text whose structure is known, only what differs from
/// text to text has to be looked at: strings, numbers and literals; that its tokens are one object,
/// and where its brackets close, is known. Who reads texts can hang more on a structure, under its
/// ``KnownStructure/identity``.
///
/// A structure is learned when it is seen for the second time, so that structures which come once
/// push none out that come often. Memory: at most ``slotCount`` structures of ``tokensMax`` tokens, 5
/// bytes a token: 2.6 MB, where all are that large.
struct StructureCache: ~Copyable {
    /// How many structures are kept.
    static let slotCount = setCount * waysCount
    /// Texts with more tokens are not kept: they are rare, and their scan is not what costs most.
    static let tokensMax = 1024

    private static let setCount = 256
    private static let waysCount = 2

    /// What is known of a structure. Its memory is this cache's, and moves only when another structure
    /// takes its place, under another identity.
    struct Entry {
        var hash: UInt64 = 0
        var count = 0
        /// 0 where there is none.
        var identity: UInt64 = 0
        var kinds: UnsafeMutablePointer<UInt8>?
        var links: UnsafeMutablePointer<UInt32>?
        /// How many tokens there is room for.
        var capacity = 0
    }

    /// The structures, set by set.
    private var entries: UnsafeMutablePointer<Entry>
    /// Per set, the hash of the last structure that was seen and not kept.
    private var seenOnce: UnsafeMutablePointer<UInt64>
    private var isOpen = false
    private let kernel: sw_kernel

    /// Creates a cache without memory: nothing may be looked for or learned before ``open()``.
    init(kernel: sw_kernel) {
        self.kernel = kernel
        entries = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        seenOnce = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    }

    /// Makes the tables. Called once.
    mutating func open() {
        precondition(!isOpen, "a cache is opened once")
        isOpen = true
        entries = .allocate(capacity: Self.slotCount)
        entries.initialize(repeating: Entry(), count: Self.slotCount)
        seenOnce = .allocate(capacity: Self.setCount)
        seenOnce.initialize(repeating: 0, count: Self.setCount)
    }

    deinit {
        if !isOpen { return }
        for slot in 0..<Self.slotCount {
            entries[slot].kinds?.deallocate()
            entries[slot].links?.deallocate()
        }
        entries.deallocate()
        seenOnce.deallocate()
    }

    /// Finds a structure. O(count).
    ///
    /// - Parameters:
    ///   - kinds: as `sw_json_kinds` wrote them, with their hash.
    ///   - count: how many there are, at most ``tokensMax``.
    @inline(__always)
    func find(
        _ kinds: UnsafePointer<UInt8>, count: Int, hash: UInt64
    ) -> (KnownStructure, links: UnsafePointer<UInt32>)? {
        let first = Self.firstSlot(hash)
        for slot in first..<first + Self.waysCount {
            let entry = entries + slot
            guard entry.pointee.hash == hash, entry.pointee.count == count,
                let known = entry.pointee.kinds, let links = entry.pointee.links,
                sw_json_kinds_equal(kernel, kinds, known, count)
            else { continue }
            let structure = KnownStructure(slot: slot, identity: entry.pointee.identity)
            return (structure, UnsafePointer(links))
        }
        return nil
    }

    /// Takes note of a structure that was not found, and keeps it if it was seen before. O(count);
    /// allocates only where the structure that it takes the place of had less room.
    ///
    /// - Parameter links: as `sw_json_check` wrote them.
    @inline(never)
    func learn(
        _ kinds: UnsafePointer<UInt8>, count: Int, hash: UInt64, links: UnsafePointer<UInt32>
    ) {
        let set = Int(truncatingIfNeeded: hash) & (Self.setCount - 1)
        guard seenOnce[set] == hash else {
            seenOnce[set] = hash
            return
        }
        // Where its set is full, its hash says whose place it takes.
        let first = Self.firstSlot(hash)
        let slot =
            (first..<first + Self.waysCount).first { entries[$0].identity == 0 }
            ?? first + Int(truncatingIfNeeded: hash >> 32) & (Self.waysCount - 1)
        let entry = entries + slot
        if entry.pointee.capacity < count {
            entry.pointee.kinds?.deallocate()
            entry.pointee.links?.deallocate()
            entry.pointee.capacity = (count + 63) & ~63
            entry.pointee.kinds = .allocate(capacity: entry.pointee.capacity)
            entry.pointee.links = .allocate(capacity: entry.pointee.capacity)
        }
        entry.pointee.kinds?.update(from: kinds, count: (count + 63) & ~63)
        entry.pointee.links?.update(from: links, count: count)
        entry.pointee.hash = hash
        entry.pointee.count = count
        entry.pointee.identity = KnownStructure.nextIdentity()
    }

    @inline(__always)
    private static func firstSlot(_ hash: UInt64) -> Int {
        (Int(truncatingIfNeeded: hash) & (setCount - 1)) * waysCount
    }
}

/// Which of a scanner's structures a text has.
///
/// Two texts of the same identity have the same kinds of tokens in the same order.
@usableFromInline
package struct KnownStructure: BitwiseCopyable, Sendable {
    /// What a text of a structure that is not known has.
    package static let none = KnownStructure(slot: 0, identity: 0)
    /// Slots are smaller than this.
    package static var slotCount: Int { StructureCache.slotCount }

    /// Where the scanner keeps it: at any time, its structures have different slots.
    package let slot: Int
    /// Different for all structures of all scanners of this process, and never 0 if it is known.
    @usableFromInline package let identity: UInt64

    @inlinable
    package var isKnown: Bool { identity != 0 }

    private static let identities = Atomic<UInt64>(1)

    fileprivate static func nextIdentity() -> UInt64 {
        identities.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    init(slot: Int, identity: UInt64) {
        self.slot = slot
        self.identity = identity
    }
}
