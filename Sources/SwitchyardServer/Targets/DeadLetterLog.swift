#if Server
    internal import EventDelivery
    internal import InternalSystem
    internal import Logging

    /// Tells in the log which targets lose events, and why: each at once, and again where that goes on,
    /// every ten seconds, with how many there were meanwhile. Passes each dead letter on.
    final class DeadLetterLog: DeadLetterObserver {
        private let next: any DeadLetterObserver
        private let logger: Logger
        private let targets = Guarded<[Target: Told]>([:])

        private struct Target: Hashable {
            let rule: String
            let id: String
        }

        /// When a target was told of, and how many events it has lost since.
        private struct Told {
            var time: UInt64
            var untold = 0
        }

        private static let pauseNanoseconds: UInt64 = 10_000_000_000
        /// As many targets as are remembered; with more, some are told of more often.
        private static let targetsMax = 10_000

        init(_ next: any DeadLetterObserver, _ logger: Logger) {
            self.next = next
            self.logger = logger
        }

        func gaveUp(_ letter: DeadLetter) {
            next.gaveUp(letter)
            let now = monotonicNanoseconds()
            let target = Target(rule: letter.ruleARN, id: letter.target)
            let lost = targets.withLock { targets -> Int? in
                if let told = targets[target], now &- told.time < Self.pauseNanoseconds {
                    targets[target]?.untold += 1
                    return nil
                }
                if targets.count >= Self.targetsMax { targets.removeAll() }
                let lost = 1 + (targets[target]?.untold ?? 0)
                targets[target] = Told(time: now)
                return lost
            }
            guard let lost else { return }
            logger.warning(
                "a target's events are given up: \(letter.message)",
                metadata: [
                    "rule": "\(letter.ruleARN)", "target": "\(letter.target)",
                    "arn": "\(letter.targetARN)", "code": "\(letter.code.rawValue)",
                    "attempts": "\(letter.attempts)", "events": "\(lost)",
                ])
        }
    }
#endif
