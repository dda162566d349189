internal import InternalSystem

internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The memory in which records gather before they are written: a ring whose copy is mapped behind it,
/// so that every range up to its size is contiguous.
///
/// Unsafe: the memory is mapped as long as this lives, twice (see `MirroredMemory`). Who may touch which part is
/// decided by `BufferedLog`: the writer's thread what is free, the writing one what is not.
final class GatheringRing: @unchecked Sendable {
    static let pageBytes = 4096
    /// Enough for a millisecond's events at full speed, little enough to stay in the cache.
    private static let byteCountMin = 16 << 20

    private let memory: MirroredMemory
    /// The last page of a write, which is only in part used: it is written with zeros behind its
    /// records, from a copy, since the writer's thread goes on filling the original.
    private let lastPage: UnsafeMutableRawPointer

    /// Room for at least two of the largest records.
    init(eventBytesMax: Int) throws(ArchiveError) {
        let needed = 2 * RecordLayout.recordBytes(eventBytes: eventBytesMax) + 4 * Self.pageBytes
        var size = Self.byteCountMin
        while size < needed { size *= 2 }
        do throws(FileError) {
            memory = try MirroredMemory(byteCount: size)
        } catch { throw ArchiveError(error, error.path) }
        lastPage = .allocate(byteCount: Self.pageBytes, alignment: Self.pageBytes)
    }

    deinit { lastPage.deallocate() }

    var byteCount: Int { memory.byteCount }
    private var base: UnsafeMutableRawPointer { memory.base }

    /// Where the bytes of a file with this bias are.
    func memory(bias: Int) -> AppendMemory {
        AppendMemory(base: base, bias: bias, mask: byteCount - 1)
    }

    /// The bytes of a range of biased offsets, at most `byteCount`.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: base + (range.lowerBound & (byteCount - 1)), count: range.count)
    }

    func store(_ bytes: [UInt8], at offset: Int) {
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(
                start: base + (offset & (byteCount - 1)), count: byteCount
            ).copyMemory(from: $0)
        }
    }

    /// The pages that hold a range which begins with a page: those that are full in place, the rest as a
    /// copy with zeros behind it. The copy is overwritten by the next call.
    func pages(
        _ range: Range<Int>
    ) -> (full: UnsafeRawBufferPointer, last: UnsafeRawBufferPointer) {
        let fullEnd = range.upperBound & ~(Self.pageBytes - 1)
        let rest = range.upperBound - fullEnd
        let full = bytes(range.lowerBound..<fullEnd)
        guard rest > 0 else { return (full, UnsafeRawBufferPointer(start: lastPage, count: 0)) }
        memcpy(lastPage, bytes(fullEnd..<range.upperBound).baseAddress!, rest)
        memset(lastPage + rest, 0, Self.pageBytes - rest)
        return (full, UnsafeRawBufferPointer(start: lastPage, count: Self.pageBytes))
    }
}
