internal import Dispatch
internal import EventInput
internal import EventPipeline
internal import InternalSystem
internal import Synchronization

// Targets that deliver within the call.
extension TargetWorker {
    /// Delivers a run of events: in parts, where it takes long, so that what is counted and kept of it is
    /// never far behind. What is left when the router's time to close is over waits to be given back.
    func handle(
        _ events: UnsafeBufferPointer<EventDescriptor>, _ target: any ImmediateTarget
    ) {
        var first = 0
        while first < events.count, !isOverdue {
            first += handlePart(
                UnsafeBufferPointer(rebasing: events[first...]), target)
            if first < events.count { finishTurn() }
        }
        for event in events[first...] { pending.append(PendingDeliveries.Item(event)) }
    }

    /// How long the target is called before what it got is counted, in nanoseconds.
    private static let partNanoseconds: UInt64 = 10_000_000

    /// Delivers events until they have taken some time, and returns how many those were.
    private func handlePart(
        _ events: UnsafeBufferPointer<EventDescriptor>, _ target: any ImmediateTarget
    ) -> Int {
        // Allocates nothing unless something fails.
        var failures: [Int] = []
        var count = 0
        let end = monotonicNanoseconds() &+ Self.partNanoseconds
        repeat {
            do {
                try deliver(events[count], to: target)
            } catch {
                failures.append(count)
                failedFirst(events[count], error)
            }
            count += 1
        } while count < events.count && monotonicNanoseconds() < min(end, endOfBeginning)
        let done = UnsafeBufferPointer(rebasing: events[..<count])
        finishPart(done, failures, target)
        noteProgress(done)
        return count
    }

    /// Has the target finish what it got, and counts it, but for what failed.
    private func finishPart(
        _ events: UnsafeBufferPointer<EventDescriptor>, _ failures: [Int],
        _ target: any ImmediateTarget
    ) {
        guard failures.count < events.count else { return }
        do {
            try target.finishRun()
            succeeded(events.count - failures.count)
            if services.observer?.isActive == true {
                for position in events.indices where !failures.contains(position) {
                    services.observer?.attempted(names, events[position].tag, 1, nil)
                }
            }
        } catch {
            // Which ones arrived nobody knows: those that did not fail by themselves go again.
            for position in events.indices where !failures.contains(position) {
                failedFirst(events[position], error)
            }
        }
    }

    private func failedFirst(_ event: EventDescriptor, _ error: any Error) {
        var item = PendingDeliveries.Item(event)
        item.attempts = 1
        failed(item, error)
    }

    private func deliver(_ event: EventDescriptor, to target: any ImmediateTarget) throws {
        try withInput(event.bytes, acceptedAt: event.publishTime) { input in
            try target.deliver(
                MatchedEvent(
                    bytes: input, sequence: event.tag, attempt: 1,
                    publishTime: event.publishTime, hops: UInt8(truncatingIfNeeded: event.key),
                    names: names))
        }
    }

    /// Tries again what is due, one event after the other.
    func retryDue(_ target: any ImmediateTarget) {
        let now = services.clock.monotonicTime
        while !isClosed, !isOverdue,
            let item = pending.takeWaiting() ?? pending.takeRetry(now: now)
        {
            var item = item
            item.attempts += 1
            if item.attempts > 1 { counters.retried.add(1) }
            do {
                try item.bytes.withUnsafeBytes { bytes in
                    try withInput(bytes, acceptedAt: item.acceptedAt) { input in
                        try target.deliver(
                            MatchedEvent(
                                bytes: input, sequence: item.sequence, attempt: item.attempts,
                                publishTime: item.acceptedAt, hops: item.hops, names: names))
                    }
                }
                try target.finishRun()
                succeeded(1)
                services.observer?.attempted(names, item.sequence, item.attempts, nil)
                item.whenSettled?(.delivered)
            } catch {
                failed(item, error)
            }
        }
    }
}

// Targets that say later whether the event arrived.
extension TargetWorker {
    /// Begins as many deliveries as may be underway: those that are due again first.
    func pump() {
        guard case .deferred(let target, let concurrency) = kind else { return }
        while !isClosed, !isOverdue, pending.underwayCount < concurrency {
            let now = services.clock.monotonicTime
            guard let next = pending.takeRetry(now: now) ?? pending.takeWaiting() else { return }
            var item = next
            item.attempts += 1
            if item.attempts > 1 { counters.retried.add(1) }
            begin(item, target)
        }
    }

    private func begin(_ item: PendingDeliveries.Item, _ target: any DeferredTarget) {
        let input: [UInt8]
        do {
            if case .event = self.input {
                input = item.bytes
            } else {
                input = try item.bytes.withUnsafeBytes { bytes in
                    try withInput(bytes, acceptedAt: item.acceptedAt) { Array($0) }
                }
            }
        } catch {
            return failed(item, error)
        }
        let number = pending.start(item)
        let match = EventMatch(
            bytes: input, event: item.bytes, sequence: item.sequence, attempt: item.attempts,
            hops: item.hops, names: names)
        target.begin(match) { [self] error in
            onQueue { [self] in
                settle(number, error)
                pump()
                finishTurn()
            }
        }
    }

    private func settle(_ number: UInt64, _ error: (any Error)?) {
        // Nothing there: it was handed back when the router closed.
        guard let item = pending.end(number) else { return }
        if let error {
            failed(item, error)
        } else {
            succeeded(1)
            services.observer?.attempted(names, item.sequence, item.attempts, nil)
            item.whenSettled?(.delivered)
        }
    }

    /// Adds a delivery that did not come from the ring: a dead letter that is sent again.
    package func add(_ item: PendingDeliveries.Item) {
        onQueue { [self] in
            guard !isClosed else {
                item.whenSettled?(.unsettled)
                return
            }
            pending.append(item)
            switch kind {
            case .immediate(let target): retryDue(target)
            case .deferred: pump()
            }
            finishTurn()
        }
    }
}

// The end.
extension TargetWorker {
    /// Whether nothing is left that could still be delivered before the deadline.
    private func isDone(by deadline: UInt64) -> Bool {
        if pending.underwayCount > 0 || pending.hasWaiting { return false }
        guard let due = pending.nextDue else { return true }
        return due > onClock(deadline)
    }

    /// Delivers until everything is done or the deadline has come, then gives what is left to
    /// `completion`, on the target's queue. Called when the target's stage has been stopped: what came
    /// out of the ring afterwards would be nobody's.
    ///
    /// - Parameter unsent: what found no room in the ring, and is left too.
    package func close(
        by deadline: UInt64, unsent: [PendingDeliveries.Item] = [],
        _ completion: @escaping @Sendable ([PendingDeliveries.Item]) -> Void
    ) {
        onQueue { [self] in
            guard isDone(by: deadline) || monotonicNanoseconds() >= deadline else {
                return onQueue(afterMilliseconds: 1) { [self] in
                    close(by: deadline, unsent: unsent, completion)
                }
            }
            finishTurn()
            advanceWatermark()
            isClosed = true
            let all = pending.takeAll()
            // What is sent again is a dead letter still.
            for item in all { item.whenSettled?(.unsettled) }
            let left = all.filter { $0.whenSettled == nil } + unsent
            counters.pending.store(0, ordering: .relaxed)
            switch kind {
            case .immediate(let target): target.close()
            case .deferred(let target, _): target.close()
            }
            completion(left)
        }
    }
}
