internal import InternalSystem

// Following: going on behind what was there when the reader was opened.
//
// A record is there when its bytes are a good record with the next number; nothing else has to be
// agreed on with the writer, which can be in any process. The bytes behind the last one are read into a
// buffer and judged there (`GatheredSegment`), never in a mapping: a writer that seals the segment cuts off
// what is behind its footer, and one that goes on overwrites its ring.
extension ArchiveCursor {
    /// Looks for more behind the end: false if there is none yet. O(new bytes, up to a chunk).
    mutating func growTail() throws(ArchiveError) -> Bool {
        guard isFollowing, !isFinished else { return false }
        if walk.segment == nil, hasSegmentsAhead { return true }
        if walk.segment == nil { return try openNextSegment() }
        // Before anything is looked for: what is below it is there, or damaged.
        let published = try publishedEnd()
        if try walk.growth() { return true }
        guard let segment = walk.segment else { return false }
        try walk.content?.lookForWriter()
        // Nothing more where it would be: either it was not written yet, or the segment is over.
        if !segment.hasFooter, let sealed = try directory.sealedVersion(of: segment) {
            // What the file has not, is in the ring of whoever sealed it, or nowhere any more.
            try walk.content?.lookForWriter()
            try walk.extend(to: sealed.recordsEnd, sealed)
            return true
        }
        if try openNextSegment() { return true }
        return try walk.growthBehindDamage(below: published)
    }

    /// Up to which number the writer says that all records are there; 0 if nobody says anything.
    mutating func publishedEnd() throws(ArchiveError) -> UInt64 {
        if followedTail == nil { followedTail = try ArchiveTail(reading: directory, of: identity) }
        guard let end = followedTail?.published, end != .max, end > walk.expected,
            try directory.hasWriter()
        else { return 0 }
        return end
    }

    /// Opens the segment that begins behind the last record, if there is one.
    private mutating func openNextSegment() throws(ArchiveError) -> Bool {
        let isOver = walk.segment.map { $0.hasFooter || $0.name.isSealed } ?? true
        guard
            let next = try directory.segment(behind: lastSegmentID, endingAt: end, of: identity),
            isOver || next.header.firstSequence == walk.expected
        else { return false }
        leaveSegment()
        noteHole(before: next)
        append(next)
        return true
    }

    /// Waits, after `next` gave nil, until there is more or a time has passed. Returns whether there is.
    /// For cursors that follow; others return at once.
    ///
    /// Sleeps between looks, first for 50 us, then for twice as long each time, up to 10 ms: a writer
    /// says nothing that another process could wait for, since it makes no system call for an event.
    /// Ends early, with false, if `isCancelled` says so.
    public mutating func waitForMore(
        nanoseconds: UInt64, isCancelled: () -> Bool = { false }
    ) throws(ArchiveError) -> Bool {
        guard isFollowing, !isFinished else { return false }
        let clock = directory.clock
        let begin = clock.monotonicTime
        var pause: UInt64 = 50_000
        while true {
            if try growTail() { return true }
            let passed = clock.nanoseconds(since: begin)
            guard passed < nanoseconds, !isCancelled() else { return false }
            clock.pause(min(pause, nanoseconds - passed))
            pause = min(pause * 2, 10_000_000)
        }
    }
}

extension SegmentWalk {
    /// How much is looked at in one go.
    private static let growthBytes = 256 << 10

    /// Finds records that were appended behind the end; false if there are none.
    fileprivate mutating func growth() throws(ArchiveError) -> Bool {
        guard let content, var segment, !segment.hasFooter, position == contentEnd else {
            return false
        }
        let headerBytes = ArchiveFormat.recordHeaderBytes
        var chunk = try content.read(position..<position + headerBytes)
        var needed = 0
        chunk.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count == headerBytes else { return }
            let length = RecordLayout.length(base)
            guard length & RecordLayout.presence != 0, RecordLayout.sequence(base) == expected
            else { return }
            needed = RecordLayout.recordBytes(
                eventBytes: min(Int(length & RecordLayout.byteCountMask), check.eventBytesMax))
        }
        guard needed > 0 else { return false }
        chunk = try content.read(position..<position + max(needed, Self.growthBytes))
        var end = 0
        chunk.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            while true {
                let recordBytes = check.recordBytes(
                    base + end, at: position + end, available: bytes.count - end)
                guard recordBytes > 0,
                    RecordLayout.sequence(base + end) == segment.summary.endSequence
                else { return }
                segment.summary.add(
                    sequence: segment.summary.endSequence,
                    eventBytes: RecordLayout.byteCount(base + end),
                    ingestTime: RecordLayout.ingestTime(base + end),
                    eventTime: RecordLayout.eventTime(base + end))
                end += recordBytes
            }
        }
        guard end > 0 else { return false }
        segment.recordsEnd = position + end
        try extend(to: segment.recordsEnd, segment)
        return true
    }
}

