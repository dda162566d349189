import Synchronization

/// Goes through the records of one segment, mapped or compressed, and checks each one.
///
/// Unsafe: `base + offset` is readable for every offset of the file in `window`, and `position` lies in
/// it or at its end. Without a segment the window is empty, and nothing is ever read. A mapped segment
/// has one window, a compressed one a window at a time (``CompressedSegment``), so that `base` may lie
/// where no memory is: only the sums are addresses.
struct SegmentWalk: ~Copyable {
    /// Where the next record begins in the file.
    private(set) var position = 0
    /// The number that the next record should have.
    private(set) var expected: UInt64 = 0
    /// The segment; nil when there is none.
    private(set) var segment: SegmentDescription?
    private(set) var base = UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
    private var windowBegin = 0
    private var windowEnd = 0
    private(set) var check = RecordCheck()
    private(set) var content: (any SegmentContent)?

    init() {}

    init(_ content: any SegmentContent, of segment: SegmentDescription) throws(ArchiveError) {
        self.segment = segment
        self.content = content
        check = RecordCheck(segment.header)
        position = Int(segment.header.recordsBegin)
        expected = segment.header.firstSequence
        try moveWindow(to: position)
    }

    /// The bytes that can be read: all that was there when the segment was opened.
    var contentEnd: Int { content?.recordsEnd ?? 0 }

    /// The next record, if it is good and has the number that it should have; its bytes stay where they
    /// are until the next call. Nil is for `passObstacle` to explain. O(bytes), no system call.
    ///
    /// - Parameter isStream: whether the records behind it are read next.
    @inline(__always)
    mutating func next(isStream: Bool) -> UnsafeRawPointer? {
        let record = base + position
        let recordBytes = check.recordBytes(
            record, at: position, available: windowEnd &- position, isStream: isStream)
        guard recordBytes > 0, RecordLayout.sequence(record) == expected else { return nil }
        position &+= recordBytes
        expected &+= 1
        return record
    }

    /// What ``passObstacle()`` found.
    enum Obstacle {
        /// The segment has no further record.
        case end
        /// Nothing: the window had ended.
        case window
        /// Damage, which the walk is behind of now.
        case gap(ArchiveGap)
    }

    /// Finds out why there is no next record, and goes on behind what is in the way.
    @inline(never)
    mutating func passObstacle() throws(ArchiveError) -> Obstacle {
        guard let content, let segment, position < contentEnd else { return .end }
        if try needsWindow() { return .window }
        var found = position
        let record = base + position
        let isGood =
            check.recordBytes(record, at: position, available: windowEnd - position) > 0
        if !isGood || RecordLayout.sequence(record) < expected {
            guard
                let next = try SegmentSearch.nextRecord(
                    in: content, check, behind: position, expecting: expected, end: contentEnd)
            else { return .end }
            found = next
        }
        try moveWindow(to: found)
        let sequence = RecordLayout.sequence(base + found)
        let gap = ArchiveGap(
            file: segment.name.fileName, sequences: expected..<max(expected, sequence),
            bytes: UInt64(position)..<UInt64(found), reason: .damaged)
        position = found
        expected = sequence
        return .gap(gap)
    }

    /// What the segment should still have and the walk did not find, when it is at its end.
    func missingEnd() -> ArchiveGap? {
        guard let segment,
            position < segment.recordsEnd || expected < segment.summary.endSequence
        else { return nil }
        return ArchiveGap(
            file: segment.name.fileName,
            sequences: expected..<max(expected, segment.summary.endSequence),
            bytes: UInt64(position)..<UInt64(max(position, segment.recordsEnd)), reason: .damaged)
    }

    /// Goes to an offset at which a record with this number is said to begin, a multiple of 8. False if
    /// it lies outside of the records. `byteCount`: what it is said to take, which need not be true.
    mutating func jump(
        to offset: Int, expecting sequence: UInt64,
        byteCount: Int = ArchiveFormat.recordHeaderBytes
    ) throws(ArchiveError) -> Bool {
        guard let segment, offset % 8 == 0, offset >= Int(segment.header.recordsBegin),
            offset <= contentEnd - ArchiveFormat.recordHeaderBytes
        else { return false }
        // A window that begins here has the whole record, or will be extended to.
        if offset < windowBegin || offset > windowEnd - byteCount {
            try moveWindow(to: offset, byteCount: byteCount)
        }
        position = offset
        expected = sequence
        return true
    }

    /// Makes room for what a writer has appended since: the records end here now.
    mutating func extend(to recordsEnd: Int, _ update: SegmentDescription) throws(ArchiveError) {
        segment = update
        content?.extend(to: recordsEnd)
        try moveWindow(to: position)
    }

    /// Whether the next record was cut off by the window's end, which it is not any more.
    mutating func needsWindow() throws(ArchiveError) -> Bool {
        windowEnd < contentEnd ? try extendWindow() : false
    }

    /// Gives the segment away, for another walk through it.
    mutating func release() -> (any SegmentContent)? {
        let content = content
        self = SegmentWalk()
        return content
    }

    /// Reads on where the window ends within a record. False if the record is whole, or cannot be.
    private mutating func extendWindow() throws(ArchiveError) -> Bool {
        let available = windowEnd - position
        var needed = ArchiveFormat.recordHeaderBytes
        if available >= needed {
            needed = RecordLayout.recordBytes(eventBytes: RecordLayout.byteCount(base + position))
            guard needed <= RecordLayout.recordBytes(eventBytes: check.eventBytesMax) else {
                return false
            }
        }
        guard available < needed else { return false }
        try moveWindow(to: position, byteCount: needed)
        return windowEnd - position > available
    }

    private mutating func moveWindow(
        to offset: Int, byteCount: Int = ArchiveFormat.recordHeaderBytes
    ) throws(ArchiveError) {
        guard let content else { return }
        let window = try content.window(at: offset, byteCount: byteCount)
        base = window.base
        windowBegin = offset
        windowEnd = window.end
    }
}
