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

    /// What readers refuse to read beside, where it was asked for all that is wrong.
    var refused: [ArchiveError] = []
    /// What the last segment has lost with its end, as far as `tail` tells.
    var lostEnd: ArchiveGap?

    /// Examines every segment. O(segments) if all are sealed, else also O(data of the open ones).
    ///
    /// - Parameters:
    ///   - tail: that of a writer at work.
    ///   - isThorough: whether a file that nobody can read beside is noted and passed over rather than
    ///     thrown.
    ///   - leavesOpen: whether what the writer at work appends to is left to whoever follows it. Then it
    ///     is O(segments).
    init(
        _ directory: ArchiveDirectory, of archive: ArchiveID, tail: ArchiveTail? = nil,
        isThorough: Bool = false, leavesOpen: Bool = false
    ) throws(ArchiveError) {
        var expected: UInt64?
        var unreadable: (name: SegmentName, bytes: Int)?
        // Before the segments: a writer at work goes on meanwhile.
        let durable = ArchiveTail.lastDurable(in: directory, of: archive)
        let published = leavesOpen ? tail?.published : nil
        let names = try directory.segmentNames(withDuplicates: isThorough)
        for listed in names {
            var name = listed
            let finding: SegmentSurvey.Finding
            do throws(ArchiveError) {
                finding = try SegmentSurvey.examineUnderLaterNames(
                    &name, in: directory, of: archive, tail: tail,
                    leavesOpen: name == names.last && published ?? .max != .max, report: &report)
                if isThorough { try checkPlace(of: name, finding, expected: expected) }
            } catch {
                // The writer at work has retired it since it was listed.
                if error.isMissingFile, segments.isEmpty, unreadable == nil { continue }
                guard isThorough, let problem = ArchiveProblem(refusing: error, in: directory)
                else { throw error }
                refused.append(error)
                report.problems.append(problem)
                continue
            }
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
        if let durable { noteLostEnd(durable) }
        if let published, published != .max { nextSequence = max(nextSequence, published) }
    }

    /// Rows D3 and D4, before anything is made of the file.
    private func checkPlace(
        of name: SegmentName, _ finding: SegmentSurvey.Finding, expected: UInt64?
    ) throws(ArchiveError) {
        guard let earlier = segments.last else { return }
        if earlier.name.id == name.id {
            throw .duplicateSegment(
                id: name.id, files: [earlier.name.fileName, name.fileName])
        }
        if case .neverUsed = finding { return }
        if let expected, name.firstSequence < expected {
            throw .overlappingSegments(
                earlier: earlier.name.fileName, later: name.fileName,
                sequences: name.firstSequence..<expected)
        }
    }

    /// A sealed segment without footer has lost its end. Where another one follows, that tells how many
    /// records that were; of the last one the writer's `tail` does.
    private mutating func noteLostEnd(_ durable: UInt64) {
        guard let last = segments.last, last.name.isSealed, !last.hasFooter,
            last.summary.endSequence == nextSequence, durable > nextSequence,
            // More than could be in it are not its records, but damage to the tail.
            durable - nextSequence
                <= last.header.capacity / UInt64(ArchiveFormat.recordHeaderBytes)
        else { return }
        let gap = ArchiveGap(
            file: last.name.fileName, sequences: nextSequence..<durable,
            bytes: UInt64(last.recordsEnd)..<UInt64(max(last.recordsEnd, last.fileBytes)),
            reason: .lost)
        lostEnd = gap
        note(gap)
        // What was given once is not given again.
        nextSequence = durable
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
        _ directory: ArchiveDirectory, of archive: ArchiveID, isThorough: Bool = false,
        leavesOpen: Bool = false
    ) throws(ArchiveError) -> ArchiveSurvey {
        let attemptsMax = 32
        for attempt in 1...attemptsMax {
            do throws(ArchiveError) {
                let before = try directory.segmentNames(withDuplicates: isThorough)
                let tail =
                    try directory.hasWriter()
                    ? ArchiveTail(reading: directory, of: archive) : nil
                let survey = try ArchiveSurvey(
                    directory, of: archive, tail: tail, isThorough: isThorough,
                    leavesOpen: leavesOpen)
                let after = try directory.segmentNames(withDuplicates: isThorough)
                // Listed under two names while it got the second one: not duplicated for long.
                let isSettled = before == after && !survey.hasDuplicates
                if isSettled || attempt == attemptsMax { return survey }
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
        return try ArchiveSurvey(directory, of: archive, isThorough: isThorough)
    }

    private var hasDuplicates: Bool {
        refused.contains { if case .duplicateSegment = $0 { true } else { false } }
    }
}

extension ArchiveProblem {
    /// The problem of a file that readers refuse to read beside; nil for other errors.
    fileprivate init?(refusing error: ArchiveError, in directory: ArchiveDirectory) {
        switch error {
        case .foreignSegment(let file):
            self.init(
                file: file, offset: 0, found: "a segment of another archive",
                expected: "one of this archive", remedy: "move it away")
        case .misnamedSegment(let file, let id, let firstSequence):
            let name = SegmentName.correct(file, id: id, firstSequence: firstSequence)
            let isTaken = (try? directory.names().contains(name)) ?? true
            self.init(
                file: file, offset: 0,
                found: "a header of segment \(id) from sequence \(firstSequence)",
                expected: "what its name says",
                remedy: isTaken
                    ? "move it away: \(name) is there already" : "rename it back to \(name)")
        case .duplicateSegment(let id, let files):
            self.init(
                file: files.last ?? "", offset: 0, found: "another file of segment \(id)",
                expected: "only \(files.first ?? "")", remedy: "keep one of them")
        case .overlappingSegments(let earlier, let later, let sequences):
            self.init(
                file: later, offset: 0,
                found: "sequences \(sequences.lowerBound) ..< \(sequences.upperBound) again",
                expected: "what follows \(earlier)", remedy: "keep one of them")
        default: return nil
        }
    }

    /// The problem that a gap is.
    init(_ gap: ArchiveGap) {
        let sequences = "\(gap.sequences.lowerBound) ..< \(gap.sequences.upperBound)"
        file = gap.file
        offset = gap.bytes.lowerBound
        switch gap.reason {
        // As a repair leaves it.
        case .damaged where gap.bytes.isEmpty: found = "a footer that tells of lost records"
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
