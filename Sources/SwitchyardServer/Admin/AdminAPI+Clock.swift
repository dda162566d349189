#if Server
    internal import Dispatch
    internal import EventEnvelope
    internal import FoundationEssentials
    internal import Hummingbird
    internal import InternalSystem
    internal import NIOCore

    // The clock that everything of the server goes by, and that tests move.
    extension AdminAPI {
        /// What time it is.
        struct ClockState: Encodable {
            let now: String
            let advancedSeconds: Double

            init(_ clock: MovableClock) {
                now = EventTime(clock.wallTime).description
                advancedSeconds = Double(clock.advancedNanoseconds) / 1e9
            }
        }

        private struct Move: Decodable { let advance: String }

        /// Moves the clock on, and answers when everything that was due in between has been begun.
        func moveClock(_ request: Request) async throws -> Response {
            let body = try await request.body.collect(upTo: 1_024)
            guard
                let move = try? JSONDecoder().decode(Move.self, from: Data(body.readableBytesView)),
                let duration = ISODuration(move.advance)
            else {
                return Self.json(
                    Failure(
                        error: "expected {\"advance\": \"PT1H\"}: a duration of ISO 8601 in days, "
                            + "hours, minutes and seconds, up to 100 years"),
                    status: .badRequest)
            }
            let clock = clock
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    clock.advance(by: duration.nanoseconds)
                    continuation.resume()
                }
            }
            return Self.json(ClockState(clock))
        }
    }
#endif
