import CommandOutput
import Dispatch
import EventPipeline
import Foundation
import MemoryMeasures

/// What went through a ring once, from producers on threads of their own to this one.
struct RingPass {
    private(set) var measurement: Measurement
    /// While events went through; nil without jemalloc.
    private(set) var allocated: Allocations?
    /// Whether each producer's events came out once, in order.
    private(set) var isWhole: Bool

    /// How many descriptors are consumed before their slots are reported free: a quarter of the
    /// ring, as a `Stage` does.
    private static func runMax(_ ring: some DescriptorRing) -> Int { max(1, ring.capacity / 4) }

    /// Runs it; after Ctrl-C, not to its end.
    init(
        _ ring: some DescriptorRing, producers: Int, batch: Int, _ eventsPerProducer: Int
    ) {
        let (ready, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let group = DispatchGroup()
        for producer in 0..<producers {
            group.enter()
            Thread.detachNewThread {
                ready.signal()
                go.wait()
                Self.produce(eventsPerProducer, by: UInt32(producer), to: ring, batch: batch)
                group.leave()
            }
        }
        for _ in 0..<producers { ready.wait() }
        let total = producers * eventsPerProducer
        var next = [UInt64](repeating: 0, count: producers)
        let before = Allocations.now()
        let start = benchClock()
        for _ in 0..<producers { go.signal() }
        isWhole = Self.consume(total, from: ring, &next)
        measurement = Measurement(
            events: total, bytes: total * MemoryLayout<EventDescriptor>.stride,
            nanoseconds: benchClock() - start)
        // Producers that are on their way out may be among it.
        if let before, let after = Allocations.now() { allocated = after.since(before) }
        ring.close()
        group.wait()
        isWhole = isWhole && next.allSatisfy { $0 == eventsPerProducer } && ring.isFinished
    }

    /// Pushes events whose tags count up, until the ring has taken all or is closed.
    private static func produce(
        _ count: Int, by producer: UInt32, to ring: some DescriptorRing, batch: Int
    ) {
        withUnsafeTemporaryAllocation(of: EventDescriptor.self, capacity: batch) { events in
            guard let base = events.baseAddress else { return }
            events.initialize(
                repeating: EventDescriptor(
                    base: UnsafeRawPointer(base), byteCount: 0, key: producer))
            var sent = 0
            while sent < count {
                let size = min(batch, count - sent)
                for position in 0..<size { events[position].tag = UInt64(sent + position) }
                var pushed = 0
                while pushed < size {
                    let accepted = ring.push(
                        UnsafeBufferPointer(rebasing: events[pushed..<size]))
                    pushed += accepted
                    if accepted == 0 {
                        if ring.isClosed { return }
                        sched_yield()
                    }
                }
                sent += size
            }
        }
    }

    /// Takes so many events, whose tags have to be the next ones of their producers.
    ///
    /// - Parameter next: the tag that each producer's next event has.
    private static func consume(
        _ total: Int, from ring: some DescriptorRing, _ next: inout [UInt64]
    ) -> Bool {
        var (left, strays) = (total, 0)
        let runMax = runMax(ring)
        next.withUnsafeMutableBufferPointer { next in
            while left > 0, !Interrupt.isRequested {
                let count = ring.consume(upTo: min(left, runMax)) { events in
                    for event in events {
                        let producer = Int(event.key)
                        strays &+= event.tag == next[producer] ? 0 : 1
                        next[producer] = event.tag &+ 1
                    }
                }
                left -= count
                if count == 0 { sched_yield() }
            }
        }
        return left == 0 && strays == 0
    }
}
