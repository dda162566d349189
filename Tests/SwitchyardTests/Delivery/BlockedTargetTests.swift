import EventArchive
import Glibc
import Switchyard
import Synchronization
import TestSupport
import Testing

@Suite("A target that does not return")
struct BlockedTargetTests {
    @Test("holds up no other target and no publisher, and gets all events when it does")
    func holdsUpNobody() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) {
            // Some 50 events to a slab: far more are published than lie in all of them.
            ($0.slabCount, $0.slabBytes) = (4, 16 << 10)
            ($0.targetQueueEvents, $0.targetQueueBytes) = (256, 64 << 10)
            $0.entryLimits = EntryLimits(requestBytes: 4 << 10)
        }
        let gate = Gate()
        let (blocked, other) = (Numbers(), Numbers())
        try router.putTargets(
            [
                .closure("blocked") {
                    if blocked.isEmpty { gate.wait() }
                    blocked.take($0)
                },
                .closure("other") { other.take($0) },
            ], of: "all")
        let count = 5_000
        let publisher = try router.makePublisher()
        for number in 0..<count {
            try publisher.publish(Numbers.event(number).utf8Span.span.bytes)
        }
        publisher.close()
        await wait { other.count == count }
        #expect(blocked.isEmpty)
        gate.open()
        await wait { blocked.count == count }
        try router.close()
        for numbers in [blocked, other] {
            #expect(numbers.wrongCount == 0)
            #expect(numbers.all == Set(0..<count))
        }
    }

    @Test("or returns late goes on, after the router was closed, with what it has not got")
    func goesOn() async throws {
        let folder = try TemporaryFolder()
        let numbers = Numbers()
        let count = 1_000
        var router = try makeRouter(folder)
        func putTarget(pausing microseconds: UInt32) throws {
            try router.putTargets(
                [
                    .closure("slow") {
                        numbers.take($0)
                        usleep(microseconds)
                    }
                ], of: "all")
        }
        try putTarget(pausing: 2_000)
        let publisher = try router.makePublisher()
        for number in 0..<count {
            try publisher.publish(Numbers.event(number).utf8Span.span.bytes)
        }
        publisher.close()
        await wait { numbers.count > 10 }
        let remainder = try router.close(within: .milliseconds(100))
        let isStuck = !remainder.stuckTargets.isEmpty
        // It is stuck only where the machine is too slow for one event in a fifth of a second.
        #expect(isStuck || remainder.kept == count - numbers.count)
        #expect(remainder.givenUp == 0)
        router = try makeRouter(folder)
        try putTarget(pausing: 0)
        await wait { numbers.all.count == count }
        try router.close()
        #expect(isStuck || numbers.count == count, "some came twice")
        #expect(numbers.wrongCount == 0)
    }
}

/// Takes numbered events, and says which ones are not as they were published.
private final class Numbers: Sendable {
    private let state = Mutex((all: Set<Int>(), count: 0, wrongCount: 0))

    /// An event of some 300 bytes, all of which tell its number.
    static func event(_ number: Int) -> String {
        let text = String(repeating: "\(number) ", count: 300 / "\(number) ".utf8.count)
        return #"{"n":\#(number),"text":"\#(text)"}"#
    }

    func take(_ event: borrowing MatchedEvent) {
        let text = event.text
        let number = text.dropFirst(5).prefix { $0.isNumber }
        let (value, isRight) = Int(number).map { ($0, text == Self.event($0)) } ?? (-1, false)
        state.withLock {
            $0.all.insert(value)
            $0.count += 1
            if !isRight { $0.wrongCount += 1 }
        }
    }

    var all: Set<Int> { state.withLock { $0.all } }
    var count: Int { state.withLock { $0.count } }
    var wrongCount: Int { state.withLock { $0.wrongCount } }
    var isEmpty: Bool { count == 0 }
}
