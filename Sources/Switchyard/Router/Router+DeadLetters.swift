internal import Dispatch
internal import EventArchive
public import EventDelivery
internal import EventPipeline
internal import InternalSystem

extension Router {
    /// The events that could not be delivered and were not sent again, oldest first.
    ///
    /// - Throws: ``RouterError``: their archive can't be read.
    public func deadLetters(limit: Int = 1_000) throws(RouterError) -> [DeadLetter] {
        do throws(ArchiveError) {
            return try services.deadLetters.waiting(limit: limit)
        } catch { throw .deadLetters(error) }
    }

    /// What became of letters that were sent again.
    public struct Redrive: Sendable, Hashable {
        /// How many reached their targets.
        public var delivered = 0
        /// How many could not be delivered again: they are new dead letters.
        public var failed = 0
        /// How many had no target any more: they stay where they are, behind the others.
        public var orphaned = 0

        /// Creates an outcome.
        public init(delivered: Int = 0, failed: Int = 0, orphaned: Int = 0) {
            self.delivered = delivered
            self.failed = failed
            self.orphaned = orphaned
        }
    }

    /// Delivers dead letters again, each to the target that it was for, with a new start for its
    /// retries; returns when each has arrived or become a dead letter anew.
    ///
    /// Letters whose rule or target does not exist any more are written anew too, so that none is
    /// lost.
    ///
    /// - Parameter limit: how many at most, oldest first.
    /// - Throws: ``RouterError``: the archive can't be read or written. What was sent by then may be
    ///   sent again by the next redrive.
    public func redriveDeadLetters(limit: Int = 1_000) async throws(RouterError) -> Redrive {
        if control.queue.sync(execute: { control.isClosed }) { throw .closed }
        let letters = try deadLetters(limit: limit)
        var redrive = Redrive()
        let outcomes = await withTaskGroup(of: Bool?.self) { group in
            for letter in letters {
                group.addTask { await self.send(letter) }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        for outcome in outcomes {
            switch outcome {
            case true?: redrive.delivered += 1
            case false?: redrive.failed += 1
            case nil: redrive.orphaned += 1
            }
        }
        if let last = letters.last?.number {
            do {
                try services.deadLetters.sent(through: last)
            } catch { throw .files("what was sent again can't be noted: \(error)") }
        }
        return redrive
    }

    /// Delivers a letter; nil if there is nobody to deliver it to.
    private func send(_ letter: DeadLetter) async -> Bool? {
        let worker = control.queue.sync {
            control.buses[letter.bus]?.rules[letter.rule]?.targets
                .first { $0.place.target == letter.target }?.queue?.worker
        }
        guard let worker else {
            _ = services.deadLetters.write(letter)
            return nil
        }
        return await withCheckedContinuation { continuation in
            var item = PendingDeliveries.Item(
                bytes: letter.event, sequence: .max, acceptedAt: monotonicNanoseconds(), hops: 0)
            item.whenSettled = { continuation.resume(returning: $0) }
            worker.add(item)
        }
    }
}
