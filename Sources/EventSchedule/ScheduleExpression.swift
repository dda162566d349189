public import EventEnvelope

/// When a rule fires by itself: `rate(5 minutes)` or `cron(0 18 ? * MON-FRI *)`, in UTC.
///
/// This is the place to begin reading `EventSchedule`. The expressions are EventBridge's:
///
/// - `rate(value unit)`: every so many `minutes`, `hours` or `days`, counted from a start; the unit is
///   singular if, and only if, the value is 1;
/// - `cron(minutes hours day-of-month month day-of-week year)`: see ``CronExpression``.
///
/// ```swift
/// let schedule = try ScheduleExpression("cron(0 9 ? * 2#1 *)")  // 9:00 on first Mondays
/// let next = schedule.next(after: now, from: start)
/// ```
///
/// Words are lower case and blanks stand only where the forms above have them, as the service wants
/// it.
public enum ScheduleExpression: Hashable, Sendable {
    /// Every so many seconds from a start on; whole minutes.
    case rate(seconds: Int64)
    /// At the times of the calendar that match.
    case cron(CronExpression)

    /// The longest rate: what a number of nanoseconds can hold, with room to add it to any time
    /// of this era.
    static let rateSecondsMax: Int64 = 100 * 366 * 86_400

    /// Reads an expression. O(length).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(_ text: String) throws(ScheduleError) {
        let characters = Array(text.utf8)
        if let inner = Self.content(of: characters, after: "rate(") {
            self = .rate(seconds: try Self.rate(characters, inner))
        } else if let inner = Self.content(of: characters, after: "cron(") {
            self = .cron(try CronExpression(characters, inner))
        } else {
            throw ScheduleError(
                text, offset: 0, "an expression is rate(value unit) or cron(six fields)")
        }
    }

    /// The range between `opening` at the start and `)` at the end.
    private static func content(of text: [UInt8], after opening: String) -> Range<Int>? {
        let opening = opening.utf8
        guard text.count > opening.count, text.starts(with: opening), text.last == UInt8(ascii: ")")
        else { return nil }
        return opening.count..<text.count - 1
    }

    private static func rate(_ text: [UInt8], _ inner: Range<Int>) throws(ScheduleError) -> Int64 {
        func failure(_ offset: Int, _ reason: String) -> ScheduleError {
            ScheduleError(String(decoding: text, as: UTF8.self), offset: offset, reason)
        }
        guard let blank = text[inner].firstIndex(of: UInt8(ascii: " ")) else {
            throw failure(inner.lowerBound, "a rate is a number, one blank and a unit")
        }
        let digits = text[inner.lowerBound..<blank]
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            throw failure(inner.lowerBound, "a rate begins with a whole number above 0")
        }
        let value = Int64(String(decoding: digits, as: UTF8.self)) ?? .max
        guard value > 0 else { throw failure(inner.lowerBound, "a rate is more than 0") }
        let unit = String(decoding: text[(blank + 1)..<inner.upperBound], as: UTF8.self)
        let seconds: Int64
        switch (unit, value == 1) {
        case ("minute", true), ("minutes", false): seconds = 60
        case ("hour", true), ("hours", false): seconds = 3_600
        case ("day", true), ("days", false): seconds = 86_400
        case ("minute", false), ("hour", false), ("day", false):
            throw failure(blank + 1, "with \(value), the unit is \"\(unit)s\"")
        case ("minutes", true), ("hours", true), ("days", true):
            throw failure(blank + 1, "with 1, the unit is \"\(unit.dropLast())\"")
        default: throw failure(blank + 1, "units are minutes, hours and days")
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: seconds)
        guard !overflow, product <= rateSecondsMax else {
            throw failure(inner.lowerBound, "a rate is at most 100 years")
        }
        return product
    }

    /// The first time after `time` at which it fires, nil if it never does again.
    ///
    /// - Parameters:
    ///   - time: where to begin to look.
    ///   - start: when a rate began to count: it first fires one period later. Does not matter for
    ///     a cron expression.
    /// - Complexity: O(1) for a rate; for a cron expression O(months until then), at most 2,760.
    public func next(after time: EventTime, from start: EventTime) -> EventTime? {
        switch self {
        case .cron(let cron): return cron.next(after: time)
        case .rate(let seconds):
            let period = seconds * 1_000_000_000
            let (passed, overflow) = time.nanoseconds.subtractingReportingOverflow(
                start.nanoseconds)
            if overflow { return nil }
            let periods = passed < 0 ? 1 : passed / period + 1
            let (offset, tooFar) = periods.multipliedReportingOverflow(by: period)
            let (next, tooLate) = start.nanoseconds.addingReportingOverflow(offset)
            return tooFar || tooLate ? nil : EventTime(next)
        }
    }
}

/// What is wrong with a schedule expression.
public struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The expression.
    public let expression: String
    /// The byte at which it goes wrong.
    public let offset: Int
    /// What was expected there.
    public let reason: String

    init(_ expression: String, offset: Int, _ reason: String) {
        self.expression = expression
        self.offset = offset
        self.reason = reason
    }

    /// The service's message.
    public static let serviceMessage = "Parameter ScheduleExpression is not valid."

    /// The service's message, then where and why.
    public var description: String {
        "\(Self.serviceMessage) Reason: \(reason) (\"\(expression)\", column \(offset + 1))"
    }
}
