import Foundation
import Switchyard
import Synchronization
import TestSupport
import Testing

/// Targets that fail in every way at once, and counts that have to come out exactly.
///
/// `SWITCHYARD_FAULT_EVENTS` says how many events; 20,000 unless it does.
@Suite(.onThreadsOfItsOwn) struct FaultTests {
    @Test(
        "throwing, hanging, slow, dead and returning targets get every event, or it is a dead letter"
    )
    func countsExactly() throws {
        let folder = try TemporaryFolder()
        let count = faultEventCount()
        let seed = UInt64(testSeed())
        let router = try makeRouter(folder) {
            $0.targetQueueEvents = 512
            $0.pendingEventsMax = 64
            $0.archive?.segmentBytes = 4 << 20
        }
        let names = ["throwing", "hanging", "slow", "returning", "strict"]
        let ledgers = names.map { _ in Bits(count) }
        let isBack = Switch(false)
        @Sendable func chance(_ number: Int, _ attempt: Int, oneIn share: UInt64) -> Bool {
            var random = SeededGenerator(seed: seed &+ UInt64(number) &* 31 &+ UInt64(attempt))
            return random.next() % share == 0
        }
        try router.putTargets(
            [
                .closure("throwing", retry: eager) {
                    let number = number(of: $0.text)
                    if chance(number, $0.attempt, oneIn: 10) { throw Refusal() }
                    ledgers[0].set(number)
                },
                .closure("hanging", retry: eager) {
                    let number = number(of: $0.text)
                    if number % (count / 4) == 1 { usleep(200_000) }
                    ledgers[1].set(number)
                },
                .closure("slow", retry: eager) {
                    let number = number(of: $0.text)
                    if number % 16 == 0 { usleep(100) }
                    ledgers[2].set(number)
                },
                .closure("returning", retry: eager) {
                    if !isBack.isOn { throw Refusal() }
                    ledgers[3].set(number(of: $0.text))
                },
                .closure(
                    "strict",
                    retry: RetryPolicy(
                        maximumRetries: 1, firstDelay: .milliseconds(1),
                        maximumDelay: .milliseconds(1))
                ) {
                    let number = number(of: $0.text)
                    if chance(number, $0.attempt, oneIn: 20) { throw Refusal() }
                    ledgers[4].set(number)
                },
            ], of: "all")
        var highWater = 0
        for first in stride(from: 0, to: count, by: 250) {
            let part = first..<min(first + 250, count)
            let (accepted, error) = try router.publish(contentsOf: part.map(event))
            #expect(accepted == part.count && error == nil)
            let dead = try router.statistics(target: "returning", of: "all")
            highWater = max(highWater, dead.queued + dead.pending)
            if first > count / 2, dead.fellBehind >= 1 { isBack.isOn = true }
        }
        // Where the lane comes late to its turn, not yet.
        func hasFallenBehind() throws -> Bool {
            try router.statistics(target: "returning", of: "all").fellBehind >= 1
        }
        for _ in 0..<120_000 {
            if try hasFallenBehind() { break }
            usleep(500)
        }
        #expect(try hasFallenBehind())
        isBack.isOn = true
        // What waits for a dead target is bounded: the queue, what is pending, and a run of the ring.
        #expect(highWater <= 512 + 64 + 512)
        func isDone() throws -> Bool {
            try names.enumerated().allSatisfy { position, name in
                let statistics = try router.statistics(target: name, of: "all")
                return ledgers[position].count + Int(statistics.deadLettered) >= count
            }
        }
        for _ in 0..<600_000 {
            if try isDone() { break }
            usleep(500)
        }
        let remainder = try router.close(within: .seconds(60))
        #expect(remainder == Router.Remainder())
        let letters = try router.deadLetters(limit: .max)
        for (position, name) in names.enumerated() {
            let dead = letters.filter { $0.target == name }
            #expect(ledgers[position].count + Set(dead.map(\.sequence)).count == count, "\(name)")
            #expect(name == "strict" || dead.isEmpty)
            #expect(
                dead.allSatisfy { $0.attempts == 2 && !ledgers[position].has(Int($0.sequence)) })
        }
        #expect(letters.count >= count / 800)
    }
}

private func number(of text: String) -> Int {
    Int(text.drop { !$0.isNumber }.dropLast()) ?? -1
}

/// Which numbers came, set by one thread and read by others.
private final class Bits: Sendable {
    private let distinct = Atomic<Int>(0)
    private let lock = NSLock()
    nonisolated(unsafe) private var bits: [Bool]

    init(_ count: Int) { bits = Array(repeating: false, count: count) }

    var count: Int { distinct.load(ordering: .acquiring) }
    func has(_ number: Int) -> Bool { lock.withLock { bits[number] } }
    func set(_ number: Int) {
        let isNew = lock.withLock {
            defer { bits[number] = true }
            return !bits[number]
        }
        if isNew { distinct.add(1, ordering: .acquiringAndReleasing) }
    }
}
