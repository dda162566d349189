/// Where in memory the bytes of a file are: at `base + ((offset + bias) & mask)`.
///
/// Unsafe: valid as long as the log that gave it says so; the memory is mapped twice, so that a record
/// at the end of it goes on behind it.
struct AppendMemory {
    var base: UnsafeMutableRawPointer
    var bias: Int
    var mask: Int
}

/// What a segment is made durable with, and how it is told.
struct LogServices: Sendable {
    let preparation: SegmentPreparation
    let completion: SegmentCompletion
    let fate: WriterFate
    let retention: WriterRetention
    /// How far ahead of the last record files are made ready.
    let readyBytes: Int
    /// How many full segments may wait to be sealed.
    let unsealedSegmentsMax: Int

    /// Seals a segment, so that it is durable, and then sees to the limits of the archive. On the queue
    /// of `completion`.
    func seal(
        _ segment: OpenSegment, _ summary: SegmentSummary, recordsEnd: Int
    ) throws(ArchiveError) {
        let fileBytes = try segment.seal(summary, recordsEnd: recordsEnd)
        fate.watermark.advanceDurable(to: summary.endSequence)
        retention.sealed(segment.name, summary, fileBytes: fileBytes)
    }
}
