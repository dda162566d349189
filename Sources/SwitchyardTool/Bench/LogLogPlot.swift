import Foundation

/// Curves in panels side by side, both axes logarithmic, as an SVG that stands alone.
///
/// It is readable on light and on dark pages: colours follow the reader's preference where the
/// program that shows it knows one. Curves differ in their marks too, not in colour alone.
struct LogLogPlot {
    /// What the numbers of an axis are.
    enum Unit {
        case count
        case bytes
        case nanoseconds
    }

    /// A measurement: its place, and from where to where single passes were.
    struct Point {
        var x: Double
        var y: Double
        var range: ClosedRange<Double>
    }

    /// Points that belong together, `x` ascending.
    struct Curve {
        var name: String
        var points: [Point]
    }

    /// A pair of axes with some curves.
    struct Panel {
        var title: String
        var unit: Unit
        var curves: [Curve]
    }

    var title: String
    var subtitle: String
    var xTitle: String
    var xUnit: Unit
    var panels: [Panel]

    // All lengths are in pixels of an unscaled image.
    private static let panelWidth = 440.0
    private static let panelHeight = 340.0
    private static let leftMargin = 78.0
    private static let rightMargin = 22.0
    private static let topMargin = 112.0
    private static let bottomMargin = 58.0
    private static let lineLength = Self.panelWidth - Self.leftMargin - Self.rightMargin

    /// The image.
    var svg: String {
        let width = Double(panels.count) * Self.panelWidth
        let height = Self.topMargin + Self.panelHeight + Self.bottomMargin
        let size = "\(Self.number(width)) \(Self.number(height))"
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" role=\"img\" "
                + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\">",
            "<title>\(Self.escaped(title))</title>",
            Self.style,
            "<rect class=\"page\" width=\"100%\" height=\"100%\"/>",
            text(title, 20, 30, "heading"),
            text(subtitle, 20, 50, "small"),
        ]
        lines += legend
        for (number, panel) in panels.enumerated() {
            let left = Double(number) * Self.panelWidth + Self.leftMargin
            lines += draw(panel, left: left)
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private var legend: [String] {
        var lines: [String] = []
        var x = 26.0
        for (number, curve) in (panels.first?.curves ?? []).enumerated() {
            lines.append(
                "<line class=\"curve c\(number)\" x1=\"\(Self.number(x - 6))\" y1=\"72\" "
                    + "x2=\"\(Self.number(x + 18))\" y2=\"72\"/>")
            lines.append(mark(number, x + 6, 72))
            lines.append(text(curve.name, x + 25, 76, "label"))
            x += 50 + 7.5 * Double(curve.name.count)
        }
        return lines
    }

    private func draw(_ panel: Panel, left: Double) -> [String] {
        let points = panel.curves.flatMap(\.points)
        let xScale = LogScale(points.map(\.x), from: left, to: left + Self.lineLength)
        let yScale = LogScale(
            points.flatMap { [$0.y, $0.range.lowerBound, $0.range.upperBound] },
            from: Self.topMargin + Self.panelHeight, to: Self.topMargin)
        var lines = [text(panel.title, left, Self.topMargin - 10, "panel")]
        lines += grid(xScale, yScale, panel.unit)
        for (number, curve) in panel.curves.enumerated() where !curve.points.isEmpty {
            lines.append("<g class=\"series\"><title>\(Self.escaped(curve.name))</title>")
            let path = curve.points.map {
                "\(Self.number(xScale[$0.x])),\(Self.number(yScale[$0.y]))"
            }
            lines.append(
                "<polyline class=\"curve c\(number)\" points=\"\(path.joined(separator: " "))\"/>")
            for point in curve.points {
                let x = xScale[point.x]
                let words =
                    "\(curve.name), \(xUnit.label(point.x)): \(panel.unit.label(point.y, digits: 3))"
                lines.append("<g class=\"point\"><title>\(Self.escaped(words))</title>")
                if point.range.lowerBound < point.range.upperBound {
                    lines.append(
                        "<line class=\"bar c\(number)\" "
                            + "x1=\"\(Self.number(x))\" x2=\"\(Self.number(x))\" "
                            + "y1=\"\(Self.number(yScale[point.range.lowerBound]))\" "
                            + "y2=\"\(Self.number(yScale[point.range.upperBound]))\"/>")
                }
                lines.append(mark(number, x, yScale[point.y]) + "</g>")
            }
            lines.append("</g>")
        }
        return lines
    }

    private func grid(_ xScale: LogScale, _ yScale: LogScale, _ unit: Unit) -> [String] {
        var lines: [String] = []
        let (left, right) = (xScale.start, xScale.end)
        let (bottom, top) = (yScale.start, yScale.end)
        for tick in xScale.ticks {
            let x = Self.number(xScale[tick.value])
            lines.append(
                "<line class=\"\(tick.isLabelled ? "grid" : "faint")\" x1=\"\(x)\" x2=\"\(x)\" "
                    + "y1=\"\(Self.number(top))\" y2=\"\(Self.number(bottom))\"/>")
            guard tick.isLabelled else { continue }
            lines.append(
                text(xUnit.label(tick.value), xScale[tick.value], bottom + 18, "tick middle"))
        }
        for tick in yScale.ticks {
            let y = Self.number(yScale[tick.value])
            lines.append(
                "<line class=\"\(tick.isLabelled ? "grid" : "faint")\" "
                    + "x1=\"\(Self.number(left))\" x2=\"\(Self.number(right))\" "
                    + "y1=\"\(y)\" y2=\"\(y)\"/>")
            guard tick.isLabelled else { continue }
            lines.append(
                text(unit.label(tick.value), left - 8, yScale[tick.value] + 4, "tick end"))
        }
        lines.append(text(xTitle, (left + right) / 2, bottom + 42, "label middle"))
        return lines
    }

    /// The mark of a curve's points: each curve has another one.
    private func mark(_ number: Int, _ x: Double, _ y: Double) -> String {
        func at(_ dx: Double, _ dy: Double) -> String {
            "\(Self.number(x + dx)) \(Self.number(y + dy))"
        }
        let shape =
            switch number % 4 {
            case 0:
                // A circle of two arcs.
                "M\(at(-4, 0))a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"
            case 1: "M\(at(-3.6, -3.6))h7.2v7.2h-7.2Z"
            case 2: "M\(at(0, -4.8))L\(at(4.6, 3.4))L\(at(-4.6, 3.4))Z"
            default: "M\(at(0, -5))L\(at(5, 0))L\(at(0, 5))L\(at(-5, 0))Z"
            }
        return "<path class=\"mark c\(number)\" d=\"\(shape)\"/>"
    }

    private func text(_ words: String, _ x: Double, _ y: Double, _ style: String) -> String {
        "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">"
            + "\(Self.escaped(words))</text>"
    }

    private static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
