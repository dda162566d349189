import Testing

@testable import EventPipeline

@Suite("Rings")
struct RingTests {
    @Test("a descriptor takes 32 bytes")
    func descriptorSize() {
        #expect(MemoryLayout<EventDescriptor>.stride == 32)
        #expect(MemoryLayout<EventDescriptor>.alignment == 8)
    }

    @Test(
        "capacity is rounded up to a power of two", arguments: [(1, 2), (2, 2), (3, 4), (64, 64)])
    func capacity(asked: Int, got: Int) {
        #expect(SPSCRing(minimumCapacity: asked).capacity == got)
        #expect(MPSCRing(minimumCapacity: asked).capacity == got)
    }

    @Test("a full ring takes what fits, and the rest when there is room", arguments: bothRings())
    func fullRing(ring: any DescriptorRing) {
        #expect(ring.isEmpty)
        #expect(ring.push(events(0..<6)) == 6)
        #expect(ring.freeCount == 2)
        #expect(!ring.isHalfFree)
        #expect(ring.push(events(6..<11)) == 2)
        #expect(ring.push(events(8..<11)) == 0)
        #expect(ring.popTags(3) == [0, 1, 2])
        #expect(ring.push(events(8..<20)) == 3)
        #expect(ring.popTags(100) == Array(3..<11))
        #expect(ring.isEmpty)
        #expect(ring.isHalfFree)
        #expect(ring.popTags(100).isEmpty)
        #expect(ring.push([]) == 0)
    }

    @Test("pop copies at most what fits, in order", arguments: bothRings())
    func pop(ring: any DescriptorRing) {
        #expect(ring.push(events(0..<7)) == 7)
        withUnsafeTemporaryAllocation(of: EventDescriptor.self, capacity: 5) { target in
            #expect(ring.pop(into: target) == 5)
            #expect(target.map(\.tag) == [0, 1, 2, 3, 4])
            #expect(ring.pop(into: target) == 2)
            #expect(target.prefix(2).map(\.tag) == [5, 6])
            #expect(ring.pop(into: target) == 0)
        }
    }

    @Test("slots are free only after the body returned from them", arguments: bothRings())
    func slotsDuringConsume(ring: any DescriptorRing) {
        #expect(ring.push(events(0..<8)) == 8)
        _ = ring.consume(upTo: 4) { _ in #expect(ring.push(events(8..<9)) == 0) }
        #expect(ring.push(events(8..<20)) == 4)
    }

    @Test(
        "a closed ring takes nothing more and is finished when it is empty", arguments: bothRings())
    func closing(ring: any DescriptorRing) {
        #expect(ring.push(events(0..<3)) == 3)
        #expect(!ring.isClosed && !ring.isFinished)
        ring.close()
        #expect(ring.isClosed && !ring.isFinished)
        #expect(ring.push(events(3..<4)) == 0)
        #expect(ring.popTags(2) == [0, 1])
        #expect(!ring.isFinished)
        #expect(ring.popTags(2) == [2])
        #expect(ring.isFinished)
        ring.close()
        #expect(ring.isFinished && ring.isEmpty)
    }

    @Test(
        "indices overflow without a trace",
        arguments: [UInt64.max / 2 - 20, UInt64.max / 2, UInt64(UInt32.max) - 20, 1 << 63])
    func overflow(firstIndex: UInt64) {
        let rings: [any DescriptorRing] = [
            SPSCRing(minimumCapacity: 8, firstIndex: firstIndex),
            MPSCRing(minimumCapacity: 8, firstIndex: firstIndex),
        ]
        for ring in rings {
            var pushed = 0
            var popped = 0
            for step in 0..<200 {
                pushed += ring.push(events(pushed..<pushed + 1 + step % 11))
                #expect(ring.freeCount == 8 - (pushed - popped))
                let tags = ring.popTags(1 + step % 7)
                #expect(tags == Array(popped..<popped + tags.count))
                popped += tags.count
            }
            ring.close()
            #expect(ring.popTags(100) == Array(popped..<pushed))
            #expect(ring.isFinished)
        }
    }
}

/// New rings of eight slots.
private func bothRings() -> [any DescriptorRing] {
    [SPSCRing(minimumCapacity: 8), MPSCRing(minimumCapacity: 8)]
}
