import Testing

@testable import EventReplay

/// No test here waits: each says what the time is.
@Suite struct ReplayRateTests {
    @Test("without a limit every event is due at once")
    func noLimit() {
        var rate = ReplayRate()
        for _ in 0..<1_000 {
            #expect(rate.delay(now: 7) == 0)
            rate.take(now: 7)
        }
    }

    @Test("events are due at equal distances, the first at once", arguments: [0.5, 1, 1_000, 1e9])
    func equalDistances(eventsPerSecond: Double) {
        let distance = UInt64(1e9 / eventsPerSecond)
        var rate = ReplayRate(eventsPerSecond)
        let start: UInt64 = 5_000_000_000
        var now = start
        for number in 0..<100 {
            #expect(rate.delay(now: now) == 0)
            rate.take(now: now)
            #expect(rate.delay(now: now) == distance)
            now += distance
            #expect(now == start + UInt64(number + 1) * distance)
        }
    }

    @Test("who was late makes up for a tenth of a second, and for no more")
    func madeUpFor() {
        var rate = ReplayRate(1_000)
        rate.take(now: 0)
        let now: UInt64 = 60_000_000_000
        var given = 0
        while rate.delay(now: now) == 0 {
            rate.take(now: now)
            given += 1
        }
        #expect(given == 101)
    }

    @Test("in any second there are no more events than the limit and what is made up for")
    func bounded() {
        var rate = ReplayRate(200)
        var times: [UInt64] = []
        var now: UInt64 = 1_000_000_000
        // Looks come at uneven times, as those of a busy machine do.
        for step in 0..<5_000 {
            now += step % 97 == 0 ? 350_000_000 : 1_300_000
            while rate.delay(now: now) == 0 {
                rate.take(now: now)
                times.append(now)
            }
        }
        for (first, time) in times.enumerated() {
            #expect(times[first...].prefix { $0 < time + 1_000_000_000 }.count <= 221)
        }
    }
}