extension SegmentWalk {
    /// Finds the first good record behind damage, of those that a writer has published; the walk then
    /// comes upon the damage. False if there is none. O(bytes up to it).
    fileprivate mutating func growthBehindDamage(
        below published: UInt64
    ) throws(ArchiveError) -> Bool {
        guard let content, var segment, !segment.hasFooter, position == contentEnd,
            published > expected, published - expected > 1
        else { return false }
        let recordBytesMax = RecordLayout.recordBytes(eventBytes: check.eventBytesMax)
        let lost = Int(min(published - expected, 1 << 20))
        let end = min(Int(segment.header.capacity), position + lost * recordBytesMax)
        guard
            let found = try SegmentSearch.nextRecord(
                in: content, check, behind: position, expecting: expected + 1, end: end)
        else { return false }
        let bytes = try content.read(found..<min(end, found + recordBytesMax))
        let recordEnd = bytes.withUnsafeBytes { bytes -> Int in
            guard let record = bytes.baseAddress else { return 0 }
            let count = check.recordBytes(record, at: found, available: bytes.count)
            guard count > 0, RecordLayout.sequence(record) < published else { return 0 }
            segment.summary.endSequence = RecordLayout.sequence(record)
            segment.summary.add(
                sequence: RecordLayout.sequence(record),
                eventBytes: RecordLayout.byteCount(record),
                ingestTime: RecordLayout.ingestTime(record),
                eventTime: RecordLayout.eventTime(record))
            return found + count
        }
        guard recordEnd > 0 else { return false }
        segment.recordsEnd = recordEnd
        try extend(to: recordEnd, segment)
        return true
    }
}

extension ArchiveDirectory {
    /// What a segment that was open is once it is sealed; nil until then.
    fileprivate func sealedVersion(
        of segment: SegmentDescription
    ) throws(ArchiveError) -> SegmentDescription? {
        let name = segment.name.sealed
        do throws(ArchiveError) {
            let file = try openFile(name.fileName)
            guard
                let footer = try SegmentSurvey.readFooter(file, fileBytes: try file.byteCount()),
                footer.header.id == segment.header.id
            else { return nil }
            var sealed = segment
            sealed.name = name
            sealed.hasFooter = true
            sealed.recordsEnd = footer.recordsEnd
            sealed.summary = footer.summary
            sealed.gaps = footer.gaps
            sealed.keyFilter = footer.keyFilter
            return sealed
        } catch {
            if error.isMissingFile { return nil }
            throw error
        }
    }

    /// The first segment with a greater id, as far as it can be read; nil if there is none yet. An open
    /// one is described as if it had no record.
    ///
    /// - Parameter end: the number behind the last record of the segment with this id.
    fileprivate func segment(
        behind id: UInt64, endingAt end: UInt64, of archive: ArchiveID
    ) throws(ArchiveError) -> SegmentDescription? {
        let names: [SegmentName]
        do throws(ArchiveError) {
            names = try segmentNames()
        } catch .duplicateSegment {
            // It was renamed while the directory was read: the next look will tell.
            return nil
        }
        // A file that is renamed meanwhile can be missing in a listing. Who looks for it by its names,
        // in the order in which it gets them, finds it.
        let next = SegmentName(id: id &+ 1, firstSequence: end, state: .prepared)
        if names.first(where: { $0.id > id })?.id != next.id,
            let missed = try description(of: next, archive)
        {
            return missed
        }
        for name in names where name.id > id {
            if let found = try description(of: name, archive) { return found }
            // One that cannot be read will not get better, unless it is still to begin.
            guard name.isSealed else { return nil }
        }
        return nil
    }

    /// What a segment is, under whatever name it has by now; nil if it is gone, cannot be read, or has no
    /// header yet.
    private func description(
        of name: SegmentName, _ archive: ArchiveID
    ) throws(ArchiveError) -> SegmentDescription? {
        for name in name.laterNames where !name.isSealed {
            guard let file = try openIfThere(name.fileName) else { continue }
            let page = try headerPage(of: file, name.id, archive)
            guard let header = try SegmentHeader.decode(page, file: name.fileName),
                header.archive == archive, header.id == name.id,
                header.firstSequence == name.firstSequence
            else { return nil }
            let open = SegmentDescription(
                open: header, named: name, fileBytes: try file.byteCount())
            return try sealedVersion(of: open) ?? open
        }
        do throws(ArchiveError) {
            var report = ArchiveRecoveryReport()
            let finding = try SegmentSurvey.examine(
                name.sealed, in: self, of: archive, report: &report)
            guard case .readable(let segment) = finding else { return nil }
            return segment
        } catch {
            if error.isMissingFile { return nil }
            throw error
        }
    }
}
