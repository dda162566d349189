#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import InternalSystem

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

        /// How far it can be moved: times end in 2262, and schedules look some decades ahead.
        private static let latest = EventTime("2200-01-01T00:00:00Z")

        /// Moves the clock on, and answers when everything that was due in between has been begun.
        func moveClock(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let wanted =
                "expected {\"advance\": \"PT1H\"}: a duration of ISO 8601 in days, hours, minutes and "
                + "seconds, up to 100 years"
            guard let text = try request.object(["advance"]).text("advance"),
                let duration = ISODuration(text)
            else { throw .invalid(wanted) }
            let clock = clock
            let (moved, isBeyond) = clock.wallTime.addingReportingOverflow(
                Int64(clamping: duration.nanoseconds))
            guard !isBeyond, let latest = Self.latest, EventTime(moved) <= latest else {
                throw .conflict("The clock can't be moved beyond the year 2199.")
            }
            await BlockingWork.run { clock.advance(by: duration.nanoseconds) }
            return try Self.json(ClockState(clock))
        }
    }
#endif
