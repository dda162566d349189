/// A calendar schedule of six fields, `cron(minutes hours day-of-month month day-of-week year)`.
///
/// | field | values | also |
/// | --- | --- | --- |
/// | minutes | 0-59 | `, - * /` |
/// | hours | 0-23 | `, - * /` |
/// | day of month | 1-31 | `, - * / ? L W` |
/// | month | 1-12, JAN-DEC | `, - * /` |
/// | day of week | 1-7 from Sunday, SUN-SAT | `, - * / ? L #` |
/// | year | 1970-2199 | `, - * /` |
///
/// Exactly one of the two day fields is `?`, the other one decides. `L` is the last day of the month,
/// or of the week, which is Saturday; `L-5` five days before the month's last, in months that have
/// such a day; `5L` the month's last Thursday; `LW` its last weekday; `15W` the weekday nearest to
/// the 15th, within its month; `2#1` the first Monday. `a/n` is every `n`th value from `a` to the
/// field's last, `*/n` from its first: `0/60` is minute 0. A range may go round, but for years:
/// `20-2` is from 20 past 23 and 0 to 2, `FRI-MON` four days, `MON-SUN` all seven.
public struct CronExpression: Hashable, Sendable {
    let minutes: UInt64
    let hours: UInt64
    let months: UInt64
    let days: DayRule
    /// One bit for each year from 1970 on.
    let years: [UInt64]

    /// Which days of a month are meant.
    enum DayRule: Hashable, Sendable {
        /// Bits of days, and what the month decides: bits of days nearest to which a weekday is
        /// meant, and bits of how many days before its last, 0 for that itself.
        case ofMonth(
            days: UInt64, nearestWeekdays: UInt64, beforeLast: UInt64, lastWeekday: Bool)
        /// Bits of weekdays, 1 for Sunday, and bits of weekdays whose last one of the month it is.
        case ofWeek(days: UInt64, last: UInt64)
        /// The nth such weekday of the month.
        case nthWeekday(weekday: Int, nth: Int)
    }

    /// The years that there are.
    static let yearRange = 1970...2199

    /// The first time after `time` at which it fires, always a whole minute; nil if it never does.
    /// O(months until then).
    public func next(after time: EventTime) -> EventTime? {
        var second = time.nanoseconds / 1_000_000_000
        if second * 1_000_000_000 > time.nanoseconds { second -= 1 }
        var minute = second / 60
        if minute * 60 > second { minute -= 1 }
        minute += 1
        if minute < 0 { minute = 0 }
        let date = Timestamp.civilDate(daysSince1970: minute / 1_440)
        var (year, month, day) = (Int(date.year), Int(date.month), Int(date.day))
        var minuteOfDay = Int(minute % 1_440)
        while year <= Self.yearRange.upperBound {
            if contains(year: year) {
                while month <= 12 {
                    if months & 1 << UInt64(month) != 0,
                        let found = first(in: year, month, from: day, minuteOfDay)
                    {
                        return found
                    }
                    (month, day, minuteOfDay) = (month + 1, 1, 0)
                }
            }
            (year, month, day, minuteOfDay) = (year + 1, 1, 1, 0)
        }
        return nil
    }

    private func contains(year: Int) -> Bool {
        let bit = year - Self.yearRange.lowerBound
        return bit >= 0 && years[bit / 64] & 1 << UInt64(bit % 64) != 0
    }

    /// The first time within a month, at or after a minute of one of its days.
    private func first(in year: Int, _ month: Int, from day: Int, _ minuteOfDay: Int) -> EventTime?
    {
        let calendar = MonthCalendar(year: year, month: month)
        var rest = days.bits(in: calendar) & ~0 << UInt64(day)
        while rest != 0 {
            let found = rest.trailingZeroBitCount
            if let minute = first(from: found == day ? minuteOfDay : 0) {
                let minutes = (calendar.daysBefore + Int64(found) - 1) * 1_440 + Int64(minute)
                return EventTime(minutes * 60_000_000_000)
            }
            rest &= rest - 1
        }
        return nil
    }

    /// The first minute of any day, at or after one.
    private func first(from minuteOfDay: Int) -> Int? {
        let (hour, minute) = minuteOfDay.quotientAndRemainder(dividingBy: 60)
        let inHour = minutes & ~0 << UInt64(minute)
        if hours & 1 << UInt64(hour) != 0, inHour != 0 {
            return hour * 60 + inHour.trailingZeroBitCount
        }
        let later = hours & ~0 << UInt64(hour + 1)
        return later == 0 ? nil : later.trailingZeroBitCount * 60 + minutes.trailingZeroBitCount
    }
}

/// The days of one month: bit 1 for the first, and so on.
struct MonthCalendar {
    let dayCount: Int
    /// The first day's weekday, 1 for Sunday.
    let firstWeekday: Int
    /// Days from 1970 to the first day.
    let daysBefore: Int64

    init(year: Int, month: Int) {
        daysBefore = Timestamp.daysSince1970(Int64(year), Int64(month), 1)
        let next = Timestamp.daysSince1970(
            Int64(month == 12 ? year + 1 : year), Int64(month == 12 ? 1 : month + 1), 1)
        dayCount = Int(next - daysBefore)
        // 1 January 1970 was a Thursday, the fifth day.
        firstWeekday = Int((daysBefore % 7 + 4 + 7) % 7) + 1
    }

    /// The weekday of a day, 1 for Sunday.
    func weekday(of day: Int) -> Int { (firstWeekday + day - 2) % 7 + 1 }

    /// The weekday (Monday to Friday) nearest to a day, within the month.
    func nearestWeekday(to day: Int) -> Int {
        switch weekday(of: day) {
        case 7: day > 1 ? day - 1 : day + 2
        case 1: day < dayCount ? day + 1 : day - 2
        default: day
        }
    }

    /// The last day that is the given weekday.
    func last(_ weekday: Int) -> Int {
        dayCount - (self.weekday(of: dayCount) - weekday + 7) % 7
    }
}

extension CronExpression.DayRule {
    /// The days of a month that are meant.
    func bits(in month: MonthCalendar) -> UInt64 {
        let all = (1 << UInt64(month.dayCount + 1)) as UInt64 - 2
        var bits: UInt64 = 0
        switch self {
        case .ofMonth(let days, let nearest, let beforeLast, let lastWeekday):
            bits = days & all
            var rest = nearest & all
            while rest != 0 {
                bits |= 1 << UInt64(month.nearestWeekday(to: rest.trailingZeroBitCount))
                rest &= rest - 1
            }
            for day in 1...month.dayCount
            where beforeLast & 1 << UInt64(month.dayCount - day) != 0 {
                bits |= 1 << UInt64(day)
            }
            if lastWeekday { bits |= 1 << UInt64(month.nearestWeekday(to: month.dayCount)) }
        case .ofWeek(let days, let last):
            for day in 1...month.dayCount where days & 1 << UInt64(month.weekday(of: day)) != 0 {
                bits |= 1 << UInt64(day)
            }
            for weekday in 1...7 where last & 1 << UInt64(weekday) != 0 {
                bits |= 1 << UInt64(month.last(weekday))
            }
        case .nthWeekday(let weekday, let nth):
            let first = 1 + (weekday - month.firstWeekday + 7) % 7
            let day = first + (nth - 1) * 7
            if day <= month.dayCount { bits = 1 << UInt64(day) }
        }
        return bits
    }
}
