/// What compressing segments did.
public struct ArchiveCompactionReport: Sendable, Hashable {
    /// How many segments were compressed.
    public internal(set) var segments = 0
    /// Their size before.
    public internal(set) var bytesBefore: UInt64 = 0
    /// Their size now.
    public internal(set) var bytesAfter: UInt64 = 0
    /// Segments that were left as they are because something in them is damaged.
    public internal(set) var problems: [ArchiveProblem] = []

    /// A report of nothing.
    public init() {}
}

extension ArchiveReader {
    /// Whether the system has the library that compresses.
    public static var canCompress: Bool { Zstandard.library != nil }

    /// Compresses sealed segments, each in one step: readers see either form, and those that have the
    /// uncompressed file open keep it.
    ///
    /// Every frame is decompressed again and compared before the segment's file goes. A segment that is
    /// damaged anywhere is left as it is. O(bytes).
    ///
    /// - Parameters:
    ///   - level: of Zstandard; 3 is its own default.
    ///   - ingestedBefore: leaves segments alone that have records from this time on, in nanoseconds
    ///     since 1970.
    ///   - mayContinue: asked before each frame; false ends it early and leaves nothing half done.
    /// - Throws: `noCompression` where there is no library, `maintained` if another process is at it,
    ///   `diskFull`, `syncFailed`, `system`.
    @discardableResult
    public func compress(
        level: Int = 3, ingestedBefore: Int64 = .max, while mayContinue: () -> Bool = { true }
    ) throws(ArchiveError) -> ArchiveCompactionReport {
        guard let library = Zstandard.library else { throw .noCompression }
        return try directory.maintaining { () throws(ArchiveError) in
            try compressAlone(library, level, ingestedBefore, while: mayContinue)
        }
    }

    private func compressAlone(
        _ library: Zstandard, _ level: Int, _ ingestedBefore: Int64, while mayContinue: () -> Bool
    ) throws(ArchiveError) -> ArchiveCompactionReport {
        var report = ArchiveCompactionReport()
        let compressor = SegmentCompressor(library, level: level)
        for segment in segments {
            guard segment.hasFooter, segment.name.isSealed, !segment.isCompressed,
                segment.summary.ingestTimes.last < ingestedBefore, mayContinue()
            else { continue }
            switch try compressor.compress(segment, in: directory, while: mayContinue) {
            case .done(let bytes):
                report.segments += 1
                report.bytesBefore += UInt64(segment.fileBytes)
                report.bytesAfter += UInt64(bytes)
            case .stopped: return report
            case .gone: continue
            case .damaged(let problem): report.problems.append(problem)
            }
        }
        return report
    }
}

/// Turns a segment's file into a compressed one.
struct SegmentCompressor: ~Copyable {
    enum Outcome {
        case done(bytes: Int)
        case stopped
        case gone
        case damaged(ArchiveProblem)
    }

    private let compressor: Zstandard.Compressor
    private let decompressor: Zstandard.Decompressor

    init(_ library: Zstandard, level: Int) {
        compressor = Zstandard.Compressor(library, level: level)
        decompressor = Zstandard.Decompressor(library)
    }

    func compress(
        _ segment: SegmentDescription, in directory: ArchiveDirectory, while mayContinue: () -> Bool
    ) throws(ArchiveError) -> Outcome {
        guard let file = try directory.openSegment(segment.name) else { return .gone }
        let fileBytes = try file.byteCount()
        guard let footer = try SegmentSurvey.readFooter(file, fileBytes: fileBytes),
            footer.header == segment.header
        else { return .gone }
        let footerBytes = try file.read(footer.recordsEnd..<fileBytes)
        let mapped = try MappedFile(file, byteCount: fileBytes, writable: false)
        if let problem = firstBadBlock(of: mapped, footer) { return .damaged(problem) }
        let name = segment.name.compressedFileName
        let creationName = name + ArchiveDirectory.creationSuffix
        do throws(ArchiveError) {
            let target = try directory.createFile(creationName)
            guard
                let end = try write(mapped, footer, footerBytes, to: target, while: mayContinue)
            else {
                try directory.remove(creationName)
                return .stopped
            }
            try target.sync()
            try directory.rename(creationName, to: name)
            try directory.sync()
            try directory.remove(segment.name.sealed.fileName)
            try directory.sync()
            return .done(bytes: end)
        } catch {
            // The first error is the one to tell.
            try? directory.remove(creationName)
            throw error
        }
    }

    private func write(
        _ mapped: borrowing MappedFile, _ footer: SegmentFooter, _ footerBytes: [UInt8],
        to target: borrowing ArchiveFile, while mayContinue: () -> Bool
    ) throws(ArchiveError) -> Int? {
        var frames: [CompressedTable.Frame] = []
        var end = 0
        var again = [UInt8](repeating: 0, count: CompressedTable.frameBytes)
        for begin in stride(from: 0, to: mapped.byteCount, by: CompressedTable.frameBytes) {
            guard mayContinue() else { return nil }
            let bytes = mapped.bytes(
                begin..<min(begin + CompressedTable.frameBytes, mapped.byteCount))
            guard let frame = compressor.frame(bytes) else { throw .noCompression }
            let isSame = again.withUnsafeMutableBytes { buffer in
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes.count])
                return frame.withUnsafeBytes { decompressor.decompress($0, into: room) }
                    && room.elementsEqual(bytes)
            }
            guard isSame else { throw .noCompression }
            try target.write(frame, at: end)
            frames.append(
                CompressedTable.Frame(
                    begin: end, byteCount: frame.count,
                    checksum: Checksum.crc32c(frame, 0..<frame.count)))
            end += frame.count
        }
        let table = CompressedTable(
            header: footer.header, segmentBytes: mapped.byteCount, frames: frames,
            footer: footerBytes
        ).encoded()
        try target.write(table, at: end)
        return end + table.count
    }

    private func firstBadBlock(
        of mapped: borrowing MappedFile, _ footer: SegmentFooter
    ) -> ArchiveProblem? {
        let size = ArchiveFormat.checksumBlockBytes
        let count = (footer.recordsEnd + size - 1) / size
        for block in 0..<count {
            let end = min((block + 1) * size, footer.recordsEnd)
            let actual = Checksum.crc32c(mapped.bytes(block * size..<end))
            let expected = block < footer.blockChecksums.count ? footer.blockChecksums[block] : 0
            guard actual == expected else {
                return ArchiveProblem(
                    file: mapped.file.name, offset: UInt64(block * size),
                    found: "a block with the checksum \(hexadecimal(actual))",
                    expected: hexadecimal(expected))
            }
        }
        return nil
    }
}
