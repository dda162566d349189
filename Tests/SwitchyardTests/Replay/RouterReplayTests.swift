import Dispatch
import EventArchive
import Foundation
import InternalSystem
import TestSupport
import Testing

@testable import Switchyard

@Suite struct RouterReplayTests {
    /// A router whose default bus has routed and archived some events.
    private func makeRouter(
        _ folder: TemporaryFolder, events count: Int,
        _ change: (inout RouterConfiguration) -> Void = { _ in }
    ) async throws -> Router {
        let router = try SwitchyardTests.makeRouter(folder, change)
        for number in 0..<count { try router.publish(event(number)) }
        try await router.confirm()
        return router
    }

    /// A router whose default bus has events that happened a millisecond apart, and came in at once.
    private func makeRouter(
        _ folder: TemporaryFolder, eventsAMillisecondApart count: Int, clock: ManualClock
    ) throws -> Router {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/router/buses", withIntermediateDirectories: true)
        let writer = try ArchiveWriter(
            directory: folder.path + "/router/buses/default.archive",
            configuration: ArchiveConfiguration(segmentBytes: 1 << 20))
        for number in 0..<count {
            try writer.append(
                Array(event(number).utf8).span.bytes, eventTime: Int64(number) * 1_000_000,
                ingestTime: 0)
        }
        try writer.close()
        return try SwitchyardTests.makeRouter(folder) {
            $0.clock = clock
            // Ticks would be due in between.
            $0.watermarkInterval = .seconds(3_600)
        }
    }

    private func replayed(_ number: Int, _ name: String) -> String {
        #"{"replay-name":"\#(name)","n":\#(number)}"#
    }

