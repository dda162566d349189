#if Server
    internal import AWSWire
    internal import InternalSystem
    internal import Logging

    /// Tells of requests in the log, a line each at `info`.
    ///
    /// Where there are more in a second than anybody reads, the rest is told together: how many there were
    /// of each operation and status, and how long the slowest took; at the latest when the next request
    /// comes, or the server stops. So no load makes the log the work.
    final class RequestLog: Sendable {
        private let logger: Logger
        private let isOn: Bool
        private let state = Guarded(State())

        /// As many lines in a second as there are for single requests.
        private static let linesMax = 100

        private struct State {
            var second: UInt64 = 0
            var lines = 0
            var rest: [Kind: Sum] = [:]
        }

        private struct Kind: Hashable {
            let operation: String
            let account: String
            let status: Int
        }

        private struct Sum {
            var requests = 0
            var slowest: UInt64 = 0

            mutating func add(_ nanoseconds: UInt64) {
                requests += 1
                slowest = max(slowest, nanoseconds)
            }
        }

        init(_ logger: Logger) {
            self.logger = logger
            isOn = logger.logLevel <= .info
        }

        /// Tells of a request that was answered.
        ///
        /// - Parameter code: the error's, if it was refused.
        func request(
            _ operation: String, account: String, status: Int, nanoseconds: UInt64,
            code: String? = nil
        ) {
            guard isOn else { return }
            let second = monotonicNanoseconds() / 1_000_000_000
            let (isSingle, rest) = state.withLock { state -> (Bool, [Kind: Sum]) in
                var rest: [Kind: Sum] = [:]
                if state.second != second {
                    swap(&rest, &state.rest)
                    state.second = second
                    state.lines = 0
                }
                if state.lines < Self.linesMax {
                    state.lines += 1
                    return (true, rest)
                }
                var kind = Kind(operation: operation, account: account, status: status)
                // Who calls may be as many as it likes.
                if state.rest[kind] == nil, state.rest.count >= Self.linesMax {
                    kind = Kind(operation: "others", account: "-", status: 0)
                }
                state.rest[kind, default: Sum()].add(nanoseconds)
                return (false, rest)
            }
            tell(rest)
            guard isSingle else { return }
            var facts: Logger.Metadata = [
                "status": "\(status)", "account": "\(account)", "us": "\(nanoseconds / 1_000)",
            ]
            if let code { facts["error"] = "\(code)" }
            logger.info("\(operation)", metadata: facts)
        }

        /// Tells what is not told yet: when the server stops.
        func finish() {
            tell(
                state.withLock { state in
                    defer { state.rest = [:] }
                    return state.rest
                })
        }

        private func tell(_ rest: [Kind: Sum]) {
            for (kind, sum) in rest {
                logger.info(
                    "\(kind.operation)",
                    metadata: [
                        "status": "\(kind.status)", "account": "\(kind.account)",
                        "us": "\(sum.slowest / 1_000)", "more": "\(sum.requests)",
                    ])
            }
        }

        /// Tells of a request that failed for a reason of the server's own.
        func failure(_ error: ServiceError, operation: String, requestID: String) {
            logger.error(
                "\(error)", metadata: ["request": "\(requestID)", "operation": "\(operation)"])
        }
    }
#endif
