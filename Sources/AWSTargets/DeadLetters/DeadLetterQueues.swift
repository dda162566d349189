#if Server
    internal import Dispatch
    internal import EventEnvelope
    package import InternalSystem
    public import Switchyard

    /// Sends each event that was given up to the queue that its target names (`DeadLetterConfig`), with
    /// what AWS says of it in the message's attributes.
    ///
    /// What can't be sent is tried again, later and later, for about an hour. It is not kept anywhere: what
    /// waits when the process ends is in the router's own dead letters alone.
    public final class DeadLetterQueues: DeadLetterObserver {
        /// What became of letters.
        public struct Statistics: Sendable, Hashable {
            /// Those that were sent.
            public var sent: UInt64 = 0
            /// Those that were not, and won't be.
            public var failed: UInt64 = 0
            /// Those that wait, or are on their way.
            public var waiting = 0

            /// Creates statistics of nothing.
            public init() {}
        }

        /// The most letters that wait, and the bytes of their events: a burst of some seconds.
        static let waitingMax = 10_000
        static let waitingBytesMax = 64 << 20
        /// How many are on their way at a time.
        private static let underwayMax = 8

        private let client: AWSClient
        private let clock: any TimeSource
        private let policy: RetryPolicy
        private let report: @Sendable (String) -> Void
        /// Where those that are due again are begun.
        private let queue = DispatchQueue(label: "switchyard.dead-letter-queues")
        private let state = Guarded(State())

        private struct State {
            var statistics = Statistics()
            var waitingBytes = 0
            var underway = 0
            /// What can be sent now, the oldest first.
            var ready: [Parcel] = []
        }

        /// A letter on its way.
        private struct Parcel {
            let letter: DeadLetter
            let destination: String
            let begin: UInt64
            var attempts = 0
        }

        /// Creates what sends letters.
        ///
        /// - Parameters:
        ///   - clock: what time it is for all that waits.
        ///   - report: told of letters that were not sent, in a sentence.
        package init(
            _ client: AWSClient, clock: any TimeSource = SystemClock.shared,
            policy: RetryPolicy = RetryPolicy(
                maximumAge: .seconds(3_600), maximumRetries: 20, maximumDelay: .seconds(300)),
            report: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.client = client
            self.clock = clock
            self.policy = policy
            self.report = report
        }

        /// What became of letters so far.
        public var statistics: Statistics { state.withLock { $0.statistics } }

        /// Takes on an event that was given up, if its target names a queue.
        public func gaveUp(_ letter: DeadLetter) {
            guard let destination = letter.deadLetterARN else { return }
            let isTaken = state.withLock { state in
                guard state.statistics.waiting < Self.waitingMax,
                    state.waitingBytes + letter.event.count <= Self.waitingBytesMax
                else {
                    state.statistics.failed += 1
                    return false
                }
                state.statistics.waiting += 1
                state.waitingBytes += letter.event.count
                state.ready.append(
                    Parcel(letter: letter, destination: destination, begin: clock.monotonicTime))
                return true
            }
            if isTaken { pump() } else { report("too many dead letters wait for \(destination)") }
        }

        /// Waits until all letters are sent or given up.
        ///
        /// - Returns: how many still wait when the time is over.
        public func drain(within limit: Duration) async -> Int {
            let end = ContinuousClock.now + limit
            while statistics.waiting > 0, ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(10))
            }
            return statistics.waiting
        }

        /// Begins as many as may be on their way.
        private func pump() {
            while let parcel = takeReady() {
                Task {
                    var parcel = parcel
                    parcel.attempts += 1
                    do throws(DeliveryError) {
                        try await send(parcel)
                        settle(parcel, nil)
                    } catch { settle(parcel, error) }
                }
            }
        }

        private func takeReady() -> Parcel? {
            state.withLock { state in
                guard state.underway < Self.underwayMax, !state.ready.isEmpty else { return nil }
                state.underway += 1
                return state.ready.removeFirst()
            }
        }

        private func send(_ parcel: Parcel) async throws(DeliveryError) {
            guard let queue = (try? ARN(parcel.destination)).flatMap({ QueueName($0) }) else {
                throw DeliveryError(.invalidParameter, "it is no queue")
            }
            guard !queue.isFIFO else {
                throw DeliveryError(.invalidParameter, "it is a FIFO queue")
            }
            try await client.send(QueueMessage(parcel.letter), to: queue)
        }

        private func settle(_ parcel: Parcel, _ error: DeliveryError?) {
            let delay = error.flatMap { error -> UInt64? in
                var random = SystemRandomNumberGenerator()
                let decision = policy.decision(
                    attempts: parcel.attempts,
                    ageNanoseconds: clock.nanoseconds(since: parcel.begin),
                    atLeast: error.retryAfter?.wholeNanoseconds ?? 0, using: &random)
                guard error.isRetriable, case .retry(let delay) = decision else { return nil }
                return delay
            }
            state.withLock { state in
                state.underway -= 1
                if delay != nil { return }
                state.statistics.waiting -= 1
                state.waitingBytes -= parcel.letter.event.count
                if error == nil { state.statistics.sent += 1 } else { state.statistics.failed += 1 }
            }
            if let delay {
                clock.run(on: queue, after: delay) { [self] in
                    state.withLock { $0.ready.append(parcel) }
                    pump()
                }
            } else if let error {
                report(
                    "a dead letter of \(parcel.letter.ruleARN) was not sent to "
                        + "\(parcel.destination): \(error)")
            }
            pump()
        }
    }

    extension QueueMessage {
        /// The event as it was published, with the attributes that apply.
        init(_ letter: DeadLetter) {
            self.init(body: String(decoding: letter.event, as: UTF8.self))
            func add(_ name: String, _ value: String) {
                guard !value.isEmpty else { return }
                attributes.append((name, value))
            }
            add("RULE_ARN", letter.ruleARN)
            add("TARGET_ARN", letter.targetARN)
            add("ERROR_CODE", letter.code.rawValue)
            add("ERROR_MESSAGE", Self.attributeValue(letter.message))
            if let condition = letter.condition {
                add("EXHAUSTED_RETRY_CONDITION", condition.rawValue)
            }
            if letter.condition != nil || letter.attempts > 1 {
                add("RETRY_ATTEMPTS", "\(max(0, letter.attempts - 1))")
            }
        }

        /// The most characters of an error's text.
        private static let messageMax = 1_000

        /// A text of characters that the service takes: those of XML.
        private static func attributeValue(_ text: String) -> String {
            var scalars = String.UnicodeScalarView()
            for scalar in text.unicodeScalars.prefix(messageMax) {
                let isTaken: Bool =
                    switch scalar.value {
                    case 0x9, 0xA, 0xD: true
                    case ..<0x20, 0xFFFE, 0xFFFF: false
                    default: true
                    }
                scalars.append(isTaken ? scalar : "?")
            }
            return String(scalars)
        }
    }
#endif
