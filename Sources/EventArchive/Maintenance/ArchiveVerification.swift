internal import InternalSystem

/// What reading every byte of an archive found.
public struct ArchiveVerification: Sendable, Hashable {
    /// How many segments were read.
    public internal(set) var segments = 0
    /// How many records are good.
    public internal(set) var records: UInt64 = 0
    /// How many segments have an index that was compared with them.
    public internal(set) var indexes = 0
    /// How many bytes were read.
    public internal(set) var bytes: UInt64 = 0
    /// Every place where something else is found than a writer leaves, in the order of segments.
    public internal(set) var problems: [ArchiveProblem] = []
    /// The records that are missing.
    public internal(set) var gaps: [ArchiveGap] = []
    /// Bytes behind the last record of open segments, of one that was being written: no problem.
    public internal(set) var tornBytes: UInt64 = 0
    /// The first sequence number that is there.
    public internal(set) var firstSequence: UInt64 = 0

    /// Whether all is as a writer leaves it.
    public var isSound: Bool { problems.isEmpty }
}

extension ArchiveVerification {
    fileprivate mutating func note(_ gap: ArchiveGap) {
        gaps.append(gap)
        problems.append(ArchiveProblem(gap))
    }
}

extension SegmentSummary {
    /// What it is with the records behind its last one that its footer knows to be lost.
    fileprivate func ending(with gaps: [ArchiveGap]) -> SegmentSummary {
        guard let gap = gaps.last, gap.bytes.isEmpty, gap.sequences.lowerBound == endSequence else {
            return self
        }
        var summary = self
        summary.endSequence = gap.sequences.upperBound
        return summary
    }
}

extension ArchiveReader {
    /// The same for the archive in a directory, also where ``init(directory:)`` refuses it because of
    /// single files: those with another name than their header tells, of another archive, or there
    /// twice. They are problems then, and everything else is read.
    ///
    /// - Throws: as ``init(directory:)`` where nothing can be known, and ``verify(while:)``.
    public static func verify(
        directory path: String,
        while mayContinue: (ArchiveVerification) -> Bool = { _ in true }
    ) throws(ArchiveError) -> ArchiveVerification {
        let directory = try ArchiveDirectory(opening: path)
        let identity = try directory.identity()
        let survey = try ArchiveSurvey.whileWriting(
            directory, of: identity.id, isThorough: true)
        return try ArchiveReader(directory, identity, survey).verify(while: mayContinue)
    }

    /// Reads every record, footer, 64 KiB checksum and index, and compares them. O(bytes); touches
    /// nothing.
    ///
    /// - Parameter mayContinue: asked before each segment, with how many were read; false ends it early.
    /// - Throws: `system` if a file cannot be opened or mapped; all else is in the result.
    public func verify(
        while mayContinue: (ArchiveVerification) -> Bool = { _ in true }
    ) throws(ArchiveError) -> ArchiveVerification {
        var result = ArchiveVerification()
        result.tornBytes = recoveryReport.tornBytes
        result.firstSequence = sequences.lowerBound
        result.problems = recoveryReport.problems
        result.gaps = recoveryReport.gaps
        for segment in segments where mayContinue(result) {
            try verify(segment, &result)
            if segment.hasFooter { try verifyIndex(of: segment, &result) }
        }
        return result
    }

    /// An index has to be, byte for byte, the one that follows from its segment. That of a damaged
    /// segment is judged by its own checksums alone.
    private func verifyIndex(
        of segment: SegmentDescription, _ result: inout ArchiveVerification
    ) throws(ArchiveError) {
        switch try directory.loadIndex(of: segment) {
        case .absent: return
        case .bad(let problem): result.problems.append(problem)
        case .good:
            result.indexes += 1
            let name = segment.name.indexFileName
            guard let expected = try encodedIndex(of: segment),
                let file = try directory.openIfThere(name)
            else { return }
            let actual = try file.read(0..<(try file.byteCount()))
            let same = zip(actual, expected).prefix { $0 == $1 }.count
            guard same < max(actual.count, expected.count) else { return }
            result.problems.append(
                ArchiveProblem(
                    file: name, offset: UInt64(same), found: "an index that says something else",
                    expected: "what \(segment.name.fileName) says"))
        }
    }

