import EventPipeline

/// A byte for descriptors to point to where bytes do not matter.
nonisolated(unsafe) let someByte = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

/// Events of one producer: the key says whose, the tag counts.
func events(_ tags: Range<Int>, of producer: Int = 0) -> [EventDescriptor] {
    tags.map {
        EventDescriptor(base: someByte, byteCount: 0, key: UInt32(producer), tag: UInt64($0))
    }
}

extension DescriptorRing {
    /// Publishes what fits.
    func push(_ events: [EventDescriptor]) -> Int {
        events.withUnsafeBufferPointer { self.push($0) }
    }

    /// The tags of the next events.
    func popTags(_ budget: Int) -> [Int] {
        var tags: [Int] = []
        let count = self.consume(upTo: budget) { tags += $0.map { Int($0.tag) } }
        precondition(count == tags.count)
        return tags
    }
}

extension Stage {
    func send(_ events: [EventDescriptor], onFull policy: BackPressure) -> Int {
        events.withUnsafeBufferPointer { self.send($0, onFull: policy) }
    }
}

/// Sees that events of several producers come once each, in each producer's order. For one thread
/// at a time.
final class OrderChecker: @unchecked Sendable {
    private(set) var next: [UInt64]
    private(set) var isInOrder = true

    init(producerCount: Int) {
        self.next = Array(repeating: 0, count: producerCount)
    }

    func check(_ events: UnsafeBufferPointer<EventDescriptor>) {
        self.next.withUnsafeMutableBufferPointer { next in
            for event in events {
                if event.tag != next[Int(event.key)] { self.isInOrder = false }
                next[Int(event.key)] = event.tag + 1
            }
        }
    }
}
