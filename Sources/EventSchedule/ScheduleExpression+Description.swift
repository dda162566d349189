extension ScheduleExpression: CustomStringConvertible {
    /// The expression as a text that reads again to an equal value: `rate(1 hour)`, whatever unit it
    /// was written in; `cron(0,20,40 * ? * 2-6 *)` with its values counted up, names as numbers.
    public var description: String {
        switch self {
        case .rate(let seconds):
            let units: [(name: String, seconds: Int64)] = [
                ("day", 86_400), ("hour", 3_600), ("minute", 60),
            ]
            let unit = units.first { seconds % $0.seconds == 0 } ?? ("minute", 60)
            let count = seconds / unit.seconds
            return "rate(\(count) \(unit.name)\(count == 1 ? "" : "s"))"
        case .cron(let cron): return "cron(\(cron))"
        }
    }
}

extension CronExpression: CustomStringConvertible {
    /// The six fields, without the parentheses.
    public var description: String {
        let (daysOfMonth, daysOfWeek) = days.fields
        let yearBits = Self.yearRange.filter { year in
            let bit = year - Self.yearRange.lowerBound
            return years[bit / 64] & 1 << UInt64(bit % 64) != 0
        }
        return [
            field(minutes, .minutes), field(hours, .hours), daysOfMonth, field(months, .month),
            daysOfWeek, list(yearBits, Self.yearRange),
        ].joined(separator: " ")
    }
}

extension CronExpression.DayRule {
    /// The fields day of month and day of week, one of which is `?`.
    fileprivate var fields: (ofMonth: String, ofWeek: String) {
        switch self {
        case .ofMonth(let days, let nearest, let beforeLast, let lastWeekday):
            var items = days == 0 ? [] : [field(days, .dayOfMonth)]
            items += places(of: nearest).map { "\($0)W" }
            items += places(of: beforeLast).map { $0 == 0 ? "L" : "L-\($0)" }
            if lastWeekday { items.append("LW") }
            return (items.joined(separator: ","), "?")
        case .ofWeek(let days, let last):
            var items = days == 0 ? [] : [field(days, .dayOfWeek)]
            items += places(of: last).map { "\($0)L" }
            return ("?", items.joined(separator: ","))
        case .nthWeekday(let weekday, let nth): return ("?", "\(weekday)#\(nth)")
        }
    }
}

/// The places of the bits that are set.
private func places(of bits: UInt64) -> [Int] { (0..<64).filter { bits & 1 << UInt64($0) != 0 } }

private func field(_ mask: UInt64, _ field: CronParser.Field) -> String {
    list(places(of: mask), field.range)
}

/// `*` for all values of a range, else the values, runs of three and more as `first-last`.
private func list(_ values: [Int], _ range: ClosedRange<Int>) -> String {
    if values.count == range.count { return "*" }
    var items: [String] = []
    var start = 0
    while start < values.count {
        var end = start
        while end + 1 < values.count, values[end + 1] == values[end] + 1 { end += 1 }
        if end - start >= 2 {
            items.append("\(values[start])-\(values[end])")
        } else {
            items += values[start...end].map { "\($0)" }
        }
        start = end + 1
    }
    return items.joined(separator: ",")
}
