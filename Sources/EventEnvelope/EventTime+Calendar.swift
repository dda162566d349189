// Times as events write them, and the calendar.
extension EventTime {
    /// Reads RFC 3339, `2021-06-16T11:33:45Z`, with a fraction or an offset too: nanoseconds since
    /// 1970, or nil where it is something else or out of range. O(1).
    package static func nanoseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count >= 20, text.count <= 40 else { return nil }
        guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"),
            let year = number(text, 0, 4), let month = number(text, 5, 2),
            let day = number(text, 8, 2), let hour = number(text, 11, 2),
            let minute = number(text, 14, 2), let second = number(text, 17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if text[at] == UInt8(ascii: ".") {
            var unit: Int64 = 100_000_000
            let start = at + 1
            at = start
            while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
                fraction += Int64(text[at] - UInt8(ascii: "0")) * unit
                unit /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        guard let offset = offsetSeconds(text, at) else { return nil }
        let days = daysSince1970(year, month, day)
        // 30 February would be a day in March.
        guard civilDate(daysSince1970: days).day == day else { return nil }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset
        let (scaled, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (nanoseconds, isBeyond) = scaled.addingReportingOverflow(fraction)
        return isTooFar || isBeyond ? nil : nanoseconds
    }

    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int
    ) -> Int64? {
        guard start + count <= text.count else { return nil }
        var number: Int64 = 0
        for at in start..<start + count {
            let digit = text[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int64(digit)
        }
        return number
    }

    private static func offsetSeconds(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> Int64? {
        guard start < text.count else { return nil }
        switch text[start] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            return start + 1 == text.count ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard start + 6 == text.count, text[start + 3] == UInt8(ascii: ":"),
                let hours = number(text, start + 1, 2), let minutes = number(text, start + 4, 2)
            else { return nil }
            let seconds = (hours * 60 + minutes) * 60
            return text[start] == UInt8(ascii: "-") ? -seconds : seconds
        default: return nil
        }
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`:
    /// years begin in March, so that the leap day is the last of its year).
    package static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The reverse (Hinnant's `civil_from_days`).
    package static func civilDate(daysSince1970 days: Int64) -> (
        year: Int64, month: Int64, day: Int64
    ) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
