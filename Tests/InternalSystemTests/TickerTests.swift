import Dispatch
import InternalSystem
import Testing

@Suite("What is done a while after somebody asked for it")
struct TickerTests {
    private let queue = DispatchQueue(label: "ticks")
    private let clock = ManualClock()
    private let count = Guarded(0)

    private var ticks: Int {
        queue.sync {}
        return count.withLock { $0 }
    }

    private func makeTicker() -> Ticker {
        Ticker(every: 1_000, on: queue, clock) { [count] in count.withLock { $0 += 1 } }
    }

    @Test("it is done once for all that ask in an interval, and never while nobody does")
    func isDone() {
        let ticker = makeTicker()
        clock.advance(by: 10_000)
        #expect(ticks == 0 && clock.waitingCount == 0)
        for _ in 0..<5 { ticker.ask() }
        clock.advance(by: 999)
        #expect(ticks == 0)
        clock.advance(by: 1)
        #expect(ticks == 1 && clock.waitingCount == 0)
        clock.advance(by: 10_000)
        #expect(ticks == 1)
        ticker.ask()
        clock.advance(by: 1_000)
        #expect(ticks == 2)
    }

    @Test("what is done may ask for another time")
    func asksAgain() {
        let again = Guarded<Ticker?>(nil)
        let ticker = Ticker(every: 1_000, on: queue, clock) { [count] in
            if count.withLock({
                $0 += 1
                return $0 < 3
            }) {
                again.withLock { $0 }?.ask()
            }
        }
        again.withLock { $0 = ticker }
        ticker.ask()
        for _ in 0..<10 {
            clock.advance(by: 1_000)
            queue.sync {}
        }
        #expect(ticks == 3)
        again.withLock { $0 = nil }
    }

    @Test("when it was stopped, it is not done any more")
    func stops() {
        let ticker = makeTicker()
        ticker.ask()
        ticker.stop()
        ticker.ask()
        clock.advance(by: 10_000)
        #expect(ticks == 0 && clock.waitingCount == 0)
    }
}
