internal import InternalSystem

/// A moment in nanoseconds since 1970, as archives keep it, and as people write it: RFC 3339 in UTC.
public struct EventTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let nanoseconds: Int64

    /// The moment so many nanoseconds after 1970 began.
    public init(_ nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Reads `2021-06-16T11:33:45Z`, also with a fraction or an offset; nil where it is something
    /// else.
    public init?(_ text: String) {
        var text = text
        guard let nanoseconds = text.withUTF8({ Self.nanoseconds($0) }) else { return nil }
        self.nanoseconds = nanoseconds
    }

    /// The present, as this machine believes.
    public static var now: EventTime { EventTime(wallClockNanoseconds()) }

    /// The same moment without its fraction of a second; if that can't be told, the first that can.
    package var wholeSeconds: EventTime {
        let (_, fraction) = nanoseconds.quotientAndRemainderFloored(by: 1_000_000_000)
        let (whole, isTooFar) = nanoseconds.subtractingReportingOverflow(fraction)
        return EventTime(isTooFar ? .min : whole)
    }

    /// Whether one moment is before another.
    public static func < (one: EventTime, other: EventTime) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    /// `2021-06-16T11:33:45Z`, with nine digits of a fraction where there is one.
    public var description: String {
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = "\(value)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (seconds, fraction) = nanoseconds.quotientAndRemainderFloored(by: 1_000_000_000)
        let (days, second) = seconds.quotientAndRemainderFloored(by: 86_400)
        let (year, month, day) = Self.civilDate(daysSince1970: days)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let time =
            "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return "\(date)T\(time)\(fraction == 0 ? "" : "." + padded(fraction, 9))Z"
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFloored(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
