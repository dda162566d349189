import Switchyard
import TestSupport
import Testing

/// Random expressions of the whole grammar against a calendar that is walked minute by minute and
/// day by day, and fields that are judged value by value as they are written.
@Suite(.onThreadsOfItsOwn) struct CronCalendarTests {
    @Test("an expression fires in exactly the minutes that its fields name")
    func everyMinute() throws {
        var random = SeededGenerator(stream: 0xC401)
        for _ in 0..<100 {
            let expression = RandomCron(
                minutes: .random(.minutes, using: &random), hours: .random(.hours, using: &random),
                day: (.dayOfMonth, "*"), month: "*", year: "*")
            var calendar = SlowCalendar()
            for _ in 0..<Int.random(in: 0...1_000, using: &random) { calendar.nextDay() }
            try expression.check(from: calendar, days: 2)
        }
    }

    @Test("an expression fires on exactly the days that its fields name")
    func everyDay() throws {
        var random = SeededGenerator(stream: 0xC402)
        for _ in 0..<150 {
            let isOfMonth = Bool.random(using: &random)
            let field: SlowField.Kind = isOfMonth ? .dayOfMonth : .dayOfWeek
            let expression = RandomCron(
                minutes: "7", hours: "5", day: (field, .random(field, using: &random)),
                month: Bool.random(using: &random) ? "*" : .random(.month, using: &random),
                year: Int.random(in: 0..<4, using: &random) > 0
                    ? "*" : .random(.year, using: &random))
            var calendar = SlowCalendar()
            for _ in 0..<Int.random(in: 0...20_000, using: &random) { calendar.nextDay() }
            try expression.check(from: calendar, days: 1_000)
        }
    }
}

/// Days since 1970, counted one by one.
private struct SlowCalendar {
    var (year, month, day, weekday) = (1970, 1, 1, 5)
    var daysSince1970: Int64 = 0

    var daysOfMonth: Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    mutating func nextDay() {
        daysSince1970 += 1
        weekday = weekday == 7 ? 1 : weekday + 1
        day += 1
        guard day > daysOfMonth else { return }
        (month, day) = (month + 1, 1)
        if month > 12 { (year, month) = (year + 1, 1) }
    }

    /// The weekday of another day of the month.
    func weekday(of other: Int) -> Int { ((weekday - 1 + other - day) % 7 + 7) % 7 + 1 }

    func isWorkday(_ other: Int) -> Bool { (2...6).contains(weekday(of: other)) }
}

/// An expression and what its fields say of a minute.
private struct RandomCron {
    var minutes: String
    var hours: String
    var day: (kind: SlowField.Kind, text: String)
    var month: String
    var year: String

    var text: String {
        let days = day.kind == .dayOfMonth ? (day.text, "?") : ("?", day.text)
        return "cron(\(minutes) \(hours) \(days.0) \(month) \(days.1) \(year))"
    }

    /// Walks some days, and compares each time that should be with each that `next` gives.
    func check(from start: SlowCalendar, days: Int) throws {
        let schedule = try ScheduleExpression(text)
        var calendar = start
        var expected: [Int64] = []
        let minuteField = SlowField(.minutes, minutes)
        let hourField = SlowField(.hours, hours)
        let (monthField, yearField) = (SlowField(.month, month), SlowField(.year, year))
        let dayField = SlowField(day.kind, day.text)
        for _ in 0..<days {
            let isDay =
                monthField.contains(calendar.month) && yearField.contains(calendar.year)
                && dayField.contains(day: calendar)
            for hour in 0..<24 where isDay && hourField.contains(hour) {
                for minute in 0..<60 where minuteField.contains(minute) {
                    expected.append(
                        (calendar.daysSince1970 * 1_440 + Int64(hour * 60 + minute)))
                }
            }
            calendar.nextDay()
        }
        let minute: Int64 = 60_000_000_000
        var found: [Int64] = []
        var now = EventTime(start.daysSince1970 * 1_440 * minute - 1)
        while let next = schedule.next(after: now, from: EventTime(0)),
            next.nanoseconds < calendar.daysSince1970 * 1_440 * minute
        {
            #expect(next.nanoseconds % minute == 0)
            found.append(next.nanoseconds / minute)
            now = next
        }
        #expect(
            found == expected, "\(text) from \(start.year)-\(start.month)-\(start.day)")
    }
}

/// One field as it is written, judged value by value.
private struct SlowField {
    enum Kind {
        case minutes, hours, dayOfMonth, month, dayOfWeek, year

        var values: ClosedRange<Int> {
            switch self {
            case .minutes: 0...59
            case .hours: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 1...7
            case .year: 1970...2199
            }
        }

        var names: [String] {
            switch self {
            case .month:
                "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(separator: " ")
                    .map(String.init)
            case .dayOfWeek: "SUN MON TUE WED THU FRI SAT".split(separator: " ").map(String.init)
            default: []
            }
        }
    }

