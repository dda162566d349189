import Testing

@testable import EventPipeline

@Suite("How much a worker has to do")
struct DutyTests {
    /// Works and waits so long, so many times.
    private func repeated(
        _ count: Int, work: UInt64, idle: UInt64, _ duty: inout Duty, from time: UInt64 = 0
    ) -> UInt64 {
        var time = time
        for _ in 0..<count {
            duty.beginWork(at: time)
            time += work
            duty.endWork(at: time)
            time += idle
        }
        return time
    }

    @Test("it lingers while what it waits for comes sooner than a wake-up would, and then no more")
    func lingers() {
        var duty = Duty(lingerMax: 10_000)
        var time = repeated(20, work: 1_000, idle: 5_000, &duty)
        #expect(duty.lingerEnd == time - 5_000 + 10_000)
        time = repeated(20, work: 1_000, idle: 50_000, &duty, from: time)
        #expect(duty.lingerEnd == nil)
        // One long night does not count for much.
        time = repeated(20, work: 1_000, idle: 5_000, &duty, from: time)
        time = repeated(1, work: 1_000, idle: 3_600_000_000_000, &duty, from: time)
        _ = repeated(20, work: 1_000, idle: 5_000, &duty, from: time)
        #expect(duty.lingerEnd != nil)
    }

    @Test("one that is not to linger never does")
    func neverLingers() {
        var duty = Duty(lingerMax: 0)
        _ = repeated(5, work: 1_000, idle: 0, &duty)
        #expect(duty.lingerEnd == nil)
    }

    @Test("it has little to do while it works for a fifth of the time")
    func isLight() {
        var duty = Duty(lingerMax: 10_000)
        var time = repeated(30, work: 1_000, idle: 10_000, &duty)
        #expect(duty.isLight)
        time = repeated(30, work: 5_000, idle: 10_000, &duty, from: time)
        #expect(!duty.isLight)
        // A handler that is slow is never called from where events are published.
        time = repeated(30, work: 1_000_000, idle: 3_000_000, &duty, from: time)
        #expect(!duty.isLight)
        _ = repeated(30, work: 1_000, idle: 50_000, &duty, from: time)
        #expect(duty.isLight)
    }
}
