import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery

private let second: UInt64 = 1_000_000_000
/// Delays of up to a second, three attempts.
private let twice = RetryPolicy(maximumRetries: 2, maximumDelay: .seconds(1))

@Suite("What delivery keeps in its stores")
struct DeliveryStoreTests {
    @Test("a watermark stops below what waits to be tried again, and goes on when that has arrived")
    func stopsBelowPending() async throws {
        let (inbox, fails) = (Inbox(), Switch(true))
        let lone = LoneTarget(
            .closure("t", retry: twice) {
                if $0.sequence == 3, fails.isOn { throw Refusal() }
                inbox.take($0.text)
            })
        lone.publish(0..<10)
        await wait { lone.statistics.pending == 1 && lone.statistics.delivered == 9 }
        lone.noteCheckpoint()
        await wait { lone.watermark == 3 }
        fails.isOn = false
        lone.clock.advance(by: second)
        #expect(inbox.texts.last == event(3))
        lone.noteCheckpoint()
        await wait { lone.watermark == 10 }
        // Up to 3, in one step or more, and then no step before 10.
        #expect(lone.watermarks.raised.allSatisfy { $0 <= 3 || $0 == 10 })
        lone.close()
    }

    @Test("while a target catches up, its watermark is never ahead of what it has got")
    func staysBehindDelivered() async throws {
        let (inbox, early, gate) = (Inbox(), Inbox(), Gate())
        let lone = LoneTarget(
            .closure("t") {
                if inbox.count == 200 { gate.wait() }
                inbox.take($0.text)
            })
        lone.watermarks.whenRaised { if $0 > inbox.count { early.take("\($0)") } }
        lone.begin(behind: 0..<1_000)
        await inbox.wait(for: 200)
        gate.open()
        await inbox.wait(for: 1_000)
        // The end of the log is a checkpoint too.
        await wait { lone.watermark == 1_000 }
        #expect(early.texts.isEmpty && lone.watermarks.raised.count > 1)
        lone.close()
    }

    @Test("an event whose retries are used up becomes a letter, and counts as done")
    func exhausts() async throws {
        let attempts = Inbox()
        let lone = LoneTarget(
            .closure("t", retry: twice) {
                attempts.take($0.text)
                throw DeliveryError(.timeout, "nobody answers")
            })
        lone.publish(0..<1)
        await wait { lone.statistics.pending == 1 }
        #expect(lone.letters.letters.isEmpty)
        // Two delays at most.
        lone.clock.advance(by: 2 * second)
        #expect(attempts.count == 3)
        let letter = try #require(lone.letters.letters.first)
        #expect(letter.condition == .maximumRetryAttempts && letter.attempts == 3)
        #expect(letter.code == .timeout && letter.message == "nobody answers")
        #expect(letter.event == Array(event(0).utf8) && letter.sequence == 0)
        #expect([letter.bus, letter.rule, letter.target] == ["b", "r", "t"])
        #expect(lone.letters.letters.count == 1 && lone.statistics.deadLettered == 1)
        lone.noteCheckpoint()
        await wait { lone.watermark == 1 }
        lone.close()
    }

    @Test("an event whose letter can't be written is kept, and tried again each second")
    func keepsWhatHasNoLetter() async throws {
        let attempts = Inbox()
        let lone = LoneTarget(
            .closure("t", retry: .never) {
                attempts.take($0.text)
                throw Refusal()
            })
        lone.letters.isBroken = true
        lone.publish(0..<1)
        await wait { lone.statistics.pending == 1 }
        for count in 1...3 {
            #expect(lone.letters.refusedCount == count && attempts.count == count)
            lone.clock.advance(by: second - 1)
            #expect(attempts.count == count)
            lone.clock.advance(by: 1)
        }
        #expect(lone.statistics.deadLettered == 0 && lone.statistics.lost == 0)
        lone.noteCheckpoint()
        lone.letters.isBroken = false
        lone.clock.advance(by: second)
        #expect(lone.letters.letters.map(\.event) == [Array(event(0).utf8)])
        #expect(lone.statistics.deadLettered == 1 && lone.statistics.pending == 0)
        #expect(lone.statistics.lost == 0 && lone.watermarks.raised.isEmpty)
        lone.close()
    }

    @Test(
        "without a log, what finds no room becomes a letter at once, or is told as lost",
        arguments: [false, true])
    func tellsLoss(isBroken: Bool) async throws {
        let gate = Gate()
        let lone = LoneTarget(
            .closure("t") { if $0.sequence == 0 { gate.wait() } }, isLogged: false)
        lone.letters.isBroken = isBroken
        lone.publish(0..<500)
        let letters = lone.letters.letters
        let statistics = lone.statistics
        #expect(statistics.fellBehind == 0 && !lone.isCatchingUp)
        if isBroken {
            #expect(letters.isEmpty && statistics.deadLettered == 0)
            #expect(statistics.lost > 0 && statistics.lost == lone.letters.refusedCount)
        } else {
            #expect(statistics.deadLettered == letters.count && statistics.lost == 0)
            #expect(!letters.isEmpty && letters.allSatisfy { $0.code == .queueFull })
        }
        gate.open()
        let turnedAway = statistics.lost + statistics.deadLettered
        await wait { lone.statistics.delivered == 500 - turnedAway }
        lone.close()
    }
}
