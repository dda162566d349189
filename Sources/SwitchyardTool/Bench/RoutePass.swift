import CommandOutput
import EventArchive
import EventMatching
import Foundation
import MemoryMeasures
import Switchyard
import Synchronization

/// One pass of the main job: events through a bus into an archive, and the archive through the rules.
struct RoutePass {
    var published: UInt64 = 0
    var archived: UInt64 = 0
    var deliveredMatches: UInt64 = 0
    var statistics = RouteStatistics()
    var archiveBytes: UInt64 = 0
    var isSound = true
    /// Bytes that were allocated while events were routed; nil without jemalloc.
    var allocated: Allocations?
    var route = Measurement(events: 0, bytes: 0, nanoseconds: 0)
    var publish = Measurement(events: 0, bytes: 0, nanoseconds: 0)
    var replay = Measurement(events: 0, bytes: 0, nanoseconds: 0)
    var replayedEvents: UInt64 = 0
    var replayedBytes: UInt64 = 0
    var replayedMatches: UInt64 = 0
    var replayedMatchedEvents: UInt64 = 0

    var scan: Measurement { Measurement(statistics.scan) }
    var append: Measurement { Measurement(statistics.append) }
    var match: Measurement { Measurement(statistics.match) }
    var deliver: Measurement { Measurement(statistics.deliver) }

    /// Routes all events of a pass and replays them, or, after Ctrl-C, those that were published by
    /// then.
    init(
        _ events: BenchEvents, _ rules: RuleSet, _ directory: String,
        _ archive: ArchiveConfiguration, _ title: String
    ) throws(ArchiveError) {
        let delivered = MatchCounter()
        // Whatever was read can be routed: longer events than usual get longer slabs, but fewer.
        let longest = events.longestEvent
        var configuration = EventBus.Configuration(
            archive: .init(directory: directory, configuration: archive))
        if longest > configuration.slabBytes {
            configuration.slabBytes = longest
            configuration.slabCount = 4
        }
        let bytesBefore = (try? ArchiveReader(directory: directory))?.info.fileBytes ?? 0
        let bus = try EventBus(rules: rules, configuration: configuration) { event in
            delivered.matches.wrappingAdd(UInt64(event.matches.count), ordering: .relaxed)
        }
        let first = bus.watermark?.appended ?? 0
        try publish(events, to: bus, title)
        statistics = bus.statistics
        deliveredMatches = delivered.matches.load(ordering: .relaxed)
        archived = (bus.watermark?.appended ?? first) - first
        try replay(directory, from: first, rules, title)
        archiveBytes -= min(archiveBytes, bytesBefore)
    }

    private mutating func publish(
        _ events: BenchEvents, to bus: EventBus, _ title: String
    ) throws(ArchiveError) {
        var progress = Progress(title)
        let before = Allocations.now()
        var failure: PublishError?
        var bytes = 0
        let start = benchClock()
        let processorStart = threadProcessorTime()
        do throws(PublishError) {
            let publisher = try bus.makePublisher()
            // Parts short enough to hear Ctrl-C and to show progress.
            while published < events.total, !Interrupt.isRequested {
                let part = Int(published)..<min(Int(published) + 10_000, events.total)
                try events.forEach(in: part) { event throws(PublishError) in
                    try publisher.publish(event)
                    published += 1
                    bytes += event.count
                }
                progress.update {
                    "\(part.upperBound * 100 / events.total)%, archived to sequence number "
                        + "\(bus.watermark?.appended ?? 0)"
                }
            }
            publisher.close()
        } catch {
            failure = error
        }
        publish = Measurement(
            events: Int(published), bytes: bytes,
            nanoseconds: threadProcessorTime() - processorStart)
        bus.drain()
        route = Measurement(
            events: Int(published), bytes: bytes, nanoseconds: benchClock() - start)
        if let before, let after = Allocations.now() { allocated = after.since(before) }
        // An error of the archive comes out here, and is what stopped the publisher.
        try bus.close()
        if let failure { preconditionFailure("checked events were refused: \(failure)") }
    }

    private mutating func replay(
        _ directory: String, from first: UInt64, _ rules: RuleSet, _ title: String
    ) throws(ArchiveError) {
        let reader = try ArchiveReader(directory: directory)
        archiveBytes = reader.info.fileBytes
        var progress = Progress(title)
        var replay = Replay(of: reader, over: .sequence(first), through: rules)
        var delivered: UInt64 = 0
        let start = benchClock()
        while try replay.step(deliver: { delivered &+= UInt64($0.matches.count) }) {
            let done = replay.events
            progress.update { "replayed \(Figure.count(done)) of \(Figure.count(published))" }
            if Interrupt.isRequested { break }
        }
        self.replay = Measurement(
            events: Int(replay.events), bytes: Int(replay.bytes),
            nanoseconds: benchClock() - start)
        replayedEvents = replay.events
        replayedBytes = replay.bytes
        replayedMatches = delivered
        replayedMatchedEvents = replay.matchedEvents
        isSound = replay.gaps.isEmpty && replay.invalid.isEmpty
    }
}

/// Counts what the delivery got.
private final class MatchCounter: Sendable {
    let matches = Atomic<UInt64>(0)
}

/// The processor time of this thread, in nanoseconds.
private func threadProcessorTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension Measurement {
    /// What was timed of a stage.
    fileprivate init(_ stage: RouteStatistics.Step) {
        self.init(
            events: Int(stage.events), bytes: Int(stage.bytes), nanoseconds: stage.nanoseconds)
    }
}
