import Foundation

/// Figures as people read them.
package enum Figure {
    /// `1,234,567`
    package static func count(_ value: some BinaryInteger) -> String {
        var digits = "\(value)"
        var grouped = ""
        let sign = digits.hasPrefix("-") ? String(digits.removeFirst()) : ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return sign + grouped
    }

    /// `1 file`, `2,000 files`
    package static func count(_ value: some BinaryInteger, of noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// `2.3%`, of something that is not empty; `100%` only where it is all of it.
    package static func share(_ part: UInt64, of whole: UInt64) -> String {
        guard part < whole else { return "100%" }
        let percent = Double(part) * 100 / Double(whole)
        // Two digits, but what they would round up to a hundred.
        return String(format: percent < 99.5 ? "%.2g%%" : "%.1f%%", min(percent, 99.9))
    }

    /// `12.34 M`: three or four digits and a unit of thousands.
    package static func rate(_ value: Double) -> String {
        switch value {
        case 1e9...: String(format: "%.2f G", value / 1e9)
        case 1e6...: String(format: "%.2f M", value / 1e6)
        case 1e3...: String(format: "%.1f k", value / 1e3)
        default: String(format: "%.1f  ", value)
        }
    }

    /// `12.34 M events/s`
    package static func eventRate(_ value: Double) -> String {
        rate(value).trimmingCharacters(in: .whitespaces) + " events/s"
    }

    /// `1.23 GB`
    package static func bytes(_ value: some BinaryInteger) -> String {
        let value = Double(value)
        return switch value {
        case 1e9...: String(format: "%.2f GB", value / 1e9)
        case 1e6...: String(format: "%.2f MB", value / 1e6)
        case 1e3...: String(format: "%.1f kB", value / 1e3)
        default: String(format: "%.0f B", value)
        }
    }

    /// `12.3 us`, from nanoseconds.
    package static func duration(_ nanoseconds: UInt64) -> String {
        let value = Double(nanoseconds)
        return switch value {
        case 1e9...: String(format: "%.2f s", value / 1e9)
        case 1e6...: String(format: "%.2f ms", value / 1e6)
        case 1e3...: String(format: "%.1f us", value / 1e3)
        default: "\(nanoseconds) ns"
        }
    }

    /// A cell, its text at the right.
    package static func cell(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - text.count)) + text
    }
}