    let kind: Kind
    let items: [Substring]

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        items = text.split(separator: ",")
    }

    private func value(_ text: some StringProtocol) -> Int {
        kind.names.firstIndex(of: text.uppercased()).map { $0 + 1 } ?? Int(text) ?? -1
    }

    func contains(_ value: Int) -> Bool { items.contains { contains(value, item: $0) } }

    /// From the first value on, round the field: not beyond the last, and each nth.
    private func contains(_ value: Int, item: Substring) -> Bool {
        let parts = item.split(separator: "/")
        let ends = parts[0].split(separator: "-")
        let count = kind.values.count
        let first = ends[0] == "*" ? kind.values.lowerBound : self.value(ends[0])
        var last = ends.count == 2 ? self.value(ends[1]) : first
        if ends[0] == "*" || (ends.count == 1 && parts.count == 2) { last = kind.values.upperBound }
        let distance = (value - first + count) % count
        let reach = (last - first + count) % count
        return distance <= reach && distance % (parts.count == 2 ? Int(parts[1]) ?? 0 : 1) == 0
    }

    func contains(day calendar: SlowCalendar) -> Bool {
        items.contains { item in
            kind == .dayOfMonth
                ? isDay(item, in: calendar) : isWeekday(item, in: calendar)
        }
    }

    private func isDay(_ item: Substring, in month: SlowCalendar) -> Bool {
        if item == "L" { return month.day == month.daysOfMonth }
        if item == "LW" {
            return month.isWorkday(month.day)
                && ((month.day + 1)..<(month.daysOfMonth + 1)).allSatisfy { !month.isWorkday($0) }
        }
        if item.hasPrefix("L-") { return month.day + value(item.dropFirst(2)) == month.daysOfMonth }
        guard item.hasSuffix("W") else { return contains(month.day, item: item) }
        let wanted = value(item.dropLast())
        guard wanted <= month.daysOfMonth else { return false }
        // The nearest, of two equally near the earlier; there are never two: weekends have two days.
        let nearest = (1...month.daysOfMonth).filter(month.isWorkday).min {
            abs($0 - wanted) < abs($1 - wanted)
        }
        return month.day == nearest
    }

    private func isWeekday(_ item: Substring, in month: SlowCalendar) -> Bool {
        if item == "L" { return month.weekday == 7 }
        if item.hasSuffix("L") {
            return month.weekday == value(item.dropLast()) && month.day + 7 > month.daysOfMonth
        }
        let halves = item.split(separator: "#")
        guard halves.count == 2 else { return contains(month.weekday, item: item) }
        return month.weekday == value(halves[0]) && (month.day + 6) / 7 == Int(halves[1])
    }
}

extension String {
    /// A field of one to three items.
    fileprivate static func random(
        _ kind: SlowField.Kind, using random: inout SeededGenerator
    ) -> String {
        if kind == .dayOfWeek, Int.random(in: 0..<4, using: &random) == 0 {
            return "\(value(kind, using: &random))#\(Int.random(in: 1...5, using: &random))"
        }
        return (0..<Int.random(in: 1...3, using: &random))
            .map { _ in item(kind, using: &random) }.joined(separator: ",")
    }

    private static func value(
        _ kind: SlowField.Kind, using random: inout SeededGenerator
    ) -> String {
        var range = kind.values
        if kind == .year { range = 1980...2040 }
        let value = Int.random(in: range, using: &random)
        guard !kind.names.isEmpty, Bool.random(using: &random) else { return "\(value)" }
        let name = kind.names[value - 1]
        return Bool.random(using: &random) ? name : name.lowercased()
    }

    private static func item(
        _ kind: SlowField.Kind, using random: inout SeededGenerator
    ) -> String {
        let most = kind == .year ? 50 : kind.values.count
        let step = Int.random(in: 1...most, using: &random)
        let value = value(kind, using: &random)
        switch (Int.random(in: 0..<9, using: &random), kind) {
        case (0, _): return "*"
        // From "*", a step as large as a field that begins with 0 is refused.
        case (1, _): return "*/\(Swift.min(step, kind.values.upperBound))"
        case (2, _): return "\(value)/\(step)"
        case (3, .year), (4, .year): return "\(Int.random(in: 1980...2000, using: &random))-2011"
        case (3, _): return "\(value)-\(Self.value(kind, using: &random))"
        case (4, _): return "\(value)-\(Self.value(kind, using: &random))/\(step)"
        case (5, .dayOfMonth): return "\(Int.random(in: 1...31, using: &random))W"
        case (6, .dayOfMonth): return Bool.random(using: &random) ? "L" : "LW"
        case (7, .dayOfMonth): return "L-\(Int.random(in: 1...30, using: &random))"
        case (5, .dayOfWeek): return "\(value)L"
        case (6, .dayOfWeek): return "L"
        default: return value
        }
    }
}
