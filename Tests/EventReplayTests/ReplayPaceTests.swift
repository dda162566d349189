import EventArchive
import EventEnvelope
import EventMatching
import TestSupport
import Testing

@testable import EventReplay

/// No test here waits: each says what the time is.
@Suite struct ReplayPaceTests {
    @Test("events are due with the distances that they came in with")
    func originalPace() {
        var schedule = ReplaySchedule(.original)
        #expect(schedule.delay(of: 1_000, now: 50) == 0)
        #expect(schedule.delay(of: 1_700, now: 50) == 700)
        #expect(schedule.delay(of: 1_700, now: 749) == 1)
        #expect(schedule.delay(of: 1_700, now: 750) == 0)
        #expect(schedule.delay(of: 900, now: 750) == 0, "time went back")
        #expect(schedule.delay(of: 2_000, now: 5_000) == 0, "it is behind, and makes up for it")
        #expect(schedule.delay(of: 6_000, now: 5_000) == 50)
    }

    @Test("at N times the pace they come N times as fast", arguments: [0.5, 2, 1_000])
    func fasterPace(factor: Double) {
        var schedule = ReplaySchedule(.times(factor))
        #expect(schedule.delay(of: 0, now: 7) == 0)
        #expect(schedule.delay(of: 10_000, now: 7) == UInt64(10_000 / factor))
    }

    @Test("while it is paused no time passes")
    func paused() {
        var schedule = ReplaySchedule(.original)
        #expect(schedule.delay(of: 0, now: 0) == 0)
        schedule.pause(now: 400)
        schedule.pause(now: 500)
        schedule.resume(now: 9_400)
        schedule.resume(now: 9_500)
        #expect(schedule.delay(of: 1_000, now: 9_400) == 600)
    }

    @Test("the ends of time are no reason to trap")
    func extremes() {
        var schedule = ReplaySchedule(.times(1e-300))
        #expect(schedule.delay(of: .min, now: .max) == 0)
        #expect(schedule.delay(of: .max, now: 0) == UInt64.max / 2)
        var full = ReplaySchedule(.fullSpeed)
        #expect(full.delay(of: .max, now: 0) == 0)
    }

    @Test("a replay gives what is due, and says when the rest is")
    func replayByTheClock() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/archive"
        let writer = try ArchiveWriter(
            directory: path, configuration: ArchiveConfiguration(durability: .none))
        for second in 0..<10 as Range<Int64> {
            try writer.append(
                Array(event(Int(second)).utf8).span.bytes, eventTime: 0, ingestTime: second * 1_000)
        }
        try writer.close()
        let rules = try RuleSet([Rule(name: "even", pattern: #"{"n":[0,2,4,6,8]}"#)])
        var replay = Replay(
            of: try ArchiveReader(directory: path), over: .sequences(2..<9), at: .times(2),
            through: rules)
        var seen: [UInt64] = []
        #expect(try replay.step(now: 100) { seen.append($0.sequence) } == .due(inNanoseconds: 500))
        #expect(seen == [2])
        #expect(replay.position == 3, "what waits is still to come")
        #expect(try replay.step(now: 599) { seen.append($0.sequence) } == .due(inNanoseconds: 1))
        #expect(
            try replay.step(now: 1_600) { seen.append($0.sequence) } == .due(inNanoseconds: 500))
        #expect(seen == [2, 3, 4, 5])
        replay.pause(now: 1_700)
        replay.resume(now: 2_700)
        #expect(try replay.step(now: 3_099) { seen.append($0.sequence) } == .due(inNanoseconds: 1))
        #expect(try replay.step(limit: 1, now: 9_000) { seen.append($0.sequence) } == .more)
        #expect(try replay.step(now: 9_000) { seen.append($0.sequence) } == .end)
        #expect(seen == Array(2..<9))
        #expect(replay.matches == 4 && replay.events == 7)
    }

    @Test("by the events' times, in the order of the archive, what is past comes at once")
    func replayByEventTime() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/archive"
        let writer = try ArchiveWriter(
            directory: path, configuration: ArchiveConfiguration(durability: .none))
        let times: [Int64] = [500, 1_500, 900, 2_500, 400, 2_500]
        for (number, time) in times.enumerated() {
            try writer.append(
                Array(event(number).utf8).span.bytes, eventTime: time, ingestTime: 7)
        }
        try writer.close()
        let rules = try RuleSet([Rule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)])
        var replay = Replay(
            of: try ArchiveReader(directory: path), at: .original, by: .event, through: rules)
        var seen: [UInt64] = []
        for (now, due, count) in [(0, 1_000, 1), (999, 1, 1), (1_000, 1_000, 3)] {
            let step = try replay.step(now: UInt64(now)) { seen.append($0.sequence) }
            #expect(step == .due(inNanoseconds: UInt64(due)))
            #expect(seen == Array(0..<UInt64(count)) && replay.position == UInt64(count))
        }
        #expect(try replay.step(now: 2_000) { seen.append($0.sequence) } == .end)
        #expect(seen == Array(0..<6))
        // They came in all at once: at the pace of arrival there is nothing to wait for.
        var arrival = Replay(
            of: try ArchiveReader(directory: path), at: .original, through: rules)
        #expect(try arrival.step(now: 0) == .end)
        #expect(arrival.events == 6 && arrival.position == 6)
    }
}
