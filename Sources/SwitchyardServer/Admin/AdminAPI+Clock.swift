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

    /// A duration as in `P1DT2H30M0.5S`: of days and shorter units, whose lengths are known.
    struct ISODuration: Equatable {
        let nanoseconds: UInt64

        /// Reads a duration; nil if it is none, or longer than a hundred years.
        init?(_ text: String) {
            guard text.hasPrefix("P") else { return nil }
            var total = 0.0
            var number = ""
            var isTime = false
            var units: [Character: Double] = ["W": 604_800, "D": 86_400]
            for character in text.dropFirst() {
                if character.isNumber && character.isASCII || character == "." {
                    number.append(character)
                } else if character == "T", !isTime, number.isEmpty {
                    isTime = true
                    units = ["H": 3_600, "M": 60, "S": 1]
                } else if let seconds = units[character], let value = Double(number) {
                    units[character] = nil
                    total += value * seconds
                    number = ""
                } else {
                    return nil
                }
            }
            guard number.isEmpty, text.count > 2, total <= 100 * 366 * 86_400 else { return nil }
            nanoseconds = UInt64((total * 1e9).rounded())
        }
    }
#endif
