import CommandOutput
import EventWorkload
import Foundation

/// A growth table: for people, for `--json`, and as a plot.
struct GrowthReport: Encodable {
    let axis: GrowthAxis
    let series: [GrowthSeries]
    let passes: Int
    let kernel: String
    let seed: UInt64
    let origin = ReportOrigin.here(version: SwitchyardTool.version)
    /// What was measured so far, a series after the other, values ascending.
    var points: [GrowthMeasurement] = []
    /// Whether nothing is missing.
    var isComplete = false

    /// Whether every point has the matches that it should have.
    var selfCheck: Bool { points.allSatisfy(\.isRight) }

    private enum Key: String, CodingKey {
        case benchmark, date, build, processor, axis, seed, passes, kernel, points, complete,
            selfCheck
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode("bench sweep", forKey: .benchmark)
        try object.encode(origin.date, forKey: .date)
        try object.encode(origin.build, forKey: .build)
        try object.encode(origin.processor, forKey: .processor)
        try object.encode(axis.rawValue, forKey: .axis)
        try object.encode(seed, forKey: .seed)
        try object.encode(passes, forKey: .passes)
        try object.encode(kernel, forKey: .kernel)
        try object.encode(points, forKey: .points)
        try object.encode(isComplete, forKey: .complete)
        try object.encode(selfCheck, forKey: .selfCheck)
    }

    /// A column of the table.
    private struct Column {
        let title: String
        let width: Int
        let cell: (GrowthMeasurement) -> String
    }

    private var columns: [Column] {
        var columns = [
            Column(title: axis.rawValue, width: 11) { Figure.count($0.value) },
            Column(title: "events/s", width: 11) {
                Figure.rate($0.match.eventsPerSecond.median)
            },
            Column(title: "ns/event", width: 11) {
                Self.grouped($0.match.nanosecondsPerEvent.median)
            },
            Column(title: "min", width: 11) { Self.grouped($0.match.nanosecondsPerEvent.min) },
            Column(title: "max", width: 11) { Self.grouped($0.match.nanosecondsPerEvent.max) },
            Column(title: "scan", width: 11) { Self.grouped($0.scan.nanosecondsPerEvent.median) },
            axis == .elements
                ? Column(title: "ns/element", width: 12) {
                    String(
                        format: "%.2f", $0.match.nanosecondsPerEvent.median / Double($0.value))
                }
                : Column(title: "ns/byte", width: 9) {
                    String(format: "%.3f", $0.match.nanosecondsPerEvent.median / $0.bytesPerEvent)
                },
            Column(title: "matches", width: 10) { String(format: "%.3f", $0.matchesPerEvent) },
        ]
        if axis == .rules || axis == .paths {
            columns += [
                Column(title: "rules/s", width: 10) {
                    Figure.rate($0.compile.rulesPerSecond.median)
                },
                Column(title: "B/rule", width: 8) {
                    Figure.count(Int($0.compile.bytesPerRule.rounded()))
                },
            ]
        }
        return columns + [
            Column(title: "tables", width: 10) { Figure.bytes($0.tableBytes) },
            Column(title: "heap", width: 10) { $0.heapBytes.map(Figure.bytes) ?? "-" },
            Column(title: "resident", width: 11) { $0.residentBytes.map(Figure.bytes) ?? "-" },
        ]
    }

    /// The table.
    var table: String {
        let columns = self.columns
        var lines = [
            "switchyard bench --sweep \(axis.rawValue): growth with the number of \(axis.title)"
        ]
        for curve in series {
            let rows = points.filter { $0.series == curve.name }
            guard !rows.isEmpty else { continue }
            lines += ["", "  \(curve.name): \(curve.summary)"]
            lines.append(columns.map { Figure.cell($0.title, $0.width) }.joined())
            for row in rows {
                lines.append(
                    columns.map { Figure.cell($0.cell(row), $0.width) }.joined()
                        + (row.isRight ? "" : "  FAILED: not the expected matches"))
            }
        }
        lines += [
            "",
            "  One thread, scan kernel \(kernel); medians of \(passes) passes, ns/event with minimum "
                + "and maximum.",
            "  ns/event: scan and match; scan: ns/event without matching; matches: of an event.",
            "  tables: the compiled rules; heap: these, their names and a matcher; "
                + "resident: the process.",
        ]
        if let allocations = points.compactMap(\.allocationsPerEvent).max() {
            lines.append(
                allocations == 0
                    ? "  No event led to an allocation."
                    : String(format: "  Allocations: up to %.6f an event.", allocations))
        }
        return lines.joined(separator: "\n")
    }

    /// A number of nanoseconds: with a decimal where it is small.
    private static func grouped(_ nanoseconds: Double) -> String {
        nanoseconds < 1_000
            ? String(format: "%.1f", nanoseconds) : Figure.count(Int(nanoseconds.rounded()))
    }
}

extension GrowthReport {
    /// The plot: time at the left, memory at the right.
    var plot: LogLogPlot {
        func curves(_ point: (GrowthMeasurement) -> LogLogPlot.Point?) -> [LogLogPlot.Curve] {
            series.map { curve in
                LogLogPlot.Curve(
                    name: curve.name,
                    points: points.filter { $0.series == curve.name }.compactMap(point))
            }
        }
        let time = curves { found in
            let spread = found.match.nanosecondsPerEvent
            return LogLogPlot.Point(
                x: Double(found.value), y: spread.median, range: spread.min...spread.max)
        }
        let hasHeap = points.contains { $0.heapBytes != nil }
        let memory = curves { found in
            let bytes = hasHeap ? found.heapBytes.map { Double($0) } : Double(found.tableBytes)
            guard let bytes, bytes > 0 else { return nil }
            return LogLogPlot.Point(x: Double(found.value), y: bytes, range: bytes...bytes)
        }
        return LogLogPlot(
            title: "Growth with the number of \(axis.title)",
            subtitle:
                "scan and match on one thread, kernel \(kernel); medians of \(passes) passes, "
                + "bars from the fastest to the slowest",
            xTitle: axis.title, xUnit: axis == .bytes ? .bytes : .count,
            panels: [
                .init(title: "time an event", unit: .nanoseconds, curves: time),
                .init(
                    title: hasHeap
                        ? "memory of the rules and a matcher" : "memory of the compiled rules",
                    unit: .bytes, curves: memory),
            ])
    }
}
