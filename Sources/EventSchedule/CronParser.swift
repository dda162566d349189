/// Reads the six fields of a cron expression.
struct CronParser {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    /// A field's place among the six, its range and its names.
    struct Field {
        let name: String
        let range: ClosedRange<Int>
        var names: [String] = []

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
        static let year = Field(name: "year", range: CronExpression.yearRange)
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
        var (first, last) = (field.range.lowerBound, field.range.upperBound)
        if string(halves[0]) != "*" {
            first = try number(ends[0], field)
            if ends.count == 2 {
                last = try number(ends[1], field)
            } else if halves.count == 1 {
                last = first
            }
        }
        guard first <= last else {
            throw failure(part, "the range ends before it begins: write it as two ranges")
        }
        var step = 1
        if halves.count == 2 {
            guard let given = Int(digits: text[halves[1]]), given > 0,
                given <= field.range.upperBound
            else {
                throw failure(
                    halves[1], "a step is a number from 1 to \(field.range.upperBound)")
            }
            step = given
        }
        for value in stride(from: first, through: last, by: step) { note(value) }
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
        var (days, nearest): (UInt64, UInt64) = (0, 0)
        var (last, lastWeekday) = (false, false)
        for item in split(part, at: ",") {
            switch string(item) {
            case "L": last = true
            case "LW": lastWeekday = true
            case let text where text.hasSuffix("W"):
                let day = try number(item.lowerBound..<item.upperBound - 1, .dayOfMonth)
                nearest |= 1 << UInt64(day)
            default: days |= try bits(item, .dayOfMonth)
            }
        }
        return .ofMonth(days: days, nearestWeekdays: nearest, last: last, lastWeekday: lastWeekday)
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
