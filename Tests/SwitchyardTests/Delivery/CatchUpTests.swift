import Dispatch
import Foundation
import TestSupport
import Testing

@testable import EventDelivery
@testable import Switchyard

@Suite("Catching up")
struct CatchUpTests {
    /// How many events are between the archive and a target with a ring of two: that one, the one that
    /// the target has, and a batch that waits to be sent. The next one is held where it was read.
    private static let underwayMax = 2 + 64

    @Test("ends also where the last event found no room at first")
    func endsWithHeldEvent() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.targetQueueEvents = 2
            $0.pendingEventsMax = 1
        }
        let (inbox, works, laneWaits) = (Inbox(), Switch(false), Switch(false))
        let (lane, target) = (Gate(), Gate())
        let count = 206
        try router.putTargets(
            [
                .closure("t", retry: eager) {
                    if !works.isOn { throw Refusal() }
                    if inbox.count == count - Self.underwayMax - 1 { target.wait() }
                    inbox.take($0.text)
                },
                .inline("lane") {
                    guard $0.text == event(5) else { return }
                    laneWaits.isOn = true
                    lane.wait()
                },
            ], of: "all")
        // One event fails, so that there is no room for the next ones.
        try router.publish(event(0))
        try await wait { try router.statistics(target: "t", of: "all").pending == 1 }
        _ = try router.publish(contentsOf: (1..<5).map(event))
        try await wait { try router.statistics(target: "t", of: "all").fellBehind == 1 }
        // While those are read, the lane waits with others: they are there at the end of what is read,
        // and the target is offered only what comes behind them.
        _ = try router.publish(contentsOf: (5..<count).map(event))
        await wait { laneWaits.isOn }
        works.isOn = true
        // Whoever reads comes to an end and waits for the lane, or waits for it before that, if it has not
        // been there yet: which of the two can't be seen from here.
        for _ in 0..<100 where inbox.count < 5 { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(100))
        lane.open()
        // Now all are read, of which the last one has to wait; nor can that be seen.
        await inbox.wait(for: count - Self.underwayMax - 1)
        try await Task.sleep(for: .milliseconds(100))
        target.open()
        await inbox.wait(for: count)
        // It keeps up again, and can fall behind once more.
        _ = try router.publish(contentsOf: (count..<600).map(event))
        await inbox.wait(for: 600)
        #expect(try router.close() == Router.Remainder())
        #expect(Set(inbox.texts) == Set((0..<600).map(event)) && inbox.count == 600)
    }

    @Test("who can't read the archive says so, and goes on when it is there again")
    func saysWhatIsWrong() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            $0.targetQueueEvents = 2
            $0.pendingEventsMax = 1
        }
        let (inbox, works) = (Inbox(), Switch(false))
        try router.putTargets(
            [
                .closure("t", retry: eager) {
                    if !works.isOn { throw Refusal() }
                    inbox.take($0.text)
                }
            ], of: "all")
        let archive = folder.path + "/router/buses/default.archive"
        let elsewhere = folder.path + "/elsewhere"
        try router.publish(event(0))
        try await wait { try router.statistics(target: "t", of: "all").pending == 1 }
        // The bus goes on with the files that it has open.
        try FileManager.default.moveItem(atPath: archive, toPath: elsewhere)
        _ = try router.publish(contentsOf: (1..<500).map(event))
        try await wait { try router.statistics(target: "t", of: "all").fellBehind == 1 }
        works.isOn = true
        try await wait { try router.statistics(target: "t", of: "all").catchUpError != nil }
        let wrong = try router.statistics(target: "t", of: "all").catchUpError
        #expect(wrong?.contains("default.archive") == true)
        try FileManager.default.moveItem(atPath: elsewhere, toPath: archive)
        await inbox.wait(for: 500)
        try await wait { try router.statistics(target: "t", of: "all").catchUpError == nil }
        try router.close()
        #expect(Set(inbox.texts) == Set((0..<500).map(event)))
    }
}

@Suite struct BackoffTests {
    @Test("waits get longer up to a bound, and short again when something came")
    func grows() {
        var backoff = Backoff(first: 2, last: 30)
        #expect(!backoff.isWaiting)
        #expect((0..<6).map { _ in backoff.next() } == [2, 4, 8, 16, 30, 30])
        #expect(backoff.isWaiting && backoff.isLongest)
        backoff.reset()
        #expect(!backoff.isWaiting && !backoff.isLongest && backoff.next() == 2)
    }
}
