import Benchmark
import EventArchive
import EventMatching
import EventWorkload
import Switchyard

/// The archive on one thread: append with and without waiting for the disk, scan with all checksums,
/// and replay, which is scan, structural scan and match. What is read was just written, so that it
/// comes out of the page cache and waits for no disk.
func registerArchiveSuite() {
    registerAppend("archive append, durability none", .none)
    registerAppend("archive append, durability batch", .batch)

    let rate = EventRate(of: 100_000)
    let scanned = ScratchDirectory()
    Benchmark(
        "archive scan", configuration: rate.configuration(),
        closure: { benchmark, archive in
            let bytes = try rate.measure(benchmark) { try archive.scan() }
            archive.bytes.check(bytes, benchmark)
        },
        setup: { try ArchiveOfEvents(rate.count, in: scanned) },
        teardown: { scanned.remove() })
    let replayed = ScratchDirectory()
    Benchmark(
        "archive replay, 1,000 rules", configuration: rate.configuration(),
        closure: { benchmark, archive in
            let matches = try rate.measure(benchmark) { try archive.replay() }
            archive.matches.check(matches, benchmark)
        },
        setup: { try ArchiveOfEvents(rate.count, in: replayed, rules: 1_000) },
        teardown: { replayed.remove() })
}

/// How many events are appended between two commits.
private let eventsPerCommit = 1_000

/// Every iteration appends to an archive of its own; making it, reading it to the end and removing
/// it are not counted.
private func registerAppend(_ name: String, _ durability: ArchiveDurability) {
    let rate = EventRate(of: 50_000, by: .wall)
    Benchmark(
        name, configuration: rate.configuration(seconds: 10, maxIterations: 30),
        closure: { benchmark, events in
            let directory = ScratchDirectory()
            defer { directory.remove() }
            let writer = try ArchiveWriter(
                directory: directory.path, configuration: .init(durability: durability))
            try rate.measure(benchmark) { try append(events, to: writer) }
            var cursor = try ArchiveReader(directory: directory.path).cursor()
            let bytes = try cursor.totalBytes()
            if bytes != events.bytes.count || !cursor.gaps.isEmpty {
                benchmark.error("\(name): \(bytes) bytes read, but \(events.bytes.count) appended")
            }
            if durability == .batch, writer.watermark.durable != UInt64(events.count) {
                benchmark.error("\(name): only \(writer.watermark.durable) events are durable")
            }
        },
        setup: { Workload.aws.events(count: rate.count) })
}

/// The caller's part of a batch: append, then commit if the policy says so. Times are in order and
/// cost nothing to get, as from a bus that reads its clock once a batch.
private func append(_ events: EventBatch, to writer: ArchiveWriter) throws(ArchiveError) {
    var time: Int64 = 1_700_000_000_000_000_000
    for start in stride(from: 0, to: events.count, by: eventsPerCommit) {
        for position in start..<min(start + eventsPerCommit, events.count) {
            _ = try writer.append(events[position], eventTime: time, ingestTime: time)
        }
        time += 1_000_000
        try writer.commitIfDue(now: time)
    }
}

/// An archive that was written and closed, and the rules to replay it through.
private final class ArchiveOfEvents {
    let bytes: Constant
    let matches: Constant
    private let reader: ArchiveReader
    private let rules: RuleSet

    init(_ count: Int, in directory: ScratchDirectory, rules ruleCount: Int = 0) throws {
        let events = Workload.aws.events(count: count)
        bytes = Constant("bytes", in: Double(events.bytes.count)...Double(events.bytes.count))
        matches = Constant("matches", in: expectedMatches(.aws, rules: ruleCount, events: count))
        rules = try RuleSet(parsedRules(.aws, ruleCount))
        let writer = try ArchiveWriter(
            directory: directory.path, configuration: .init(durability: .none))
        try append(events, to: writer)
        try writer.close()
        reader = try ArchiveReader(directory: directory.path)
    }

    /// Reads every record and verifies its checksum; returns the events' bytes.
    func scan() throws(ArchiveError) -> Int {
        var cursor = reader.cursor()
        return try cursor.totalBytes()
    }

    /// Replays everything; returns the number of matches.
    func replay() throws(ArchiveError) -> Int {
        var replay = Replay(of: reader, through: rules)
        while try replay.step() {}
        return Int(replay.matches)
    }
}

extension ArchiveCursor {
    /// The bytes of all events from here to the end.
    fileprivate mutating func totalBytes() throws(ArchiveError) -> Int {
        var bytes = 0
        while let record = try next() { bytes &+= record.byteCount }
        return bytes
    }
}
