internal import InternalSystem

/// What a writer is made of, put together once it is known what is in the directory.
struct WriterParts {
    let flag = WriterFlag()
    let fate: WriterFate
    let preparation: SegmentPreparation
    let completion: SegmentCompletion
    let log: BufferedLog
    let retention: WriterRetention
    private let configuration: ArchiveConfiguration

    init(
        _ recovery: borrowing WriterRecovery, _ configuration: ArchiveConfiguration
    ) throws(ArchiveError) {
        let isDurable = configuration.durability != .none
        let end = recovery.nextSequence
        recovery.tail.begin(
            published: end,
            // What was written without a commit, the kernel or the disk may still have to write.
            durable: isDurable ? end : recovery.continued?.header.firstSequence ?? end,
            of: recovery.archive)
        self.configuration = configuration
        fate = WriterFate(
            ArchiveWatermark(recovery.tail, publishesAppends: !isDurable), flag: flag)
        preparation = SegmentPreparation(
            recovery.directory, configuration, nextID: recovery.nextID, spares: recovery.spares)
        completion = SegmentCompletion(fate, recovery.directory.clock)
        retention = WriterRetention(
            recovery.directory, configuration, preparation, sealed: recovery.sealed)
        let services = LogServices(
            preparation: preparation, completion: completion, fate: fate, retention: retention,
            readyBytes: configuration.prefaultBytes,
            unsealedSegmentsMax: configuration.unsealedSegmentsMax)
        let eventBytesMax = configuration.effectiveEventBytesMax
        log = BufferedLog(
            services,
            ring: isDurable
                ? try GatheringRing(eventBytesMax: eventBytesMax)
                : try GatheringRing(
                    eventBytesMax: eventBytesMax, segmentBytes: configuration.segmentBytes,
                    in: recovery.directory, of: recovery.archive, flag: flag),
            writesDurably: isDurable)
    }

    /// The segment that recovery found to go on in, or a new one, with its name in the directory.
    func firstSegment(
        _ recovery: borrowing WriterRecovery
    ) throws(ArchiveError) -> (OpenSegment, SegmentTail) {
        let segment: OpenSegment
        var (position, summary) = (0, SegmentSummary(firstSequence: recovery.nextSequence))
        if let continued = recovery.continued {
            let file = try recovery.reopen(
                continued, isDurable: configuration.durability != .none)
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
        let memory = try log.begin(segment, at: position)
        // A new segment's header has to be written before its name; what one that goes on has becomes
        // durable.
        try log.commit(position: position, endSequence: summary.endSequence)
        try completion.finish()
        let tail = SegmentTail(
            memory, header: segment.header, from: position, summary: summary,
            eventBytesMax: configuration.effectiveEventBytesMax)
        return (segment, tail)
    }
}
