import EventEnvelope
import EventSchedule
import TestSupport
import Testing

@Suite struct TimerWheelTests {
    @Test("what waits fires once, in order, not early and not late, however the time moves")
    func agreesWithAList() {
        var random = SeededGenerator(stream: 0x71E3)
        for _ in 0..<60 {
            var now = EventTime(
                Int64.random(in: -1_000...2_000_000_000_000_000_000, using: &random))
            var wheel = TimerWheel<Int>(at: now)
            var waiting: [(number: Int, due: EventTime, token: TimerWheel<Int>.Token)] = []
            for number in 0..<400 {
                // From nanoseconds to decades, and some in the past.
                let reach = Int64(1) << Int64.random(in: 0...59, using: &random)
                let due = EventTime(
                    now.nanoseconds + Int64.random(in: -reach / 8...reach, using: &random))
                waiting.append((number, due, wheel.insert(number, at: due)))
                if number % 7 == 0, let position = waiting.indices.randomElement(using: &random) {
                    let taken = waiting.remove(at: position)
                    #expect(wheel.remove(taken.token) == taken.number)
                    #expect(wheel.remove(taken.token) == nil)
                }
                #expect(wheel.count == waiting.count)
                #expect(wheel.nextDue == waiting.map(\.due).min())
                guard number % 3 == 0 else { continue }
                let step = Int64(1) << Int64.random(in: 0...57, using: &random)
                now = EventTime(now.nanoseconds + Int64.random(in: 0...step, using: &random))
                let fired = wheel.turn(to: now)
                let expected = waiting.filter { $0.due <= now }
                    .sorted { ($0.due, $0.number) < ($1.due, $1.number) }
                #expect(fired.map(\.element) == expected.map(\.number))
                #expect(fired.map(\.due) == expected.map(\.due))
                waiting.removeAll { $0.due <= now }
            }
        }
    }

    @Test("a time that goes back fires nothing twice, and what is due then all the same")
    func goesBack() {
        let start = EventTime(1_000_000_000_000)
        var wheel = TimerWheel<String>(at: start)
        wheel.insert("late", at: EventTime(start.nanoseconds + 10_000_000_000))
        #expect(wheel.turn(to: EventTime(start.nanoseconds + 5_000_000_000)).isEmpty)
        wheel.insert("early", at: EventTime(start.nanoseconds + 1_000_000_000))
        #expect(wheel.turn(to: start).isEmpty)
        #expect(wheel.nextDue == EventTime(start.nanoseconds + 1_000_000_000))
        let fired = wheel.turn(to: EventTime(start.nanoseconds + 1_000_000_000))
        #expect(fired.map(\.element) == ["early"])
        #expect(wheel.turn(to: EventTime(start.nanoseconds + 10_000_000_000)).count == 1)
        #expect(wheel.count == 0 && wheel.nextDue == nil)
    }

    @Test("ten thousand things that wait for the same minute fire in the order in which they came")
    func manyAtOnce() {
        let start = EventTime(0)
        var wheel = TimerWheel<Int>(at: start)
        let minute = EventTime(60_000_000_000)
        for number in 0..<10_000 { wheel.insert(number, at: minute) }
        #expect(wheel.turn(to: EventTime(59_999_999_999)).isEmpty)
        #expect(wheel.turn(to: minute).map(\.element) == Array(0..<10_000))
    }
}
