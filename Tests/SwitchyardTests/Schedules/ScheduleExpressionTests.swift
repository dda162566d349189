import JSONScan
import Switchyard
import TestSupport
import Testing

private func time(_ text: String) throws -> EventTime { try #require(EventTime(text), "\(text)") }

/// The first times at which an expression fires after one.
private func fires(_ expression: String, after start: String, _ count: Int) throws -> [String] {
    let schedule = try ScheduleExpression(expression)
    var now = try time(start)
    var times: [String] = []
    while times.count < count, let next = schedule.next(after: now, from: try time(start)) {
        times.append(next.description)
        now = next
    }
    return times
}

@Suite struct ScheduleExpressionTests {
    @Test(
        "a rate fires every so often from its start on",
        arguments: [
            ("rate(1 minute)", "2026-01-01T00:01:30Z", "2026-01-01T00:02:30Z"),
            ("rate(5 minutes)", "2026-01-01T00:05:30Z", "2026-01-01T00:10:30Z"),
            ("rate(1 hour)", "2026-01-01T01:00:30Z", "2026-01-01T02:00:30Z"),
            ("rate(7 days)", "2026-01-08T00:00:30Z", "2026-01-15T00:00:30Z"),
        ])
    func rates(expression: String, first: String, second: String) throws {
        #expect(try fires(expression, after: "2026-01-01T00:00:30Z", 2) == [first, second])
    }

    @Test("a rate that was missed fires at its next time, not at all those missed")
    func skipsMissedTimes() throws {
        let next = try ScheduleExpression("rate(10 minutes)").next(
            after: try time("2026-01-01T05:03:00Z"), from: try time("2026-01-01T00:00:00Z"))
        #expect(next == (try time("2026-01-01T05:10:00Z")))
    }

    @Test(
        "a cron expression fires at the times of the calendar",
        arguments: [
            ("cron(0 10 * * ? *)", ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"]),
            ("cron(15 12 * * ? *)", ["2026-01-01T12:15:00Z", "2026-01-02T12:15:00Z"]),
            ("cron(0 18 ? * MON-FRI *)", ["2026-01-01T18:00:00Z", "2026-01-02T18:00:00Z"]),
            ("cron(0 8 1 * ? *)", ["2026-01-01T08:00:00Z", "2026-02-01T08:00:00Z"]),
            ("cron(0/20 * * * ? *)", ["2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"]),
            ("cron(*/20 * * * ? *)", ["2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"]),
            ("cron(50-59/5 0 * * ? *)", ["2026-01-01T00:50:00Z", "2026-01-01T00:55:00Z"]),
            ("cron(0/5 8-17 ? * MON-FRI *)", ["2026-01-01T08:00:00Z", "2026-01-01T08:05:00Z"]),
            ("cron(0 9 ? * 2#1 *)", ["2026-01-05T09:00:00Z", "2026-02-02T09:00:00Z"]),
            ("cron(0 9 ? * fri#5 *)", ["2026-01-30T09:00:00Z", "2026-05-29T09:00:00Z"]),
            ("cron(0 0 L * ? *)", ["2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"]),
            (
                "cron(0 0 L 2 ? *)",
                ["2026-02-28T00:00:00Z", "2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z"]
            ),
            ("cron(0 0 ? * 6L *)", ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]),
            ("cron(0 0 ? * L *)", ["2026-01-03T00:00:00Z", "2026-01-10T00:00:00Z"]),
            ("cron(0 0 LW * ? *)", ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"]),
            // 15 February 2026 is a Sunday, 15 August a Saturday, 1 August a Saturday.
            ("cron(0 0 15W 2,8 ? *)", ["2026-02-16T00:00:00Z", "2026-08-14T00:00:00Z"]),
            ("cron(0 0 1W 8 ? 2026)", ["2026-08-03T00:00:00Z"]),
            ("cron(0 0 31W 5 ? 2026)", ["2026-05-29T00:00:00Z"]),
            ("cron(0 0 29 FEB ? *)", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
            ("cron(59 23 31 12 ? 2026,2199)", ["2026-12-31T23:59:00Z", "2199-12-31T23:59:00Z"]),
            ("cron(0 0 1,15,L JAN ? *)", ["2026-01-15T00:00:00Z", "2026-01-31T00:00:00Z"]),
            // AWS's own examples of ranges that go round.
            ("cron(0/30 20-2 ? * MON-FRI *)", ["2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z"]),
            ("cron(15 22-3 * * ? *)", ["2026-01-01T00:15:00Z", "2026-01-01T01:15:00Z"]),
            ("cron(0 20-2/3 * * ? *)", ["2026-01-01T02:00:00Z", "2026-01-01T20:00:00Z"]),
            ("cron(0 12 ? * MON-SUN *)", ["2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"]),
            ("cron(0 12 ? * SUN-SAT *)", ["2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"]),
            ("cron(0 12 ? * SAT-SUN *)", ["2026-01-03T12:00:00Z", "2026-01-04T12:00:00Z"]),
            ("cron(0 0 1 NOV-FEB ? *)", ["2026-02-01T00:00:00Z", "2026-11-01T00:00:00Z"]),
            ("cron(0 0 31-1 * ? *)", ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"]),
            // A step as large as its field is its first value.
            ("cron(0/60 * * * ? *)", ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"]),
            ("cron(5/60 0/24 * * ? *)", ["2026-01-01T00:05:00Z", "2026-01-02T00:05:00Z"]),
            ("cron(0 0 2/31 3/12 ? *)", ["2026-03-02T00:00:00Z", "2027-03-02T00:00:00Z"]),
            ("cron(0 0 L-5 * ? *)", ["2026-01-26T00:00:00Z", "2026-02-23T00:00:00Z"]),
            ("cron(0 0 L-29,3 2 ? *)", ["2026-02-03T00:00:00Z", "2027-02-03T00:00:00Z"]),
            ("cron(0 0 L-30 * ? *)", ["2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z"]),
            ("cron(0 0 30 2 ? *)", []),
            ("cron(0 0 1 1 ? 1970-2025)", []),
        ])
    func calendars(expression: String, expected: [String]) throws {
        let found = try fires(expression, after: "2026-01-01T00:00:00Z", max(expected.count, 1))
        #expect(found == expected)
    }

    @Test("the time between two minutes does not matter, and a time before 1970 waits for 1970")
    func roundsToMinutes() throws {
        let schedule = try ScheduleExpression("cron(* * * * ? *)")
        let next = schedule.next(after: EventTime(60_000_000_001), from: EventTime(0))
        #expect(next == EventTime(120_000_000_000))
        #expect(schedule.next(after: EventTime(-1), from: EventTime(0)) == EventTime(0))
        #expect(
            schedule.next(after: EventTime(-90_000_000_000), from: EventTime(0)) == EventTime(0))
    }

    @Test(
        "what the service took and what it refused is taken and refused",
        .enabled(if: sharedFolder.flatMap { readFile($0 + "/aws/schedules.jsonl") } != nil))
    func recordedAnswers() throws {
        let recorded = try mapJSONLines(of: try #require(sharedFolder) + "/aws/schedules.jsonl") {
            (
                service: $0["api"]?.string, isValid: $0["valid"]?.kind == .true,
                expression: try #require($0["expression"]?.string).description,
                message: $0["message"]?.string?.description
            )
        }
        // The scheduler's forms differ in `at(...)` and in its message alone; both are its own.
        try #require(recorded.count >= 38)
        for answer in recorded {
            let found = Result { () throws(ScheduleError) in
                try ScheduleExpression(answer.expression)
            }
            switch found {
            case .success: #expect(answer.isValid, "\(answer.expression)")
            case .failure(let error):
                #expect(!answer.isValid, "\(error)")
                if answer.service == "events" {
                    #expect(answer.message == ScheduleError.serviceMessage)
                }
            }
        }
    }

    @Test(
        "what the service refuses is refused, with the place",
        arguments: [
            ("", 0), ("rate", 0), ("rate()", 5), ("rate(5)", 5), ("rate(0 minutes)", 5),
            ("rate(-5 minutes)", 5), ("rate(1 minutes)", 7), ("rate(5 minute)", 7),
            ("rate(5 Minutes)", 7), ("rate(5  minutes)", 7), ("rate( 5 minutes)", 5),
            ("rate(5 minutes )", 7), ("rate(5 seconds)", 7), ("rate(1.5 hours)", 5),
            ("rate(99999999999999999999 days)", 5), ("rate(5 minutes", 0), (" rate(5 minutes)", 0),
            ("Rate(5 minutes)", 0), ("cron()", 5), ("cron(0 1 * * * *)", 9),
            ("cron(0 1 ? * ? *)", 9), ("cron(0 1 * * ?)", 5), ("cron(0 1 * * ? * *)", 5),
            ("cron(60 1 * * ? *)", 5), ("cron(0 24 * * ? *)", 7), ("cron(0 1 0 * ? *)", 9),
            ("cron(0 1 32 * ? *)", 9), ("cron(0 1 * 13 ? *)", 11), ("cron(0 1 ? * 8 *)", 13),
            ("cron(0 1 ? * 0 *)", 13), ("cron(0 1 * * ? 1969)", 15), ("cron(0 1 * * ? 2200)", 15),
            ("cron(0 1 ? * 3#6 *)", 13), ("cron(0 1 ? * 3#1,6#3 *)", 13),
            ("cron(0,, 1 * * ? *)", 7),
            ("cron(0/0 1 * * ? *)", 7), ("cron(*/60 1 * * ? *)", 7), ("cron(0/61 1 * * ? *)", 7),
            ("cron(0 */24 * * ? *)", 9), ("cron(0 0/25 * * ? *)", 9), ("cron(0 1 */32 * ? *)", 11),
            ("cron(0 1 L-0 * ? *)", 9), ("cron(0 1 L-31 * ? *)", 9), ("cron(0 1 L- * ? *)", 9),
            ("cron(0 1 L-3W * ? *)", 9), ("cron(0 1 * * ? 2030-2026)", 15),
            ("cron(0 1 W * ? *)", 9), ("cron(0 1 * FOO ? *)", 11), ("cron(? 1 * * ? *)", 5),
            ("cron(1/2/3 1 * * ? *)", 5), ("cron(0 1 15W-20W * ? *)", 9), ("cron(0  1 * * ? *)", 5),
            ("at(2026-01-01T00:00:00)", 0),
        ])
    func refuses(expression: String, offset: Int) throws {
        do throws(ScheduleError) {
            let schedule = try ScheduleExpression(expression)
            Issue.record("\(expression) was read as \(schedule)")
        } catch {
            #expect(error.offset == offset, "\(error)")
            #expect(error.description.hasPrefix("Parameter ScheduleExpression is not valid."))
        }
    }
}
