import EventArchive
import EventMatching
import EventWorkload
import Switchyard
import TestSupport
import Testing

@Suite struct ReplayTests {
    @Test("a replay gives the same events and matches as the bus did, in the same order")
    func equalsLive() throws {
        let folder = try TemporaryFolder()
        let workload = try #require(Workload.named("aws"))
        let events = workload.events(count: 2_000)
        let rules = try RuleSet(
            workload.rules(count: 200).map { try Rule(name: $0.name, pattern: $0.pattern) })
        let live = Received()
        let bus = try EventBus(
            rules: rules,
            configuration: .init(
                archive: .init(
                    directory: folder.path + "/archive",
                    configuration: ArchiveConfiguration(segmentBytes: 256 << 10)))
        ) { live.take($0) }
        let publisher = try bus.makePublisher()
        for position in 0..<events.count { try publisher.publish(events[position]) }
        publisher.close()
        try bus.close()

        let again = Received()
        let reader = try ArchiveReader(directory: folder.path + "/archive")
        var replay = Replay(of: reader, through: rules)
        while try replay.step(limit: 333, deliver: { again.take($0) }) {}
        #expect(again.events == live.events)
        #expect(replay.events == 2_000)
        #expect(replay.matches == bus.statistics.matches)
        #expect(replay.gaps.isEmpty && replay.invalid.isEmpty)
    }

    @Test("a replay by event time takes the events of that time")
    func selectsByTime() throws {
        let folder = try TemporaryFolder()
        let rules = try RuleSet([try Rule(name: "all", pattern: #"{"time":[{"exists":true}]}"#)])
        let bus = try EventBus(
            rules: rules,
            configuration: .init(archive: .init(directory: folder.path + "/archive")))
        for minute in 10..<20 { try bus.publish(#"{"time":"2026-01-31T12:\#(minute):00Z"}"#) }
        try bus.close()
        let first = try #require(EventTime("2026-01-31T12:12:00Z")).nanoseconds
        let end = try #require(EventTime("2026-01-31T12:15:00Z")).nanoseconds
        let received = Received()
        var replay = Replay(
            of: try ArchiveReader(directory: folder.path + "/archive"),
            over: .eventTime(first..<end), through: rules)
        while try replay.step(deliver: { received.take($0) }) {}
        #expect(received.events.map(\.sequence) == [2, 3, 4])
    }
}
