/// A segment that is being written, or was when its writer ended: the bytes that the ring has from
/// there, all others from the file.
///
/// What the file is known to have counts before the ring: a crash of the machine can leave anything in
/// that, also what is older than the file.
///
/// What it gives is copied, a window at a time: the ring is overwritten as the writer goes on, and a
/// copy of what was good stays so.
final class GatheredSegment: SegmentContent {
    private static let windowBytes = 256 << 10
    private static let attemptsMax = 16

    private(set) var recordsEnd: Int
    private let id: UInt64
    private let file: ArchiveFile
    private let directory: ArchiveDirectory
    private let archive: ArchiveID
    private var ring: RingView?
    /// Before this, the file counts.
    private var fileEnd: Int
    private var buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: windowBytes, alignment: 8)

    /// Takes the segment's file, and how far its records can be read.
    ///
    /// - Parameter fileEnd: where the records end that the file is known to have; 0 beside a writer at work,
    ///   of whose file nothing is known.
    init(
        _ file: consuming ArchiveFile, _ header: (archive: ArchiveID, id: UInt64),
        in directory: ArchiveDirectory, recordsEnd: Int, fileEnd: Int = 0
    ) throws(ArchiveError) {
        self.recordsEnd = recordsEnd
        self.fileEnd = fileEnd
        (archive, id) = header
        self.file = file
        self.directory = directory
        ring = try RingView(directory, of: archive)
    }

    deinit { buffer.deallocate() }

    /// The offsets of the file whose bytes come from the ring.
    var gathered: Range<Int> { ring?.offsets(of: id).clamped(to: fileEnd..<Int.max) ?? 0..<0 }

    /// Looks whether there is another writer by now, with another ring.
    func lookForWriter() throws(ArchiveError) {
        guard try ring?.isReplaced(in: directory) ?? true else { return }
        ring = try RingView(directory, of: archive)
        fileEnd = 0
    }

    func expect(sparse: Bool) {}

    func extend(to recordsEnd: Int) { self.recordsEnd = recordsEnd }

    func growthLimit(_ capacity: Int) -> Int {
        let gathered = gathered
        return gathered.isEmpty ? capacity : min(capacity, gathered.upperBound)
    }

    func window(at offset: Int, byteCount: Int) throws(ArchiveError) -> SegmentWindow {
        let wanted = max(byteCount, Self.windowBytes)
        let end = max(offset, min(recordsEnd, offset + wanted))
        if buffer.count < end - offset {
            buffer.deallocate()
            buffer = .allocate(byteCount: end - offset, alignment: 8)
        }
        let count = try read(
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - offset)]), at: offset)
        guard let base = buffer.baseAddress else { throw .closed }
        return SegmentWindow(base: UnsafeRawPointer(base) - offset, end: offset + count)
    }

    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let count = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(ArchiveError) in try read(into: buffer, at: range.lowerBound) }
        }
        bytes.removeSubrange(try count.get()...)
        return bytes
    }

    func nextData(from offset: Int) -> Int? {
        let gathered = gathered
        if gathered.contains(offset) { return offset }
        let next = file.nextData(from: offset)
        guard offset < gathered.lowerBound else { return next }
        return min(next ?? gathered.lowerBound, gathered.lowerBound)
    }

    /// Reads as many bytes as there is room for, fewer if the file ends before. Returns how many.
    private func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ArchiveError) -> Int {
        let range = offset..<offset + buffer.count
        // Each time that the ring has lost something, the file has it: a ring that goes on losing is none.
        for _ in 0..<Self.attemptsMax {
            let part = gathered.clamped(to: range)
            guard !part.isEmpty else { break }
            // The ring first: what it has lost by then is in the file.
            guard
                try ring?.read(id, into: buffer[part, from: offset], at: part.lowerBound) ?? false
            else { continue }
            let before = range.lowerBound..<part.lowerBound
            let found = try file.read(into: buffer[before, from: offset], at: offset)
            guard found == before.count else { return found }
            let behind = part.upperBound..<range.upperBound
            return part.upperBound - offset
                + (try file.read(into: buffer[behind, from: offset], at: part.upperBound))
        }
        return try file.read(into: buffer, at: offset)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The place of a range of a file's bytes in a buffer that begins with those at an offset.
    fileprivate subscript(range: Range<Int>, from offset: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            rebasing: self[range.lowerBound - offset..<range.upperBound - offset])
    }
}
