internal import InternalSystem

/// What a writer is made of, put together once it is known what is in the directory.
struct WriterParts {
    let flag = WriterFlag()
    let fate: WriterFate
    let preparation: SegmentPreparation
    let completion: SegmentCompletion
    let path: any WritePath
    let retention: WriterRetention
    private let configuration: ArchiveConfiguration

    init(
        _ recovery: borrowing WriterRecovery, _ configuration: ArchiveConfiguration
    ) throws(ArchiveError) {
        let isMapped = configuration.durability == .none
        let end = recovery.nextSequence
        recovery.tail.begin(
            published: end,
            // What was only stored to a mapping, the kernel may still have to write.
            durable: isMapped ? recovery.continued?.header.firstSequence ?? end : end,
            of: recovery.archive)
        self.configuration = configuration
        fate = WriterFate(
            ArchiveWatermark(recovery.tail, publishesAppends: isMapped), flag: flag)
        preparation = SegmentPreparation(
            recovery.directory, configuration, nextID: recovery.nextID, spares: recovery.spares,
            flag: flag)
        completion = SegmentCompletion(fate, recovery.directory.clock)
        retention = WriterRetention(
            recovery.directory, configuration, preparation, sealed: recovery.sealed)
        let services = WritePathServices(
            preparation: preparation, completion: completion, fate: fate, retention: retention,
            readyBytes: configuration.prefaultBytes,
            unsealedSegmentsMax: configuration.unsealedSegmentsMax)
        path =
            isMapped
            ? MappedLog(services)
            : try BufferedLog(services, eventBytesMax: configuration.effectiveEventBytesMax)
    }

    /// The segment that recovery found to go on in, or a new one, with its name in the directory.
    func firstSegment(
        _ recovery: borrowing WriterRecovery
    ) throws(ArchiveError) -> (OpenSegment, SegmentTail) {
        let segment: OpenSegment
        var (position, summary) = (0, SegmentSummary(firstSequence: recovery.nextSequence))
        if let continued = recovery.continued {
            let file = try recovery.reopen(
                continued, isMapped: configuration.durability == .none, flag: flag)
            segment = OpenSegment(continuing: continued, in: file, recovery.directory)
            position = continued.recordsEnd
            summary = continued.summary
        } else {
            let (file, id) = try preparation.take()
            let header = SegmentHeader(
                archive: recovery.archive, id: id, firstSequence: recovery.nextSequence,
                created: recovery.directory.clock.wallTime, file: file,
                eventBytesMax: configuration.effectiveEventBytesMax)
            segment = OpenSegment(beginning: header, in: file, recovery.directory)
            position = Int(header.recordsBegin)
        }
        let memory = try path.begin(segment, at: position)
        // A new segment's header has to be written before its name; one that goes on has nothing to do.
        try path.commit(position: position, endSequence: summary.endSequence)
        try completion.finish()
        let tail = SegmentTail(
            memory, header: segment.header, from: position, summary: summary,
            eventBytesMax: configuration.effectiveEventBytesMax)
        return (segment, tail)
    }
}
