#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What is in an archive's directory: the readable segments in order, and all that is wrong.
///
/// Nothing is changed by it. Rows D1 to D8 of the table at ``SegmentSurvey`` are decided here.
struct ArchiveSurvey: Sendable {
    var segments: [SegmentDescription] = []
    /// Files that never held a record.
    var neverUsed: [SegmentName] = []
    /// Set if the newest file that may have held records cannot be read.
    var unreadableEnd: SegmentName?
    var report = ArchiveRecoveryReport()
    /// The largest segment id that was used, 0 if there is none.
    var lastID: UInt64 = 0

    /// The number that the next record gets.
    var nextSequence = ArchiveFormat.firstSequence

    /// Examines every segment. O(segments) if all are sealed, else also O(data of the open ones).
    /// `tail`: that of a writer at work.
    init(
        _ directory: ArchiveDirectory, of archive: ArchiveID, tail: ArchiveTail? = nil
    ) throws(ArchiveError) {
        var expected: UInt64?
        var unreadable: (name: SegmentName, bytes: Int)?
        for name in try directory.segmentNames() {
            let finding = try SegmentSurvey.examine(
                name, in: directory, of: archive, tail: tail, report: &report)
            if case .neverUsed = finding {} else { lastID = name.id }
            switch finding {
            case .neverUsed:
                neverUsed.append(name)
                // Even an empty file's name tells where the segments before it ended.
                guard name.firstSequence >= nextSequence else { continue }
                if let unreadable { noteUnreadable(unreadable, end: name.firstSequence) }
                unreadable = nil
                try noteBoundary(name, expected: expected)
                expected = name.firstSequence
                nextSequence = name.firstSequence
            case .unreadable(let fileBytes):
                if let unreadable { noteUnreadable(unreadable, end: name.firstSequence) }
                unreadable = (name, fileBytes)
                try noteBoundary(name, expected: expected)
                expected = nil
            case .readable(let segment):
                if let unreadable { noteUnreadable(unreadable, end: name.firstSequence) }
                unreadable = nil
                try noteBoundary(name, expected: expected)
                for gap in segment.gaps { note(gap) }
                segments.append(segment)
                expected = segment.summary.endSequence
                nextSequence = segment.summary.endSequence
            }
        }
        if let unreadable {
            noteUnreadable(unreadable, end: unreadable.name.firstSequence)
            unreadableEnd = unreadable.name
        }
    }

    /// Rows D2 and D3.
    private mutating func noteBoundary(
        _ name: SegmentName, expected: UInt64?
    ) throws(ArchiveError) {
        guard let expected, name.firstSequence != expected, let earlier = segments.last else {
            return
        }
        guard name.firstSequence > expected else {
            throw .overlappingSegments(
                earlier: earlier.name.fileName, later: name.fileName,
                sequences: name.firstSequence..<expected)
        }
        let isNext = name.id == earlier.name.id &+ 1
        note(
            ArchiveGap(
                file: isNext ? earlier.name.fileName : name.fileName,
                sequences: expected..<name.firstSequence,
                bytes: isNext
                    ? UInt64(
                        earlier.recordsEnd)..<UInt64(max(earlier.recordsEnd, earlier.fileBytes))
                    : 0..<0,
                reason: isNext ? .lost : .missingSegment))
    }

    /// Rows A4 and B7.
    private mutating func noteUnreadable(_ file: (name: SegmentName, bytes: Int), end: UInt64) {
        note(
            ArchiveGap(
                file: file.name.fileName,
                sequences: file.name.firstSequence..<max(end, file.name.firstSequence),
                bytes: 0..<UInt64(file.bytes), reason: .unreadableSegment))
    }

    private mutating func note(_ gap: ArchiveGap) {
        report.gaps.append(gap)
        report.problems.append(ArchiveProblem(gap))
    }

    /// For readers, while a writer may be sealing: a listing that misses a file between its two names,
    /// or names it twice, is not believed before a second one says the same.
    static func whileWriting(
        _ directory: ArchiveDirectory, of archive: ArchiveID
    ) throws(ArchiveError) -> ArchiveSurvey {
        let attemptsMax = 32
        for attempt in 1...attemptsMax {
            do throws(ArchiveError) {
                let before = try directory.segmentNames()
                let tail =
                    try directory.hasWriter()
                    ? ArchiveTail(reading: directory, of: archive) : nil
                let survey = try ArchiveSurvey(directory, of: archive, tail: tail)
                if try before == directory.segmentNames() || attempt == attemptsMax {
                    return survey
                }
            } catch .system(call: "open", file: let file, errno: ENOENT) {
                guard attempt < attemptsMax else {
                    throw .system(call: "open", file: file, errno: ENOENT)
                }
            } catch .duplicateSegment(let id, let files) where attempt == attemptsMax {
                throw .duplicateSegment(id: id, files: files)
            } catch .duplicateSegment {
                continue
            }
        }
        return try ArchiveSurvey(directory, of: archive)
    }
}

extension ArchiveProblem {
    /// The problem that a gap is.
    init(_ gap: ArchiveGap) {
        let sequences = "\(gap.sequences.lowerBound) ..< \(gap.sequences.upperBound)"
        file = gap.file
        offset = gap.bytes.lowerBound
        switch gap.reason {
        case .damaged: found = "\(gap.bytes.count) bytes that are no good record"
        case .lost: found = "the end of the records"
        case .missingSegment: found = "no segment before this one"
        case .unreadableSegment: found = "a segment without header and footer"
        }
        expected =
            gap.sequences.isEmpty
            ? "records from sequence \(gap.sequences.lowerBound) on" : "sequences \(sequences)"
    }
}
