#if Server
    /// A moment as signatures have it, to the second: `20150830T123600Z`.
    public struct SignatureTime: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// Seconds since 1970, UTC, without leap seconds.
        public let secondsSinceEpoch: Int

        /// Creates a moment.
        public init(secondsSinceEpoch: Int) { self.secondsSinceEpoch = secondsSinceEpoch }

        /// Creates a moment from the wall time of a clock.
        public init(nanosecondsSinceEpoch: Int64) {
            let (quotient, rest) = nanosecondsSinceEpoch.quotientAndRemainder(
                dividingBy: 1_000_000_000)
            secondsSinceEpoch = Int(quotient) - (rest < 0 ? 1 : 0)
        }

        /// Reads ISO 8601's basic format, as in `X-Amz-Date`; nil for anything else. O(1).
        public init?(basic text: String) {
            var digits: [Int] = []
            digits.reserveCapacity(14)
            guard text.utf8.count == 16 else { return nil }
            for (place, byte) in text.utf8.enumerated() {
                switch place {
                case 8: guard byte == UInt8(ascii: "T") else { return nil }
                case 15: guard byte == UInt8(ascii: "Z") else { return nil }
                default:
                    guard let digit = Self.digit(byte) else { return nil }
                    digits.append(digit)
                }
            }
            func number(_ range: Range<Int>) -> Int { range.reduce(0) { $0 * 10 + digits[$1] } }
            self.init(
                year: number(0..<4), month: number(4..<6), day: number(6..<8),
                hour: number(8..<10), minute: number(10..<12), second: number(12..<14))
        }

        /// Reads the date of a `Date` header, which is in the basic format, or as
        /// `Sun, 30 Aug 2015 12:36:00 GMT`; nil for anything else.
        public init?(header text: String) {
            if let time = SignatureTime(basic: text) {
                self = time
                return
            }
            let words = text.split(separator: " ")
            guard words.count == 6, words[0].last == ",",
                ["GMT", "UTC", "+0000", "-0000"].contains(words[5]),
                let month = Self.months.firstIndex(of: String(words[2])),
                let day = Self.number(words[1], digits: 1...2),
                let year = Self.number(words[3], digits: 4...4)
            else { return nil }
            let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
                .map { Self.number($0, digits: 2...2) }
            guard clock.count == 3, let hour = clock[0], let minute = clock[1],
                let second = clock[2]
            else { return nil }
            self.init(
                year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        }

        private init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
            guard (1...12).contains(month), day >= 1, day <= Self.days(of: month, in: year),
                hour < 24, minute < 60, second < 60
            else { return nil }
            let date = Self.daysSinceEpoch(year, month, day)
            secondsSinceEpoch = date * 86_400 + hour * 3_600 + minute * 60 + second
        }

        /// In ISO 8601's basic format.
        public var description: String {
            let clock = secondsSinceEpoch - days * 86_400
            return text { bytes in
                append(dayTo: &bytes)
                bytes.append(UInt8(ascii: "T"))
                append(clock / 3_600, 2, to: &bytes)
                append(clock / 60 % 60, 2, to: &bytes)
                append(clock % 60, 2, to: &bytes)
                bytes.append(UInt8(ascii: "Z"))
            }
        }

        /// The day, `20150830`.
        public var day: String { text { append(dayTo: &$0) } }

        private func append(dayTo bytes: inout [UInt8]) {
            let (year, month, day) = Self.date(daysSinceEpoch: days)
            append(year, 4, to: &bytes)
            append(month, 2, to: &bytes)
            append(day, 2, to: &bytes)
        }

        private func append(_ number: Int, _ digits: Int, to bytes: inout [UInt8]) {
            var unit = digits == 4 ? 1_000 : 10
            while unit > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / unit % 10))
                unit /= 10
            }
        }

        private func text(_ write: (inout [UInt8]) -> Void) -> String {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(16)
            write(&bytes)
            return String(decoding: bytes, as: UTF8.self)
        }

        private var days: Int {
            let (quotient, rest) = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
            return rest < 0 ? quotient - 1 : quotient
        }

        /// The moment so many seconds later.
        public func adding(seconds: Int) -> SignatureTime {
            SignatureTime(secondsSinceEpoch: secondsSinceEpoch + seconds)
        }

        /// Whether it is earlier.
        public static func < (one: SignatureTime, other: SignatureTime) -> Bool {
            one.secondsSinceEpoch < other.secondsSinceEpoch
        }
    }

    extension SignatureTime {
        private static let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]

        private static func digit(_ byte: UInt8) -> Int? {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                ? Int(byte - UInt8(ascii: "0")) : nil
        }

        private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
            guard digits.contains(text.utf8.count) else { return nil }
            var number = 0
            for byte in text.utf8 {
                guard let digit = digit(byte) else { return nil }
                number = number * 10 + digit
            }
            return number
        }

        private static func days(of month: Int, in year: Int) -> Int {
            switch month {
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }

        // Both by Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in
        // March, so that the leap day is the last one.

        private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
            let year = month <= 2 ? year - 1 : year
            let era = (year >= 0 ? year : year - 399) / 400
            let yearOfEra = year - era * 400
            let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            return era * 146_097 + dayOfEra - 719_468
        }

        private static func date(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
            let shifted = days + 719_468
            let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
            let dayOfEra = shifted - era * 146_097
            let yearOfEra =
                (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shiftedMonth = (5 * dayOfYear + 2) / 153
            let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
            return (
                yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
                dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
            )
        }
    }
#endif