    private func verify(
        _ segment: SegmentDescription, _ result: inout ArchiveVerification
    ) throws(ArchiveError) {
        if segment.isCompressed { return try verifyCompressed(segment, &result) }
        let fileName = segment.name.fileName
        let file = try directory.openSegment(segment.name)
        let fileBytes = try file?.byteCount() ?? 0
        guard let file, fileBytes >= segment.recordsEnd else {
            result.problems.append(
                ArchiveProblem(
                    file: fileName, offset: UInt64(fileBytes), found: "the end of the file",
                    expected: "records up to \(segment.recordsEnd), as when it was opened"))
            return
        }
        let footer =
            segment.hasFooter
            ? try SegmentSurvey.readFooter(file, fileBytes: fileBytes) : nil
        let mapped =
            segment.hasFooter || segment.name.isSealed
            ? try MappedSegment(file, recordsEnd: segment.recordsEnd) : nil
        var content: (any SegmentContent)? = mapped
        if content == nil { content = try directory.openContent(of: segment) }
        guard let content else { return }
        let scan = try SegmentScan(content, header: segment.header, file: fileName)
        result.segments += 1
        result.records &+= scan.summary.records
        result.bytes &+= UInt64(segment.recordsEnd)
        for gap in scan.gaps where !segment.gaps.contains(where: { $0.bytes == gap.bytes }) {
            result.note(gap)
        }
        if scan.recordsEnd < segment.recordsEnd {
            let lost =
                scan.summary
                .endSequence..<max(
                    scan.summary.endSequence, segment.summary.endSequence)
            let gap = ArchiveGap(
                file: fileName, sequences: lost,
                bytes: UInt64(scan.recordsEnd)..<UInt64(segment.recordsEnd), reason: .damaged)
            // Told already, where its footer tells it.
            if !segment.gaps.contains(where: { $0.bytes == gap.bytes }) { result.note(gap) }
        } else if scan.summary.ending(with: segment.gaps) != segment.summary {
            result.problems.append(
                ArchiveProblem(
                    file: fileName, offset: UInt64(segment.recordsEnd),
                    found: "a footer that says \(segment.summary.words)",
                    expected: scan.summary.words))
        }
        if segment.hasFooter, let mapped {
            compareBlocks(of: mapped, to: footer?.blockChecksums ?? [], fileName, &result)
        }
    }

    /// Every frame has to be what the table says, and then every record good.
    private func verifyCompressed(
        _ segment: SegmentDescription, _ result: inout ArchiveVerification
    ) throws(ArchiveError) {
        let fileName = segment.name.compressedFileName
        guard let content = try directory.openContent(of: segment) else {
            result.problems.append(
                ArchiveProblem(
                    file: fileName, offset: 0, found: "no file", expected: "the segment"))
            return
        }
        if let compressed = content as? CompressedSegment {
            for frame in compressed.badFrames() {
                result.problems.append(
                    ArchiveProblem(
                        file: fileName, offset: UInt64(compressed.fileOffset(of: frame)),
                        found: "a damaged frame",
                        expected: "frame \(frame), \(CompressedTable.frameBytes >> 10) KiB"))
            }
        }
        var walk = try SegmentWalk(content, of: segment)
        result.segments += 1
        result.bytes &+= UInt64(segment.fileBytes)
        while true {
            if walk.next(isStream: true) != nil {
                result.records &+= 1
                continue
            }
            switch try walk.passObstacle() {
            case .window: continue
            case .gap(let gap) where segment.gaps.contains { $0.bytes == gap.bytes }: continue
            case .gap(let gap): result.note(gap)
            case .end:
                if let gap = walk.missingEnd() { result.note(gap) }
                return
            }
        }
    }

    private func compareBlocks(
        of mapped: MappedSegment, to checksums: [UInt32], _ file: String,
        _ result: inout ArchiveVerification
    ) {
        let size = ArchiveFormat.checksumBlockBytes
        let count = (mapped.recordsEnd + size - 1) / size
        guard checksums.count == count else {
            result.problems.append(
                ArchiveProblem(
                    file: file, offset: UInt64(mapped.recordsEnd),
                    found: "\(checksums.count) block checksums", expected: "\(count)"))
            return
        }
        for index in 0..<count {
            let begin = index * size
            let actual = Checksum.crc32c(
                mapped.bytes(begin..<min(begin + size, mapped.recordsEnd)))
            guard actual != checksums[index] else { continue }
            result.problems.append(
                ArchiveProblem(
                    file: file, offset: UInt64(begin),
                    found: "a block with the checksum \(hexadecimal(actual))",
                    expected: hexadecimal(checksums[index])))
        }
    }
}
