public import Synchronization

/// The bytes between words that different threads write: two cache lines, because the processor
/// fetches lines in pairs.
@usableFromInline
let cacheLineBytes = 128

/// A pointer to an atomic word in memory that some owner keeps alive.
@usableFromInline
typealias AtomicWord = UnsafeMutablePointer<Atomic<UInt64>>

/// Atomic words, zero to begin with, each on 128 bytes of its own.
///
/// Owns its memory. Any thread may touch the words at any time until the owner goes; since they are
/// not part of an object, reading one is neither a reference count nor an exclusivity check.
@usableFromInline
struct PaddedAtomics: ~Copyable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer

    init(count: Int) {
        self.base = .allocate(byteCount: count * cacheLineBytes, alignment: cacheLineBytes)
        for index in 0..<count {
            (self.base + index * cacheLineBytes).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
                .initialize(to: Atomic(0))
        }
    }

    /// The word at `index`, which must be in range.
    @inlinable
    subscript(index: Int) -> AtomicWord {
        (self.base + index * cacheLineBytes).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    deinit {
        self.base.deallocate()
    }
}

extension UnsafeMutablePointer where Pointee == Atomic<UInt64> {
    /// Adds to a count that no other memory depends on.
    @inlinable
    func count(_ amount: Int) {
        self.pointee.wrappingAdd(UInt64(truncatingIfNeeded: amount), ordering: .relaxed)
    }

    /// The value of a count that no other memory depends on.
    @inlinable
    var counted: UInt64 {
        self.pointee.load(ordering: .relaxed)
    }
}
