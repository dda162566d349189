/// How records get from memory into the file of a segment: one of two ways, chosen by the durability.
///
/// The writer's thread calls it when a segment begins and ends, when the room that it was told of is
/// used up, and to commit. Never for each event.
protocol WritePath: AnyObject, Sendable {
    /// Makes this the segment to append to, and returns where in memory. A position behind the header
    /// means that records before it are in the file already.
    func begin(_ segment: OpenSegment, at position: Int) throws(ArchiveError) -> AppendMemory

    /// Makes way for a record from `position` to `recordEnd`, before the segment's limit. Returns up to
    /// where records may be appended before it has to be asked again, at least `recordEnd`.
    func makeRoom(
        position: Int, recordEnd: Int, endSequence: UInt64
    ) throws(ArchiveError) -> Int

    /// Begins to make durable what ends at a position, with the number behind it. Does not wait.
    func startCommit(position: Int, endSequence: UInt64)

    /// The same, and waits for it.
    func commit(position: Int, endSequence: UInt64) throws(ArchiveError)

    /// Takes the segment out of use: what is in it becomes durable, and it is sealed, soon and in order.
    func end(_ summary: SegmentSummary, position: Int) throws(ArchiveError)

    /// Waits until nothing is on its way to the file any more.
    func finish()
}

/// Where in memory the bytes of a file are: at `base + ((offset + bias) & mask)`.
///
/// Unsafe: valid as long as the write path that gave it says so; with a mask that wraps, the memory is
/// mapped twice, so that a record at the end of it goes on behind it.
struct AppendMemory {
    var base: UnsafeMutableRawPointer
    var bias = 0
    var mask = -1
}

/// What a segment is made durable with, and how it is told.
struct WritePathServices: Sendable {
    let preparation: SegmentPreparation
    let completion: SegmentCompletion
    let fate: WriterFate
    let retention: WriterRetention
    /// How far ahead of the last record files are made ready.
    let readyBytes: Int
    /// How many full segments may wait to be sealed.
    let unsealedSegmentsMax: Int

    /// Seals a segment, and then sees to the limits of the archive. On the queue of `completion`.
    func seal(
        _ segment: OpenSegment, _ summary: SegmentSummary, recordsEnd: Int
    ) throws(ArchiveError) {
        let fileBytes = try segment.seal(summary, recordsEnd: recordsEnd)
        retention.sealed(segment.name, summary, fileBytes: fileBytes)
    }
}