    @Test("only the chosen rules' targets get replayed events, which carry the replay's name")
    func chosenRules() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 100)
        try router.putRule(RoutingRule(name: "few", pattern: #"{"n":[{"numeric":["<",3]}]}"#))
        let (few, all) = (Inbox(), Inbox())
        try router.putTargets(
            [.closure("queued") { few.take("\($0.sequence) \($0.text)") }], of: "few")
        try router.putTargets([.closure("t") { all.take($0.text) }], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "one", rules: ["few"]))
        let progress = await replay.finished()
        #expect(progress.state == .completed && progress.fraction == 1)
        #expect(progress.events == 100 && progress.matchedEvents == 3 && progress.deliveries == 3)
        await few.wait(for: 3)
        #expect(few.texts == (0..<3).map { "\($0) \(replayed($0, "one"))" })
        #expect(all.count == 0)
        // Nothing was archived again, and nothing was routed again.
        #expect(try router.statistics().archived == 100)
        #expect(try router.statistics().routed == 100)
        try router.close()
    }

    @Test("inline targets, and patterns that ask for the replay's name")
    func patternsOnTheName() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 10)
        try router.putRule(
            RoutingRule(name: "live", pattern: #"{"replay-name":[{"exists":false}]}"#))
        try router.putRule(RoutingRule(name: "again", pattern: #"{"replay-name":["x"]}"#))
        let (live, again) = (Inbox(), Inbox())
        try router.putTargets([.inline("t") { live.take($0.text) }], of: "live")
        try router.putTargets([.inline("t") { again.take($0.text) }], of: "again")
        _ = try await router.startReplay(ReplayRequest(name: "x")).finished()
        _ = try await router.startReplay(ReplayRequest(name: "y")).finished()
        #expect(live.count == 0)
        #expect(again.texts == (0..<10).map { replayed($0, "x") })
        try router.close()
    }

    @Test("events that are asked to be archived again are, with the name, and once")
    func archivedAgain() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 50)
        let inbox = Inbox()
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "more", isArchivedAgain: true))
        #expect(await replay.finished().deliveries == 50)
        await inbox.wait(for: 50)
        let directory = try #require(try router.archiveDirectory(of: Router.defaultBus))
        try router.close()
        var cursor = try ArchiveReader(directory: directory).cursor(over: .sequence(50))
        var texts: [String] = []
        while let record = try cursor.next() {
            texts.append(record.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
        #expect(texts == (0..<50).map { replayed($0, "more") })
        #expect(inbox.texts == texts)
    }

    @Test("a replay goes to another bus's rules")
    func otherBus() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 5)
        try router.createBus("lab")
        try router.putRule(RoutingRule(name: "r", pattern: #"{"n":[3]}"#), on: "lab")
        let inbox = Inbox()
        try router.putTargets(
            [.closure("t") { inbox.take("\($0.bus) \($0.text)") }], of: "r", on: "lab")
        _ = try await router.startReplay(ReplayRequest(name: "x", to: "lab")).finished()
        await inbox.wait(for: 1)
        #expect(inbox.texts == ["lab " + replayed(3, "x")])
        #expect(try router.statistics(bus: "lab").archived == 0)
        try router.close()
    }

    @Test("a window of the events' own times, its end left out")
    func window() async throws {
        let folder = try TemporaryFolder()
        let router = try SwitchyardTests.makeRouter(folder)
        for minute in 10..<20 {
            try router.publish(#"{"time":"2026-01-31T12:\#(minute):00Z","n":\#(minute)}"#)
        }
        try await router.confirm()
        let inbox = Inbox()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        let progress = try await router.startReplay(
            ReplayRequest(
                name: "w", from: EventTime("2026-01-31T12:12:00Z"),
                until: EventTime("2026-01-31T12:15:00Z"))
        ).finished()
        #expect(progress.events == 3)
        #expect(progress.lastEventTime == EventTime("2026-01-31T12:14:00Z"))
        #expect(inbox.texts.count == 3)
        try router.close()
    }

    @Test("a replay waits for a slow target, which gets everything, once, in order")
    func slowTarget() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 3_000) { $0.targetQueueEvents = 16 }
        let inbox = Inbox()
        try router.putTargets(
            [
                .closure("slow") {
                    if $0.sequence % 500 == 0 { usleep(2_000) }
                    inbox.take($0.text)
                }, .inline("inline") { _ in },
            ], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "slow"))
        #expect(await replay.finished().deliveries == 6_000)
        await inbox.wait(for: 3_000)
        #expect(inbox.texts == (0..<3_000).map { replayed($0, "slow") })
        #expect(try router.statistics(target: "slow", of: "all").fellBehind == 0)
        #expect(try router.deadLetters().isEmpty)
        try router.close()
    }

    @Test("it keeps the pace, stops when it is paused, and ends where it is cancelled")
    func paceAndControl() async throws {
        let folder = try TemporaryFolder()
        let time = ManualClock()
        let router = try makeRouter(folder, eventsAMillisecondApart: 10, clock: time)
        let inbox = Inbox()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "p", pace: .times(2)))
        await wait { time.nanosecondsToNext == 500_000 }
        #expect(inbox.count == 1 && replay.progress.state == .running)
        time.advance(by: 1_000_000)
        await inbox.wait(for: 3)
        await wait { time.nanosecondsToNext == 500_000 }
        replay.pause()
        await wait { replay.progress.state == .paused }
        time.advance(by: 10_000_000)
        #expect(inbox.count == 3)
        replay.resume()
        await wait { time.nanosecondsToNext == 500_000 }
        #expect(inbox.count == 3, "no time has passed")
        time.advance(by: 500_000)
        await inbox.wait(for: 4)
        replay.cancel()
        let progress = await replay.finished()
        #expect(progress.state == .cancelled && progress.events == 4 && progress.deliveries == 4)
        time.advance(by: 100_000_000)
        replay.resume()
        #expect(replay.progress == progress)
        // Its name is free again once it is forgotten, and what it held was given back.
        router.removeEndedReplays()
        let again = try router.startReplay(ReplayRequest(name: "p"))
        #expect(await again.finished().events == 10)
        #expect(inbox.count == 14)
        try router.close()
    }

    @Test(
        "it gives no more events in a second than it may, from when that is said until it is taken back"
    )
    func rate() async throws {
        let folder = try TemporaryFolder()
        let time = ManualClock()
        let router = try makeRouter(folder, eventsAMillisecondApart: 10, clock: time)
        let inbox = Inbox()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "r", pace: .times(2)))
        #expect(replay.eventsPerSecond == nil)
        await wait { time.nanosecondsToNext == 500_000 }
        replay.setRate(1_000)
        replay.waitForTurn()
        #expect(replay.eventsPerSecond == 1_000)
        // By its pace they are half a millisecond apart, by its rate a whole one.
        for (half, count) in [2, 2, 3, 3, 4].enumerated() {
            time.advance(by: 500_000)
            replay.waitForTurn()
            #expect(inbox.count == count, "after \(half + 1) half milliseconds")
        }
        replay.setRate(nil)
        replay.waitForTurn()
        #expect(inbox.count == 6, "what its pace had due by then")
        time.advance(by: 100_000_000)
        #expect(await replay.finished().events == 10)
        try router.close()
    }

    @Test("live events do not wait for a replay that waits for its target")
    func besideLiveEvents() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 500) { $0.targetQueueEvents = 16 }
        try router.putRule(RoutingRule(name: "live", pattern: #"{"live":[true]}"#))
        let gate = Switch(false)
        let inbox = Inbox()
        try router.putTargets(
            [.closure("shut", retry: eager) { _ in if !gate.isOn { throw Refusal() } }],
            of: "all")
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "live")
        let replay = try router.startReplay(ReplayRequest(name: "stuck"))
        await wait { replay.progress.deliveries > 0 }
        try await router.publishAndConfirm(#"{"live":true}"#)
        await inbox.wait(for: 1)
        gate.isOn = true
        #expect(await replay.finished().deliveries == 500)
        try router.close()
    }

    @Test("closing the router ends its replays")
    func closing() async throws {
        let folder = try TemporaryFolder()
        let time = ManualClock()
        let router = try makeRouter(folder, eventsAMillisecondApart: 100, clock: time)
        let inbox = Inbox()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        let replay = try router.startReplay(ReplayRequest(name: "p", pace: .original))
        await wait { time.nanosecondsToNext == 1_000_000 }
        try router.close()
        #expect(replay.progress.state == .cancelled && replay.progress.events == 1)
        time.advance(by: 1_000_000_000)
        #expect(inbox.count == 1)
        #expect(throws: ReplayError.self) { try router.startReplay(ReplayRequest(name: "q")) }
    }

    @Test("what a target could not be given of a replay when the router closes is a dead letter")
    func closingWithRetries() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 3)
        try router.putTargets(
            [.closure("t", retry: seldom) { _ in throw Refusal() }], of: "all")
        _ = try await router.startReplay(ReplayRequest(name: "again")).finished()
        await wait { (try? router.statistics(target: "t", of: "all").failedAttempts) == 3 }
        try router.publish(event(3))
        await wait { (try? router.statistics(target: "t", of: "all").failedAttempts) == 4 }
        let remainder = try router.close()
        // The one that was published is found again in the archive; nobody would look for the others.
        #expect(remainder.givenUp == 3 && remainder.kept == 1)
        let next = try SwitchyardTests.makeRouter(folder)
        let letters = try next.deadLetters()
        #expect(
            letters.map { String(decoding: $0.event, as: UTF8.self) }.sorted()
                == (0..<3).map { replayed($0, "again") })
        #expect(letters.allSatisfy { $0.message.contains("closed before this replayed event") })
        #expect(letters.allSatisfy { $0.attempts == 1 })
        try next.close()
    }

    @Test("what can't be replayed is refused, and said in the service's words")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        let router = try await makeRouter(folder, events: 1)
        func refusal(_ request: ReplayRequest, in router: Router) -> String? {
            do {
                try router.startReplay(request)
                return nil
            } catch { return "\(error)" }
        }
        #expect(
            refusal(ReplayRequest(name: "a", of: "x"), in: router)
                == "Event bus x does not exist.")
        #expect(
            refusal(ReplayRequest(name: "a", rules: ["x"]), in: router)
                == "Rule x does not exist on EventBus default.")
        #expect(
            refusal(
                ReplayRequest(name: "a", from: EventTime(5), until: EventTime(5)), in: router)?
                .contains("EventStartTime must be before EventEndTime") == true)
        #expect(
            refusal(ReplayRequest(name: "a", pace: .times(0)), in: router)?
                .contains("greater than 0") == true)
        #expect(refusal(ReplayRequest(name: "a b"), in: router)?.contains("name") == true)
        #expect(
            refusal(ReplayRequest(name: "a", rules: ["all"], isArchivedAgain: true), in: router)?
                .contains("can't be chosen") == true)
        #expect(refusal(ReplayRequest(name: "a"), in: router) == nil)
        #expect(refusal(ReplayRequest(name: "a"), in: router) == "Replay a already exists.")
        let bare = try Router()
        #expect(
            refusal(ReplayRequest(name: "a"), in: bare)
                == "Event bus default has no archive to replay.")
        try bare.close()
        try router.close()
    }
}
