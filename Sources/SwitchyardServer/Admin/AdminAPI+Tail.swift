#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import NIOCore
    internal import ServiceLifecycle
    internal import Switchyard

    // What goes over a bus now, as server-sent events: see `BusTail`.
    extension AdminAPI {
        /// How many can follow at a time: each holds files open and looks for more up to 200 times a second,
        /// and the segments that it reads stay, whatever retention says.
        static let tailsMax = 16
        /// How far behind they may be unless they say so, and at most.
        private static let lagDefault = 10_000
        private static let lagMax = 1_000_000
        /// How long a reader may take nothing: longer, and it would keep segments for nobody.
        private static let stallLimit = Duration.seconds(30)
        /// After how long without events something is said, so that those who are gone are noticed.
        private static let silenceMax = Duration.seconds(2)
        /// How long is waited between looks: the shorter where something has just come.
        private static let waits = (
            first: Duration.milliseconds(5), last: Duration.milliseconds(100)
        )

        func tail(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let bus = try bus(request.query["bus"], try request.scope(scope))
            var wanted = BusTail.Request(
                bus: bus.arn,
                lag: try request.number("lag", in: 1...Self.lagMax, default: Self.lagDefault))
            if let pattern = request.query["pattern"] {
                do throws(PatternError) { wanted.pattern = try EventPattern(pattern) } catch {
                    throw .invalid("pattern: \(error)")
                }
            }
            let (place, tailed, router) = (try tails.take(), wanted, router)
            let tail = try await BlockingWork.run { () throws(AdminFailure) in
                try BusTail(tailed, router)
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    defer { withExtendedLifetime(place) {} }
                    let output = TailOutput(writer)
                    // Who stops the server does not wait for those who read without an end.
                    try await cancelWhenGracefulShutdown {
                        try await Self.follow(tail, output)
                    }
                    try await writer.finish(nil)
                })
        }

        private static func follow(_ tail: BusTail, _ output: TailOutput) async throws {
            try await output.write(tail.begin, within: stallLimit)
            var (wait, last) = (waits.first, ContinuousClock.now)
            while true {
                let step: (text: [UInt8], isAtEnd: Bool)
                do throws(AdminFailure) {
                    step = try await BlockingWork.run { () throws(AdminFailure) in
                        try tail.step()
                    }
                } catch {
                    return try await output.write(BusTail.end(error.message), within: stallLimit)
                }
                if !step.text.isEmpty {
                    try await output.write(step.text, within: stallLimit)
                    (wait, last) = (waits.first, .now)
                }
                guard step.isAtEnd else { continue }
                try await Task.sleep(for: wait)
                wait = min(wait * 2, waits.last)
                if last.duration(to: .now) >= silenceMax {
                    try await output.write(Array(": nothing\n\n".utf8), within: stallLimit)
                    last = .now
                }
            }
        }
    }

    /// Where a tail goes.
    ///
    /// `@unchecked Sendable`: used by one task, one call after the other.
    private final class TailOutput: @unchecked Sendable {
        private var writer: any ResponseBodyWriter

        init(_ writer: any ResponseBodyWriter) { self.writer = writer }

        /// The reader takes nothing.
        private struct Stalled: Error {}

        /// Writes a text.
        ///
        /// - Throws: nobody takes it, or not within the limit.
        func write(_ text: [UInt8], within limit: Duration) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.writer.write(ByteBuffer(bytes: text)) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw Stalled()
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }
#endif
