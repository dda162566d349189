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
        try deadLetters(limit: limit) { _ in true }
    }

    /// The same for those that are wanted. O(all that were not sent again).
    package func deadLetters(
        limit: Int, where isWanted: (DeadLetter) -> Bool
    ) throws(RouterError) -> [DeadLetter] {
        do throws(ArchiveError) {
            return try services.deadLetters.waiting(limit: limit, where: isWanted)
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
        /// How many were neither delivered nor written anew: their target was removed or the router
        /// closed meanwhile, or the dead letters' archive could not be written. They are dead letters as
        /// before, and so are those behind the first of them, also if they were delivered: the next
        /// redrive delivers those again.
        public var unsettled = 0

        /// Creates an outcome.
        public init(delivered: Int = 0, failed: Int = 0, orphaned: Int = 0, unsettled: Int = 0) {
            self.delivered = delivered
            self.failed = failed
            self.orphaned = orphaned
            self.unsettled = unsettled
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
        let outcomes = await withTaskGroup(of: (Int, Resending).self) { group in
            for (position, letter) in letters.enumerated() {
                group.addTask { (position, await self.send(letter)) }
            }
            return await group.reduce(
                into: [Resending](repeating: .settled(.unsettled), count: letters.count)
            ) { $0[$1.0] = $1.1 }
        }
        for outcome in outcomes {
            switch outcome {
            case .settled(.delivered): redrive.delivered += 1
            case .settled(.lettered): redrive.failed += 1
            case .settled(.unsettled): redrive.unsettled += 1
            case .orphaned: redrive.orphaned += 1
            }
        }
        // What is neither delivered nor written anew has to stay a letter.
        let settled = letters[..<(outcomes.firstIndex(of: .settled(.unsettled)) ?? letters.count)]
        if let last = settled.last?.number {
            do {
                try services.deadLetters.sent(through: last)
            } catch { throw .files("what was sent again can't be noted: \(error)") }
        }
        return redrive
    }

    /// What became of a letter that was sent again.
    private enum Resending: Sendable, Equatable {
        case settled(PendingDeliveries.Settlement)
        /// There is nobody to deliver it to; it was written anew.
        case orphaned
    }

    private func send(_ letter: DeadLetter) async -> Resending {
        let worker = control.queue.sync {
            control.buses[letter.bus]?.rules[letter.rule]?.targets
                .first { $0.names.target == letter.target }?.queue?.worker
        }
        guard let worker else {
            guard case .written = services.deadLetters.write(letter) else {
                return .settled(.unsettled)
            }
            return .orphaned
        }
        return await withCheckedContinuation { continuation in
            var item = PendingDeliveries.Item(
                bytes: letter.event, sequence: .max, acceptedAt: monotonicNanoseconds(), hops: 0)
            item.whenSettled = { continuation.resume(returning: .settled($0)) }
            worker.add(item)
        }
    }
}
