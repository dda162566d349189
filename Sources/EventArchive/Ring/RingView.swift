internal import InternalSystem
import Synchronization

/// What a writer has gathered in the file `ring` and maybe not yet written to its segments' files, for
/// those who read beside it, or after it is gone.
///
/// What it gives is what the ring has: whether that is records is for the records' checksums to say,
/// which differ for each segment and offset. One thread at a time.
struct RingView: ~Copyable {
    private let mapped: MappedFile
    private let byteCount: Int
    private var words: RingWords { RingWords(mapped.base) }

    /// Nil if there is none that belongs to this archive. Throws `newerFormat`.
    init?(_ directory: ArchiveDirectory, of archive: ArchiveID) throws(ArchiveError) {
        let name = RingLayout.fileName
        guard let file = try directory.openIfThere(name) else { return nil }
        let prefix = try file.read(0..<RingLayout.byteCountOffset + 8)
        if case .newer(let major) = FormatPrefix.judge(prefix, magic: RingLayout.magic) {
            throw .newerFormat(file: name, major: major, supported: ArchiveFormat.major)
        }
        guard
            let byteCount = RingLayout.byteCount(
                prefix: prefix, of: archive, fileBytes: try file.byteCount())
        else { return nil }
        let mapped = try MappedFile(file, byteCount: RingLayout.headerBytes, writable: false)
        self.byteCount = byteCount
        self.mapped = mapped
    }

    /// Whether its writer has written everything and removed it.
    func isReplaced(in directory: ArchiveDirectory) throws(ArchiveError) -> Bool {
        guard let file = try directory.openIfThere(RingLayout.fileName) else { return true }
        return try file.identity() != mapped.file.identity()
    }

    /// The segments that it knows, by id; what it says of them need not be true.
    var segments: [UInt64] { words.segments }

    /// The offsets of a segment's file whose bytes it has now; empty if it has none.
    func offsets(of id: UInt64) -> Range<Int> {
        guard let bias = words.bias(of: id) else { return 0..<0 }
        let granted = words.granted
        // A damaged file can say anything.
        let limit = 1 << 60
        guard (0...limit).contains(granted), (-limit...limit).contains(bias), bias < granted else {
            return 0..<0
        }
        let begin = max(0, max(0, granted - byteCount) - bias)
        return begin..<max(begin, granted - bias)
    }

    /// Copies the bytes of a segment's file from an offset on, which ``offsets(of:)`` has named. False if
    /// they were overwritten meanwhile: then they are in the file.
    func read(
        _ id: UInt64, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ArchiveError) -> Bool {
        guard let bias = words.bias(of: id), buffer.count <= byteCount else { return false }
        var done = 0
        while done < buffer.count {
            let index = (bias &+ offset &+ done) & (byteCount - 1)
            let count = min(buffer.count - done, byteCount - index)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
            let read = try mapped.file.read(into: piece, at: RingLayout.headerBytes + index)
            guard read == count else { return false }
            done += count
        }
        atomicMemoryFence(ordering: .acquiring)
        let now = offsets(of: id)
        return now.contains(offset) && offset + buffer.count <= now.upperBound
    }
}
