package import ArgumentParser
internal import CommandOutput
import Foundation

/// What a load test is expected to reach: `p99<5ms`, `rate>=0.99`.
package struct LoadExpectation {
    /// What is compared.
    package enum Measured: Equatable {
        /// The longest latency, or a percentile of it, in nanoseconds.
        case latency(String)
        /// The part of `--rate` that was kept.
        case rate
        /// Events a second.
        case throughput
    }

    /// As it was written.
    package let text: String
    package let figure: Measured
    private let isBelow: Bool
    private let mayEqual: Bool
    private let limit: Double

    package static let help = ArgumentHelp(
        """
        End with 1 unless this holds; can be repeated. p50, p90, p99, p99.9, p99.99 or max, < or <= \
        a time in ns, us, ms or s; rate, > or >= a part of --rate; events/s, > or >= a number.
        """, valueName: "p99<5ms")

    private static let latencies = ["p50", "p90", "p99", "p99.9", "p99.99", "max"]
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9),
    ]

    /// Reads an expectation.
    ///
    /// - Throws: what is wrong with it.
    package init(_ text: String) throws(ValidationError) {
        self.text = text
        func wrong(_ reason: String) -> ValidationError {
            ValidationError(
                "--expect \"\(text)\": \(reason). Write for instance --expect 'p99<5ms' or "
                    + "--expect 'rate>=0.99'.")
        }
        guard let sign = text.firstIndex(where: { $0 == "<" || $0 == ">" }) else {
            throw wrong("there is no <, <=, > or >=")
        }
        isBelow = text[sign] == "<"
        let afterSign = text[text.index(after: sign)...]
        mayEqual = afterSign.first == "="
        func trimmed(_ part: Substring) -> String {
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let name = trimmed(text[..<sign])
        let value = trimmed(mayEqual ? afterSign.dropFirst() : afterSign)
        switch name {
        case _ where Self.latencies.contains(name): figure = .latency(name)
        case "rate": figure = .rate
        case "events/s": figure = .throughput
        default:
            throw wrong(
                "there is no \"\(name)\", only \(Self.latencies.joined(separator: ", ")), rate and "
                    + "events/s")
        }
        if case .latency = figure {
            guard isBelow else { throw wrong("a latency is expected to be below something") }
            let unit = Self.units.first {
                value.hasSuffix($0.name) && Double(value.dropLast($0.name.count)) != nil
            }
            guard let unit, let number = Double(value.dropLast(unit.name.count)), number > 0,
                number.isFinite
            else { throw wrong("\"\(value)\" is no time in ns, us, ms or s") }
            limit = number * unit.nanoseconds
        } else {
            guard !isBelow else { throw wrong("\(name) is expected to be above something") }
            guard let number = Double(value), number > 0, number.isFinite else {
                throw wrong("\"\(value)\" is no number above 0")
            }
            guard figure != .rate || number < 1 || number == 1 && mayEqual else {
                throw wrong("rate is the part of --rate that is kept, at most 1")
            }
            limit = number
        }
    }

    /// Why a run is not as expected; nil where it is.
    package func failure(of report: LoadReport) -> String? {
        let actual: Double
        let shown: String
        switch figure {
        case .latency(let name):
            guard let value = report.latency.value(named: name) else {
                return "\(text): \(Figure.count(report.measuredEvents, of: "event")) "
                    + "can't tell \(name)"
            }
            (actual, shown) = (Double(value), Figure.duration(value))
        case .rate:
            actual = report.eventsPerSecond / (report.targetRate ?? .infinity)
            shown = String(format: "%.4g", actual)
        case .throughput:
            actual = report.eventsPerSecond
            shown = String(format: "%.4g", actual)
        }
        let isMet =
            mayEqual && actual == limit || (isBelow ? actual < limit : actual > limit)
        return isMet ? nil : "\(text): it was \(shown)"
    }
}
