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
/// It is the process's own, or the file `ring`, which outlives the process and which readers look into.
///
/// Unsafe: the memory is mapped as long as this lives, twice (see `MirroredMemory`). Who may touch which part is
/// decided by `BufferedLog`: the writer's thread what is free, the writing one what is not.
final class GatheringRing: @unchecked Sendable {
    static let pageBytes = 4096
    /// Enough for ten milliseconds' events at full speed.
    private static let byteCountMin = 16 << 20

    private let memory: MirroredMemory
    /// The last page of a write, which is only in part used: it is written with zeros behind its
    /// records, from a copy, since the writer's thread goes on filling the original.
    private let lastPage: UnsafeMutableRawPointer
    private let file: SharedFile?

    /// The file `ring` with its first pages mapped.
    private struct SharedFile {
        let directory: ArchiveDirectory
        let header: WritableMapping
        var words: RingWords { RingWords(header.file.base) }
    }

    /// A mapping that is kept with its flag.
    private final class WritableMapping: Sendable {
        let file: MappedFile
        let flag: WriterFlag

        init(_ file: consuming ArchiveFile, flag: WriterFlag) throws(ArchiveError) {
            self.file = try MappedFile(
                file, byteCount: RingLayout.headerBytes, writable: true, flag: flag.word)
            self.flag = flag
        }
    }

    /// Memory of the process's own, with room for at least two of the largest records.
    init(eventBytesMax: Int) throws(ArchiveError) {
        do throws(FileError) {
            memory = try MirroredMemory(
                byteCount: Self.byteCount(Self.byteCountMin, eventBytesMax))
        } catch { throw ArchiveError(error, error.path) }
        lastPage = .allocate(byteCount: Self.pageBytes, alignment: Self.pageBytes)
        file = nil
    }

    /// The same in a new file `ring`. Nobody else writes the archive, and what was in a file of that name
    /// is in the segments, or was never of this archive.
    init(
        eventBytesMax: Int, segmentBytes: Int, in directory: ArchiveDirectory,
        of archive: ArchiveID, flag: WriterFlag
    ) throws(ArchiveError) {
        let name = RingLayout.fileName
        // Where segments are small, disks are.
        let byteCount = Self.byteCount(min(Self.byteCountMin, segmentBytes), eventBytesMax)
        // What is none may be open to somebody: it does not become this one.
        if try directory.openIfThere(name) != nil { try directory.remove(name) }
        let file = try directory.createFile(name)
        do throws(ArchiveError) {
            try file.allocate(RingLayout.headerBytes + byteCount)
            try file.write(RingLayout.prefix(of: archive, byteCount: byteCount), at: 0)
        } catch {
            // The first error is the one to tell.
            try? directory.remove(name)
            throw error
        }
        do throws(FileError) {
            memory = try MirroredMemory(
                file.file, at: RingLayout.headerBytes, byteCount: byteCount, flag: flag.word)
        } catch { throw ArchiveError(error, name) }
        self.file = SharedFile(
            directory: directory, header: try WritableMapping(file, flag: flag))
        lastPage = .allocate(byteCount: Self.pageBytes, alignment: Self.pageBytes)
    }

    deinit { lastPage.deallocate() }

    /// A power of two, so large and with room for at least two of the largest records.
    private static func byteCount(_ wanted: Int, _ eventBytesMax: Int) -> Int {
        let needed = 2 * RecordLayout.recordBytes(eventBytes: eventBytesMax) + 4 * pageBytes
        var size = 64 << 10
        while size < max(wanted, needed) { size *= 2 }
        return size
    }

    var byteCount: Int { memory.byteCount }
    private var base: UnsafeMutableRawPointer { memory.base }

    /// Where the bytes of a file with this bias are.
    func memory(bias: Int) -> AppendMemory {
        AppendMemory(base: base, bias: bias, mask: byteCount - 1)
    }

    /// Says to readers that a segment's bytes are here from now on.
    func begin(_ id: UInt64, bias: Int) { file?.words.setBias(bias, of: id) }

    /// Says to readers that memory up to a biased offset may change from now on: to be called before it
    /// does.
    func grant(_ end: Int) { file?.words.grant(end) }

    /// Maps the pages of a range of biased offsets, so that a store takes no page fault: those that were
    /// never touched, and those that the kernel has written to the disk since.
    func makeReady(_ range: Range<Int>) {
        let begin = range.lowerBound & (byteCount - 1)
        memory.populate(begin..<begin + min(range.count, byteCount))
    }

    /// Looks at a byte, so that it is known whether its page is there.
    func touch(_ offset: Int) { sw_touch(base + (offset & (byteCount - 1))) }

    /// Takes the file away, if there is one: everything in it is in the segments' files.
    func removeFile() { try? file?.directory.remove(RingLayout.fileName) }

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
