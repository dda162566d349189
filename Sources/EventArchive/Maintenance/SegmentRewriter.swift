internal import InternalSystem

/// Writes a sealed segment anew: its bytes as they are, with a good header before them and a footer
/// behind them that tells what is lost.
struct SegmentRewriter: ~Copyable {
    /// What the old file's name gets.
    static let oldSuffix = ".damaged"
    private static let pieceBytes = 1 << 20

    /// What of the segment cannot be read.
    let gaps: [ArchiveGap]
    /// Whether the file is not yet what this would write.
    let isNeeded: Bool
    private let segment: SegmentDescription
    private let summary: SegmentSummary
    private let recordsEnd: Int
    private let mapped: MappedSegment

    /// Reads the segment. O(its bytes). Nil if its file is gone.
    ///
    /// - Parameter lostEnd: what is known to be lost behind its last record, beside what it tells.
    init?(
        _ segment: SegmentDescription, in directory: ArchiveDirectory, lostEnd: ArchiveGap? = nil
    ) throws(ArchiveError) {
        guard let file = try directory.openSegment(segment.name) else { return nil }
        let fileBytes = try file.byteCount()
        let page = try file.read(0..<ArchiveFormat.segmentHeaderBytes)
        let hasHeader = try SegmentHeader.decode(page, file: file.name) == segment.header
        let footer = try SegmentSurvey.readFooter(file, fileBytes: fileBytes)
        let end = min(fileBytes, footer?.recordsEnd ?? fileBytes)
        let mapped = try MappedSegment(file, recordsEnd: end)
        let scan = try SegmentScan(mapped, header: segment.header, file: segment.name.fileName)
        var gaps = scan.gaps
        var summary = scan.summary
        recordsEnd = footer == nil ? scan.recordsEnd : end
        if let footer, scan.recordsEnd < end || summary.endSequence < footer.summary.endSequence {
            let lost = summary.endSequence..<max(summary.endSequence, footer.summary.endSequence)
            gaps.append(
                ArchiveGap(
                    file: segment.name.fileName, sequences: lost,
                    bytes: UInt64(scan.recordsEnd)..<UInt64(end), reason: .damaged))
            summary.endSequence = lost.upperBound
        } else if let lostEnd, footer == nil, lostEnd.file == segment.name.fileName {
            let end = UInt64(scan.recordsEnd)
            gaps.append(
                ArchiveGap(
                    file: lostEnd.file, sequences: lostEnd.sequences, bytes: end..<end,
                    reason: .damaged))
            summary.endSequence = lostEnd.sequences.upperBound
        }
        let checksums = Self.digest(of: mapped, segment.header, recordsEnd, gaps).allChecksums()
        isNeeded =
            !hasHeader || footer?.header != segment.header || footer?.gaps != gaps
            || footer?.summary != summary || footer?.blockChecksums != checksums
        self.gaps = gaps
        self.summary = summary
        self.segment = segment
        self.mapped = mapped
    }

    /// What the footer says of the bytes: the header as it is to be, then everything behind it.
    private static func digest(
        of mapped: MappedSegment, _ header: SegmentHeader, _ recordsEnd: Int,
        _ gaps: [ArchiveGap]
    ) -> SegmentDigest {
        var digest = SegmentDigest(header)
        if !gaps.isEmpty { digest.forgetKeys() }
        let page = header.encoded()
        page.withUnsafeBytes { digest.add($0) }
        if recordsEnd > page.count { digest.add(mapped.bytes(page.count..<recordsEnd)) }
        return digest
    }

    /// Puts the new file in place of the old one, in one step, and keeps the old one.
    func write(in directory: ArchiveDirectory) throws(ArchiveError) {
        let header = segment.header
        let digest = Self.digest(of: mapped, header, recordsEnd, gaps)
        let footer = SegmentFooter(
            header: header, summary: summary, sealed: directory.clock.wallTime,
            recordsEnd: recordsEnd, blockChecksums: digest.allChecksums(), gaps: gaps,
            keyFilter: digest.keyFilter(capacity: Int(header.capacity)))
        let name = segment.name.fileName
        let new = name + ArchiveDirectory.creationSuffix
        do throws(ArchiveError) {
            let file = try directory.createFile(new)
            let page = header.encoded()
            try file.write(page, at: 0)
            for begin in stride(from: page.count, to: recordsEnd, by: Self.pieceBytes) {
                let piece = mapped.bytes(begin..<min(begin + Self.pieceBytes, recordsEnd))
                try file.write(Array(piece), at: begin)
            }
            try file.write(footer.encoded(), at: recordsEnd)
            try file.sync()
            try directory.keep(name, as: name + Self.oldSuffix)
            try directory.rename(new, to: name)
            try directory.sync()
        } catch {
            // The first error is the one to tell.
            try? directory.remove(new)
            throw error
        }
    }
}
