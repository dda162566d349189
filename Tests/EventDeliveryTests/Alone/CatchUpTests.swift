import EventArchive
import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery

private let millisecond: UInt64 = 1_000_000

@Suite("Catching up from a log in memory")
struct CatchUpFromLogTests {
    @Test("a target that falls behind gets what it was not offered, and is offered the rest again")
    func catchesUp() async throws {
        let (inbox, gate) = (Inbox(), Gate())
        let lone = LoneTarget(
            .closure("t") {
                if inbox.count == 0 { gate.wait() }
                inbox.take($0.text)
            })
        lone.publish(0..<500)
        #expect(lone.statistics.fellBehind == 1 && lone.isCatchingUp)
        gate.open()
        await inbox.wait(for: 500)
        await wait { !lone.isCatchingUp }
        let caughtUp = lone.statistics.caughtUp
        #expect(caughtUp > 0 && caughtUp < 500 && lone.log.askedCount == 1)
        lone.publish(500..<520)
        await inbox.wait(for: 520)
        // Each once; in between, two have sent.
        #expect(Set(inbox.texts) == Set((0..<520).map(event)) && inbox.count == 520)
        #expect(lone.statistics.caughtUp == caughtUp && lone.statistics.missed == 0)
        lone.close()
    }

    @Test("what the log does not have any more, or can't read, is passed over and counted")
    func passesGaps() async throws {
        let inbox = Inbox()
        let lone = LoneTarget(.closure("t") { inbox.take($0.text) })
        lone.log.remove(below: 10)
        lone.log.lose(100..<120)
        lone.log.lose(290..<300)
        lone.begin(behind: 0..<300)
        await wait { !lone.isCatchingUp }
        await inbox.wait(for: 260)
        #expect(inbox.texts == (Array(10..<100) + Array(120..<290)).map(event))
        #expect(lone.statistics.missed == 40 && lone.statistics.caughtUp == 260)
        lone.close()
    }

    private static let broken = ArchiveError.system(call: "open", file: "the log", errno: 5)

    @Test(
        "a log that can't be read is asked again later and later, says why, and is read in the end")
    func backsOff() async throws {
        let inbox = Inbox()
        let lone = LoneTarget(.closure("t") { inbox.take($0.text) })
        lone.log.failure = Self.broken
        lone.begin(behind: 0..<100)
        await wait { lone.clock.waitingCount == 1 }
        #expect(lone.statistics.catchUpError?.contains("the log") == true)
        for (asked, delay) in [(1, 500), (2, 1_000), (3, 2_000)] as [(Int, UInt64)] {
            #expect(lone.clock.nanosecondsToNext == delay * millisecond)
            lone.clock.advance(by: delay * millisecond - 1)
            #expect(lone.log.askedCount == asked)
            lone.clock.advance(by: 1)
            #expect(lone.log.askedCount == asked + 1)
        }
        #expect(inbox.count == 0)
        lone.log.failure = nil
        lone.clock.advance(by: 4_000 * millisecond)
        #expect(lone.statistics.catchUpError == nil)
        await inbox.wait(for: 100)
        await wait { !lone.isCatchingUp }
        #expect(inbox.texts == (0..<100).map(event) && lone.statistics.missed == 0)
        lone.close()
    }

    @Test("a reader that fails for good gives way to another, and what it had read is delivered")
    func replacesReader() async throws {
        let inbox = Inbox()
        let lone = LoneTarget(.closure("t") { inbox.take($0.text) })
        lone.log.readerBreaksAt = 50
        lone.begin(behind: 0..<100)
        await wait { lone.clock.waitingCount == 1 }
        await inbox.wait(for: 50)
        for delay in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as [UInt64] {
            #expect(lone.log.askedCount == 1 && lone.statistics.catchUpError != nil)
            #expect(lone.clock.nanosecondsToNext == delay * millisecond)
            lone.clock.advance(by: delay * millisecond)
        }
        #expect(lone.log.askedCount == 2)
        await inbox.wait(for: 100)
        await wait { !lone.isCatchingUp }
        #expect(inbox.texts == (0..<100).map(event))
        #expect(lone.statistics.missed == 0 && lone.statistics.catchUpError == nil)
        lone.close()
    }

    @Test("a target that ends while its log can't be read leaves nothing that waits")
    func endsWhileBroken() async throws {
        let lone = LoneTarget(.closure("t") { _ in })
        lone.log.failure = Self.broken
        lone.begin(behind: 0..<1)
        await wait { lone.clock.waitingCount == 1 }
        lone.close()
        #expect(lone.clock.waitingCount == 0)
    }
}
