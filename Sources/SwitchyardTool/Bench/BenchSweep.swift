public import ArgumentParser
import CommandOutput
import EventPattern
public import EventWorkload
import Foundation
import JSONScan

/// The options of `switchyard bench --sweep`.
struct SweepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Print how time and memory grow with: rules, paths, bytes or elements.",
            valueName: "axis"))
    var sweep: GrowthAxis?
    @Option(
        help: ArgumentHelp(
            "Draw the growth table into this file, as SVG.", valueName: "file.svg"))
    var plot: String?
    @Option(
        name: .customLong("sweep-to"), parsing: .unconditional,
        help: ArgumentHelp("Leave out what is beyond this value.", valueName: "n"))
    var last: Int?

    func validate() throws {
        guard let sweep else {
            if plot != nil { throw ValidationError("--plot draws a growth table: add --sweep.") }
            if last != nil {
                throw ValidationError("--sweep-to is for growth tables: add --sweep.")
            }
            return
        }
        try ResultFile.refuseStandardOutput(plot, option: "--plot", "name a file for the plot")
        if let last, last < sweep.values[0] {
            throw ValidationError("--sweep-to has to be at least \(sweep.values[0]).")
        }
    }
}

extension GrowthAxis: ExpressibleByArgument {}

/// `switchyard bench --sweep`: growth tables.
struct BenchSweep {
    let axis: GrowthAxis
    let series: [GrowthSeries]
    let values: [Int]
    /// Where the plot goes, if anywhere.
    let plot: ResultFile?
    let json: Bool
    private var meter: GrowthMeter

    /// - Throws: what of the options is not for a growth table.
    init(
        _ axis: GrowthAxis, _ sweep: SweepOptions, _ input: BenchInput, _ options: BenchOptions,
        _ kernel: ScanKernel
    ) throws {
        self.axis = axis
        if input.workload == BenchEventInput.standardWorkload {
            series = axis.series
        } else {
            guard axis == .rules, let workload = Workload.named(input.workload) else {
                throw ValidationError(
                    "A growth table of \(axis.rawValue) has workloads of its own: --workload is for "
                        + "--sweep rules.")
            }
            series = [GrowthSeries(workload)]
        }
        values = axis.values.filter { $0 <= sweep.last ?? .max }
        plot = sweep.plot.map { ResultFile(path: $0) }
        json = options.json
        meter = GrowthMeter(passes: options.passes, kernel: kernel, seed: input.seed)
    }

    /// Measures everything and prints it.
    mutating func run() throws {
        Interrupt.listen()
        try plot?.check()
        var report = GrowthReport(
            axis: axis, series: series, passes: meter.passes, kernel: "\(meter.kernel)",
            seed: meter.seed)
        let total = series.count * values.count
        measuring: for (number, curve) in series.enumerated() {
            for (position, value) in values.enumerated() {
                let done = number * values.count + position
                Terminal.progress(
                    "sweep \(axis.rawValue): \(done) of \(total) measured; now \(curve.name), "
                        + Figure.count(value))
                guard let found = try measure(curve, value) else { break measuring }
                report.points.append(found)
            }
        }
        report.isComplete = report.points.count == total
        try finish(report)
    }

    private mutating func measure(
        _ curve: GrowthSeries, _ value: Int
    ) throws -> GrowthMeasurement? {
        guard !Interrupt.isRequested else { return nil }
        do {
            // The rules of all points at once: making many takes longer than matching them.
            let isFixed = axis == .rules
            if isFixed, let last = values.last { try meter.prepare(curve.point(at: last)) }
            return try meter.measure(
                curve.point(at: value), of: curve, at: value, hasFixedWorkload: isFixed)
        } catch let error as PatternError {
            throw Outcome.failure(error)
        } catch let error as JSONError {
            throw Outcome.failure(error)
        }
    }

    private func finish(_ report: GrowthReport) throws {
        Terminal.clearProgress()
        guard !report.points.isEmpty else {
            Terminal.note("stopped before anything was measured: there are no figures")
            throw Outcome.interrupted
        }
        Terminal.print(json ? try JSONText.encoded(report) : report.table)
        Output.standard.flush()
        if let plot {
            try plot.write(report.plot.svg)
            Terminal.note(
                report.isComplete
                    ? "the plot is in \(plot.path)"
                    : "the plot in \(plot.path) shows only what was measured")
        }
        guard report.isComplete else {
            Terminal.note(
                "stopped early: \(report.points.count) of \(series.count * values.count) measured")
            throw Outcome.interrupted
        }
        if !report.selfCheck { throw Outcome.wrong }
    }
}
