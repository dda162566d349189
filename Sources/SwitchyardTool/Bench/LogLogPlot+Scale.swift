import Foundation

/// Numbers on a line of pixels, by their logarithm.
struct LogScale {
    /// The pixels of the least and of the greatest number.
    let start: Double
    let end: Double
    private let low: Double
    private let high: Double

    /// A line on which each decade has a number, and perhaps its double and its half.
    struct Tick {
        var value: Double
        /// Whether its number is written.
        var isLabelled: Bool
    }

    /// Makes a scale for some positive numbers, from the nearest round one below the least (1, 2 or 5
    /// of a decade) to the nearest above the greatest; at least about a decade.
    init(_ values: [Double], from start: Double, to end: Double) {
        self.start = start
        self.end = end
        let least = values.min() ?? 1
        let greatest = max(values.max() ?? 10, least)
        // A curve that hardly rises should look like one.
        let room = max(0, 1 - log10(greatest / least)) / 2
        low = Self.roundNumber(below: least / pow(10, room))
        high = Self.roundNumber(above: greatest * pow(10, room))
    }

    /// The pixel of a number.
    subscript(value: Double) -> Double {
        start + (end - start) * (log10(value) - log10(low)) / (log10(high) - log10(low))
    }

    /// Lines at 1, 2, 3, ... 9 of each decade; numbers at 1, and where there are few decades at 2
    /// and 5 too.
    var ticks: [Tick] {
        let decades = log10(high / low)
        var ticks: [Tick] = []
        for decade in Int(floor(log10(low) + 1e-9))...Int(ceil(log10(high) - 1e-9)) {
            for digit in 1...9 {
                let value = Double(digit) * pow(10, Double(decade))
                guard value >= low * 0.999, value <= high * 1.001 else { continue }
                let isLabelled = digit == 1 || (decades < 2.2 && (digit == 2 || digit == 5))
                guard isLabelled || decades < 7 else { continue }
                ticks.append(Tick(value: value, isLabelled: isLabelled))
            }
        }
        return ticks
    }

    private static func roundNumber(below value: Double) -> Double {
        let decade = pow(10, floor(log10(value)))
        return decade * (value >= 5 * decade ? 5 : value >= 2 * decade ? 2 : 1)
    }

    private static func roundNumber(above value: Double) -> Double {
        let decade = pow(10, floor(log10(value)))
        return decade
            * (value <= decade ? 1 : value <= 2 * decade ? 2 : value <= 5 * decade ? 5 : 10)
    }
}

extension LogLogPlot.Unit {
    /// A number with its unit: `30 k`, `1 MB`, `200 ns`.
    func label(_ value: Double, digits: Int = 1) -> String {
        let steps: [(Double, String)] =
            switch self {
            case .count: [(1e6, " M"), (1e3, " k"), (1, "")]
            case .bytes: [(1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1, " B")]
            case .nanoseconds: [(1e9, " s"), (1e6, " ms"), (1e3, " us"), (1, " ns")]
            }
        // Rounded before the step is chosen, so that 999.7 is 1 k.
        let rounded = Self.rounded(value, digits: digits)
        let (step, unit) = steps.first { rounded >= $0.0 } ?? steps[steps.count - 1]
        return String(format: "%.*g", max(digits, 3), rounded / step) + unit
    }

    private static func rounded(_ value: Double, digits: Int) -> Double {
        guard value > 0 else { return value }
        let scale = pow(10, floor(log10(value)) - Double(max(digits, 3) - 1))
        return (value / scale).rounded() * scale
    }
}

extension LogLogPlot {
    /// Colours in order of the curves: of one brightness, and told apart by most colour-blind eyes.
    private static let lightColors = ["#0b62c4", "#c2410c", "#15803d", "#7c3aed"]
    private static let darkColors = ["#6cb4ff", "#ff9d5c", "#5fd38a", "#c4a2ff"]

    /// The styles, light ones first; a program that does not know `@media` shows these.
    static let style: String = {
        func colors(_ colors: [String]) -> String {
            colors.enumerated().map { number, color in
                ".curve.c\(number),.bar.c\(number){stroke:\(color)}.mark.c\(number){fill:\(color)}"
            }
            .joined()
        }
        return """
            <style>
            text{font:13px system-ui,-apple-system,"DejaVu Sans",sans-serif;fill:#1f2328}
            .heading{font-size:17px;font-weight:600}.panel{font-weight:600}
            .small,.tick{font-size:12px;fill:#57606a}
            .middle{text-anchor:middle}.end{text-anchor:end}
            .page{fill:#ffffff}.grid{stroke:#c9ced6;stroke-width:1}
            .faint{stroke:#eceff2;stroke-width:1}
            .curve{fill:none;stroke-width:2;stroke-linejoin:round}.bar{stroke-width:1.5;opacity:.6}
            \(colors(lightColors))
            @media (prefers-color-scheme:dark){
            text{fill:#e6edf3}.small,.tick{fill:#9da7b3}
            .page{fill:#0d1117}.grid{stroke:#3d444d}.faint{stroke:#1d232b}
            \(colors(darkColors))
            }
            </style>
            """
    }()
}
