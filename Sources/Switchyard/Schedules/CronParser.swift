/// Reads the six fields of a cron expression.
struct CronParser {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    /// A field's place among the six, its range and its names.
    struct Field {
        let name: String
        let range: ClosedRange<Int>
        var names: [String] = []
        /// Whether what comes after the last value is the first again.
        var isCircle = true

        static let minutes = Field(name: "minutes", range: 0...59)
        static let hours = Field(name: "hours", range: 0...23)
        static let dayOfMonth = Field(name: "day of month", range: 1...31)
        static let month = Field(
            name: "month", range: 1...12,
            names: [
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ])
        static let dayOfWeek = Field(
            name: "day of week", range: 1...7,
            names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])
        static let year = Field(name: "year", range: CronExpression.yearRange, isCircle: false)
    }

    func failure(_ part: Range<Int>, _ reason: String) -> ScheduleError {
        ScheduleError(String(decoding: text, as: UTF8.self), offset: part.lowerBound, reason)
    }

    func string(_ part: Range<Int>) -> String { String(decoding: text[part], as: UTF8.self) }

    /// The parts of `range` between separators, empty ones too.
    func split(_ range: Range<Int>, at separator: Character) -> [Range<Int>] {
        let separator = separator.asciiValue
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for offset in range where text[offset] == separator {
            parts.append(start..<offset)
            start = offset + 1
        }
        return parts + [start..<range.upperBound]
    }

    /// The values that a list of numbers, names, ranges and steps stands for, as `note` gets them.
    func values(
        _ part: Range<Int>, _ field: Field, _ note: (Int) -> Void
    ) throws(ScheduleError) {
        for item in split(part, at: ",") { try readItem(item, field, note) }
    }

    private func readItem(
        _ part: Range<Int>, _ field: Field, _ note: (Int) -> Void
    ) throws(ScheduleError) {
        let halves = split(part, at: "/")
        guard halves.count <= 2 else { throw failure(part, "one \"/\" at most in a step") }
        let ends = split(halves[0], at: "-")
        guard ends.count <= 2 else { throw failure(part, "one \"-\" at most in a range") }
        let isAll = string(halves[0]) == "*"
        var (first, last) = (field.range.lowerBound, field.range.upperBound)
        if !isAll {
            first = try number(ends[0], field)
            if ends.count == 2 {
                last = try number(ends[1], field)
            } else if halves.count == 1 {
                last = first
            }
        }
        let count = field.range.count
        if last < first {
            guard field.isCircle else {
                throw failure(part, "a range of years ends before it begins")
            }
            last += count
        }
        let step = halves.count == 2 ? try self.step(halves[1], field, isAll: isAll) : 1
        for value in stride(from: first, through: last, by: step) {
            note(value > field.range.upperBound ? value - count : value)
        }
    }

    /// A step. One as large as the field leaves the value that it starts from alone; from `*` that
    /// is more than the service takes where the values begin with 0.
    private func step(
        _ part: Range<Int>, _ field: Field, isAll: Bool
    ) throws(ScheduleError) -> Int {
        let most = isAll ? field.range.upperBound : max(field.range.upperBound, field.range.count)
        guard let step = Int(digits: text[part]), (1...most).contains(step) else {
            throw failure(part, "a step is a number from 1 to \(most)")
        }
        return step
    }

    /// A number or a name.
    func number(_ part: Range<Int>, _ field: Field) throws(ScheduleError) -> Int {
        if let number = Int(digits: text[part]), field.range.contains(number) { return number }
        let name = string(part).uppercased()
        if let position = field.names.firstIndex(of: name) {
            return field.range.lowerBound + position
        }
        let names = field.names.isEmpty ? "" : " or \(field.names[0])-\(field.names.last ?? "")"
        throw failure(
            part,
            "the \(field.name) is \(field.range.lowerBound)-\(field.range.upperBound)\(names), not "
                + "\"\(string(part))\"")
    }

    func bits(_ part: Range<Int>, _ field: Field) throws(ScheduleError) -> UInt64 {
        var bits: UInt64 = 0
        try values(part, field) { bits |= 1 << UInt64($0) }
        return bits
    }
}

extension CronExpression {
    /// Reads the six fields between the parentheses.
    init(_ text: [UInt8], _ inner: Range<Int>) throws(ScheduleError) {
        let parser = CronParser(text)
        let fields = parser.split(inner, at: " ")
        guard fields.count == 6, fields.allSatisfy({ !$0.isEmpty }) else {
            throw parser.failure(
                inner,
                "cron has six fields with one blank between: minutes hours day-of-month "
                    + "month day-of-week year")
        }
        minutes = try parser.bits(fields[0], .minutes)
        hours = try parser.bits(fields[1], .hours)
        months = try parser.bits(fields[3], .month)
        var years = [UInt64](repeating: 0, count: (Self.yearRange.count + 63) / 64)
        try parser.values(fields[5], .year) {
            let bit = $0 - Self.yearRange.lowerBound
            years[bit / 64] |= 1 << UInt64(bit % 64)
        }
        self.years = years
        switch (parser.string(fields[2]) == "?", parser.string(fields[4]) == "?") {
        case (true, false): days = try parser.daysOfWeek(fields[4])
        case (false, true): days = try parser.daysOfMonth(fields[2])
        default:
            throw parser.failure(
                fields[2], "exactly one of day-of-month and day-of-week is \"?\"")
        }
    }
}

extension CronParser {
    func daysOfMonth(_ part: Range<Int>) throws(ScheduleError) -> CronExpression.DayRule {
        var (days, nearest, beforeLast): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var lastWeekday = false
        for item in split(part, at: ",") {
            switch string(item) {
            case "L": beforeLast |= 1
            case "LW": lastWeekday = true
            case let text where text.hasPrefix("L-"):
                let count = Int(digits: self.text[(item.lowerBound + 2)..<item.upperBound])
                guard let count, (1...30).contains(count) else {
                    throw failure(item, "\"L-\" is followed by a number of days from 1 to 30")
                }
                beforeLast |= 1 << UInt64(count)
            case let text where text.hasSuffix("W"):
                let day = try number(item.lowerBound..<item.upperBound - 1, .dayOfMonth)
                nearest |= 1 << UInt64(day)
            default: days |= try bits(item, .dayOfMonth)
            }
        }
        return .ofMonth(
            days: days, nearestWeekdays: nearest, beforeLast: beforeLast, lastWeekday: lastWeekday)
    }

    func daysOfWeek(_ part: Range<Int>) throws(ScheduleError) -> CronExpression.DayRule {
        let halves = split(part, at: "#")
        if halves.count > 1 {
            guard halves.count == 2, let nth = Int(digits: text[halves[1]]), (1...5).contains(nth)
            else {
                throw failure(
                    part, "\"#\" stands alone, between a weekday and a number from 1 to 5")
            }
            return .nthWeekday(weekday: try number(halves[0], .dayOfWeek), nth: nth)
        }
        var (days, last): (UInt64, UInt64) = (0, 0)
        for item in split(part, at: ",") {
            switch string(item) {
            case "L": days |= 1 << 7
            case let text where text.hasSuffix("L"):
                let weekday = try number(item.lowerBound..<item.upperBound - 1, .dayOfWeek)
                last |= 1 << UInt64(weekday)
            default: days |= try bits(item, .dayOfWeek)
            }
        }
        return .ofWeek(days: days, last: last)
    }
}

extension Int {
    /// Reads one to nine digits, and nothing else.
    fileprivate init?(digits: ArraySlice<UInt8>) {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        self = number
    }
}
