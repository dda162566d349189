import EventPipeline
import Foundation
import MemoryMeasures
import Switchyard

/// The least, middle and greatest of several measurements.
struct Spread: Encodable {
    var min: Double
    var median: Double
    var max: Double

    /// Of at least one measurement.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        min = sorted.first ?? 0
        max = sorted.last ?? 0
        let middle = sorted.count / 2
        median =
            sorted.isEmpty
            ? 0 : sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private init(min: Double, median: Double, max: Double) {
        (self.min, self.median, self.max) = (min, median, max)
    }

    /// The figures in a unit in which what was less is more.
    func inverse(_ convert: (Double) -> Double) -> Spread {
        Spread(min: convert(max), median: convert(median), max: convert(min))
    }
}

/// What one pass over some events took.
struct Measurement {
    var events: Int
    var bytes: Int
    var nanoseconds: UInt64

    static func += (sum: inout Measurement, other: Measurement) {
        sum.events += other.events
        sum.bytes += other.bytes
        sum.nanoseconds += other.nanoseconds
    }
}

/// The figures of one stage over several passes.
struct StageFigures: Encodable {
    /// Events a second.
    var eventsPerSecond: Spread
    /// Megabytes (10^6 bytes) of events a second.
    var megabytesPerSecond: Spread
    var nanosecondsPerEvent: Spread

    init(_ passes: [Measurement]) {
        let events = passes.reduce(0) { $0 + $1.events }
        let bytesPerEvent = Double(passes.reduce(0) { $0 + $1.bytes }) / Double(max(events, 1))
        // A pass too short for the clock counts as one nanosecond.
        nanosecondsPerEvent = Spread(
            passes.map { Double(max($0.nanoseconds, 1)) / Double(max($0.events, 1)) })
        // The same measurement told in other units, so that the figures of a line agree.
        eventsPerSecond = nanosecondsPerEvent.inverse { $0 == 0 ? 0 : 1e9 / $0 }
        megabytesPerSecond = nanosecondsPerEvent.inverse { $0 == 0 ? 0 : bytesPerEvent * 1e3 / $0 }
    }
}

/// How long events took, in nanoseconds. A percentile that so few events can't tell is left out: of
/// ten events the slowest hundredth is not one event.
struct LatencyFigures: Codable {
    var p50: UInt64
    var p90: UInt64?
    var p99: UInt64?
    var p999: UInt64?
    var p9999: UInt64?
    var max: UInt64

    init(_ times: LatencyHistogram) {
        p50 = times.p50
        max = times.max
        p90 = times.count >= 10 ? times.p90 : nil
        p99 = times.count >= 100 ? times.p99 : nil
        p999 = times.count >= 1_000 ? times.p999 : nil
        p9999 = times.count >= 10_000 ? times.p9999 : nil
    }

    /// Of so many events.
    init(_ times: LatencyPercentiles, of count: UInt64) {
        p50 = times.p50
        max = times.max
        p90 = count >= 10 ? times.p90 : nil
        p99 = count >= 100 ? times.p99 : nil
        p999 = count >= 1_000 ? times.p999 : nil
        p9999 = count >= 10_000 ? times.p9999 : nil
    }

    /// The percentiles that there are, by name, from the shortest on.
    var percentiles: [(name: String, nanoseconds: UInt64)] {
        [("p50", p50), ("p90", p90), ("p99", p99), ("p99.9", p999), ("p99.99", p9999)]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    /// The percentile of a name, or `max`; nil where it can't be told.
    func value(named name: String) -> UInt64? {
        name == "max" ? max : percentiles.first { $0.name == name }?.nanoseconds
    }
}

/// What some events led to being allocated.
struct AllocationFigures: CustomStringConvertible {
    /// All of it.
    var total: Allocations
    /// By how many events.
    var events: Int

    /// The sum of several passes of together so many events; nil where nothing was counted.
    init?(_ passes: [Allocations?], events: Int) {
        guard events > 0, passes.contains(where: { $0 != nil }) else { return nil }
        total = passes.reduce(into: Allocations()) { $0 += $1 ?? Allocations() }
        self.events = events
    }

    var countPerEvent: Double { Double(total.count) / Double(events) }
    var bytesPerEvent: Double { Double(total.bytes) / Double(events) }

    var description: String {
        total.count == 0
            ? "nothing, in \(Figure.count(events)) events"
            : String(
                format: "%.6f times an event, %.3f bytes an event", countPerEvent, bytesPerEvent)
    }
}

/// What compiling the rules took.
struct CompileFigures: Encodable {
    var rulesPerSecond: Spread
    var bytesPerRule: Double
}

/// Figures as people read them.
enum Figure {
    /// `1,234,567`
    static func count(_ value: some BinaryInteger) -> String {
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
    static func count(_ value: some BinaryInteger, of noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// `2.3%`, of something that is not empty; `100%` only where it is all of it.
    static func share(_ part: UInt64, of whole: UInt64) -> String {
        guard part < whole else { return "100%" }
        let percent = Double(part) * 100 / Double(whole)
        // Two digits, but what they would round up to a hundred.
        return String(format: percent < 99.5 ? "%.2g%%" : "%.1f%%", min(percent, 99.9))
    }

    /// `12.34 M`: three or four digits and a unit of thousands.
    static func rate(_ value: Double) -> String {
        switch value {
        case 1e9...: String(format: "%.2f G", value / 1e9)
        case 1e6...: String(format: "%.2f M", value / 1e6)
        case 1e3...: String(format: "%.1f k", value / 1e3)
        default: String(format: "%.1f  ", value)
        }
    }

    /// `12.34 M events/s`
    static func eventRate(_ value: Double) -> String {
        rate(value).trimmingCharacters(in: .whitespaces) + " events/s"
    }

    /// `1.23 GB`
    static func bytes(_ value: some BinaryInteger) -> String {
        let value = Double(value)
        return switch value {
        case 1e9...: String(format: "%.2f GB", value / 1e9)
        case 1e6...: String(format: "%.2f MB", value / 1e6)
        case 1e3...: String(format: "%.1f kB", value / 1e3)
        default: String(format: "%.0f B", value)
        }
    }

    /// `12.3 us`, from nanoseconds.
    static func duration(_ nanoseconds: UInt64) -> String {
        let value = Double(nanoseconds)
        return switch value {
        case 1e9...: String(format: "%.2f s", value / 1e9)
        case 1e6...: String(format: "%.2f ms", value / 1e6)
        case 1e3...: String(format: "%.1f us", value / 1e3)
        default: "\(nanoseconds) ns"
        }
    }

    /// A cell, its text at the right.
    static func cell(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - text.count)) + text
    }
}
