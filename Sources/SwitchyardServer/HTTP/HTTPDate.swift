#if Server
    internal import FoundationEssentials

    /// Dates as HTTP has them (RFC 9110, 5.6.7).
    enum HTTPDate {
        private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        private static let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]

        /// `Mon, 30 Nov 2026 15:04:05 GMT`
        static func text(secondsSince1970 seconds: Int64) -> String {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            let date = calendar.dateComponents(
                [.weekday, .day, .month, .year, .hour, .minute, .second],
                from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            func padded(_ number: Int?, _ width: Int = 2) -> String {
                let digits = "\(number ?? 0)"
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let day = days[((date.weekday ?? 1) - 1) % 7]
            let month = months[((date.month ?? 1) - 1) % 12]
            return "\(day), \(padded(date.day)) \(month) \(padded(date.year, 4)) "
                + "\(padded(date.hour)):\(padded(date.minute)):\(padded(date.second)) GMT"
        }
    }
#endif
