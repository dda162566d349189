import EventSchedule
import TestSupport
import Testing

@Suite struct ScheduleDescriptionTests {
    @Test(
        "a schedule is written in the shortest form",
        arguments: [
            ("rate(1 minute)", "rate(1 minute)"), ("rate(5 minutes)", "rate(5 minutes)"),
            ("rate(60 minutes)", "rate(1 hour)"), ("rate(48 hours)", "rate(2 days)"),
            ("rate(90 minutes)", "rate(90 minutes)"), ("cron(0 10 * * ? *)", "cron(0 10 * * ? *)"),
            ("cron(0/20 * * * ? *)", "cron(0,20,40 * * * ? *)"),
            ("cron(0 18 ? * MON-FRI *)", "cron(0 18 ? * 2-6 *)"),
            ("cron(0 0 L,15W,1-3 JAN,feb ? *)", "cron(0 0 1-3,15W,L 1,2 ? *)"),
            ("cron(0 20-2 L-5,L * ? *)", "cron(0 0-2,20-23 L,L-5 * ? *)"),
            ("cron(0 0 LW * ? 2026-2030)", "cron(0 0 LW * ? 2026-2030)"),
            ("cron(0 9 ? * fri#5 *)", "cron(0 9 ? * 6#5 *)"),
            ("cron(0 0 ? * 6L,SUN *)", "cron(0 0 ? * 1,6L *)"),
            ("cron(0 0 ? * L 1970,1999,2199)", "cron(0 0 ? * 7 1970,1999,2199)"),
            ("cron(59 23 ? 12 * *)", "cron(59 23 ? 12 * *)"),
        ])
    func writesShortest(expression: String, expected: String) throws {
        let schedule = try ScheduleExpression(expression)
        #expect(schedule.description == expected)
        #expect(try ScheduleExpression(expected) == schedule)
    }

    @Test("any schedule reads again to an equal one")
    func readsAgain() throws {
        var random = SeededGenerator(stream: 41)
        for _ in 0..<500 {
            let text = Self.cron(&random)
            let schedule = try ScheduleExpression(text)
            let again = try ScheduleExpression(schedule.description)
            #expect(again == schedule, "\(text) became \(schedule), SWITCHYARD_SEED=\(testSeed())")
        }
    }

    private static func cron(_ random: inout SeededGenerator) -> String {
        let isOfMonth = Bool.random(using: &random)
        let days =
            isOfMonth
            ? list(1...31, ["L", "L-1", "L-30", "LW", "1W", "31W", "*"], &random)
            : Bool.random(using: &random)
                ? "\(Int.random(in: 1...7, using: &random))#\(Int.random(in: 1...5, using: &random))"
                : list(1...7, ["L", "3L", "TUE-THU", "*"], &random)
        let fields = [
            list(0...59, ["*/7", "30-50/4"], &random), list(0...23, ["*", "5-9"], &random),
            isOfMonth ? days : "?", list(1...12, ["MAR", "*/3"], &random),
            isOfMonth ? "?" : days, list(1970...2199, ["*", "2000/3", "2020-2090"], &random),
        ]
        return "cron(\(fields.joined(separator: " ")))"
    }

    private static func list(
        _ range: ClosedRange<Int>, _ others: [String], _ random: inout SeededGenerator
    ) -> String {
        let items = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Int.random(in: 0..<3, using: &random) == 0
                ? others.randomElement(using: &random) ?? "*"
                : "\(Int.random(in: range, using: &random))"
        }
        return items.joined(separator: ",")
    }
}
