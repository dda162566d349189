import EventPipeline
import Foundation
import MemoryMeasures

/// What a load test found; written as JSON and read again for comparisons.
struct LoadReport: Codable {
    /// One look at the probe.
    struct Interval: Codable {
        var seconds: Double
        var events: UInt64
        /// Nanoseconds.
        var p50: UInt64
        /// Not of fewer events than a hundred.
        var p99: UInt64?
        var max: UInt64
        /// Memory of the process at the end.
        var residentBytes: UInt64?
        /// What of it is no file's: not the archive's pages, which the kernel can have back.
        var ownBytes: UInt64?
        /// Page faults of all threads in this interval: those that wait for a disk, and the others. Not in
        /// reports of the first versions.
        var majorFaults: Int?
        var minorFaults: Int?

        init(seconds: Double, latencies: LatencyHistogram, _ memory: LoadMemory) {
            self.seconds = seconds
            events = latencies.count
            (p50, max) = (latencies.p50, latencies.max)
            p99 = LatencyFigures(latencies).p99
            (residentBytes, ownBytes) = (memory.residentBytes, memory.ownBytes)
            (majorFaults, minorFaults) = (memory.faults.major, memory.faults.minor)
        }
    }

    /// What a part of all events took at most.
    struct Quantile: Codable {
        /// 0 to less than 1.
        var quantile: Double
        var nanoseconds: UInt64
    }

    private static let currentVersion = 1

    /// The layout of this report.
    var version = Self.currentVersion
    /// Not in reports of the first versions.
    var origin: ReportOrigin?
    var isOpenLoop: Bool
    var targetRate: Double?
    var producers: Int
    var target: String
    var isArchived: Bool
    /// Not in reports of the first versions, which had one.
    var buses: Int?
    /// Whether each bus has rules of its own.
    var isDealt: Bool?
    var rules: Int
    var ruleSource: String
    var eventSource: String
    /// All of the run, the warm-up too.
    var published: UInt64
    var delivered: UInt64
    var unarchived: UInt64
    /// How many events the target did not get by its queue, which was full, but from the archive; not in
    /// reports of the first versions.
    var caughtUp: UInt64?
    /// How long the target failed, and how many events came to it more than once; only after an outage.
    var outageSeconds: Double?
    var repeated: UInt64?
    /// Of the measured time.
    var seconds: Double
    var eventsPerSecond: Double
    var processorSecondsPerMillionEvents: Double
    /// How long after it was due a publisher turned to an event, part of ``latency``; only in an open
    /// loop, and not in reports of the first versions.
    var lateness: LatencyFigures?
    /// From the intended start, or the publication, to the target.
    var latency: LatencyFigures
    /// From the shortest on, ten points for each step to a tenth as many events. Not in reports of
    /// the first versions.
    var distribution: [Quantile]?
    var peakMemoryBytes: Int
    var intervals: [Interval]
    /// Whether what was expected was met, by how it was written.
    var expectations: [String: Bool]?

    /// How many events the latencies are of.
    var measuredEvents: UInt64 { intervals.reduce(0) { $0 + $1.events } }

    init(
        _ command: LoadCommand, rules: Int, ruleSource: String, eventSource: String,
        published: UInt64, delivered: UInt64, unarchived: UInt64, caughtUp: UInt64,
        outage: (seconds: Double, repeated: UInt64)?,
        _ result: LoadResult
    ) {
        origin = .here
        isOpenLoop = command.rate != nil
        targetRate = command.rate
        producers = command.producers
        target = command.target.rawValue
        isArchived = command.archived
        (buses, isDealt) = (command.buses, command.deal)
        self.rules = rules
        self.ruleSource = ruleSource
        self.eventSource = eventSource
        self.published = published
        self.delivered = delivered
        self.unarchived = unarchived
        self.caughtUp = caughtUp
        if let outage { (outageSeconds, repeated) = (outage.seconds, outage.repeated) }
        seconds = Double(result.nanoseconds) / 1e9
        let total = result.total
        eventsPerSecond = Double(total.count) / max(seconds, 1e-9)
        processorSecondsPerMillionEvents =
            Double(result.processorNanoseconds) / 1e3 / Double(max(total.count, 1))
        latency = LatencyFigures(total)
        let late = result.lateness
        if isOpenLoop, late.count > 0 { lateness = LatencyFigures(late) }
        distribution = Self.distribution(of: total)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        peakMemoryBytes = Int(usage.ru_maxrss) * 1_024
        intervals = result.intervals
    }

    private static func distribution(of histogram: LatencyHistogram) -> [Quantile] {
        var points: [Quantile] = []
        var rarer = 1.0
        while rarer * Double(histogram.count) >= 1 {
            let quantile = 1 - rarer
            points.append(
                Quantile(quantile: quantile, nanoseconds: histogram.percentile(quantile * 100)))
            rarer = pow(10, -Double(points.count) / 10)
        }
        return points
    }

    /// Reads a report.
    ///
    /// - Throws: the command's failure, which was said.
    init(path: String) throws {
        // Duplicated, so that the handle may close it.
        let file =
            path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC)
        let path = path == "-" ? "standard input" : path
        guard file >= 0 else {
            throw Outcome.failure("can't read \(path): \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        guard let data = try? handle.readToEnd() else {
            throw Outcome.failure("can't read \(path): it is empty, or no file")
        }
        do { self = try JSONDecoder().decode(LoadReport.self, from: data) } catch {
            throw Outcome.failure("\(path) is no report of switchyard load: \(Self.reason(error))")
        }
        guard version == Self.currentVersion else {
            throw Outcome.failure(
                "\(path) is a report of version \(version); this program knows \(Self.currentVersion)"
            )
        }
    }

    /// Why a text is no report, in words.
    private static func reason(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the report" : path.map(\.stringValue).joined(separator: ".")
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(place(context.codingPath)) has another type"
        default: "it isn't JSON"
        }
    }

    private var loop: String {
        guard let targetRate else { return "closed loop" }
        return "open loop at \(Figure.eventRate(targetRate))"
    }

    /// The most memory that was no file's; nil in reports of the first versions.
    private var mostOwnBytes: UInt64? { intervals.compactMap(\.ownBytes).max() }

    /// Page faults for each million of the measured events; nil in reports of the first versions.
    private func faultsPerMillion(_ kind: KeyPath<Interval, Int?>) -> Double? {
        let counts = intervals.compactMap { $0[keyPath: kind] }
        guard !counts.isEmpty else { return nil }
        return Double(counts.reduce(0, +)) * 1e6 / Double(max(measuredEvents, 1))
    }

    /// The figures by name.
    private var figures: [(name: String, value: Double, text: String)] {
        let latencies = latency.percentiles + [(name: "longest", nanoseconds: latency.max)]
        // The rest is what a run of the router's own is too: where publishers were late, so were events.
        let late = (lateness?.percentiles ?? []).filter { ["p50", "p99"].contains($0.name) }
        return [("events/s", eventsPerSecond, Figure.rate(eventsPerSecond))]
            + latencies.map {
                ("latency \($0.name)", Double($0.nanoseconds), Figure.duration($0.nanoseconds))
            }
            + late.map {
                (
                    "publishers late \($0.name)", Double($0.nanoseconds),
                    Figure.duration($0.nanoseconds)
                )
            } + resources
    }

    private var resources: [(name: String, value: Double, text: String)] {
        let cores = processorSecondsPerMillionEvents * eventsPerSecond / 1e6
        return [
            ("processors busy", cores, String(format: "%.2f", cores)),
            (
                "processor s/M events", processorSecondsPerMillionEvents,
                String(format: "%.2f", processorSecondsPerMillionEvents)
            ),
            ("peak memory", Double(peakMemoryBytes), Figure.bytes(peakMemoryBytes)),
            (
                "of it no file's", Double(mostOwnBytes ?? 0),
                mostOwnBytes.map { Figure.bytes($0) } ?? "-"
            ),
        ] + faults
    }

    private var faults: [(name: String, value: Double, text: String)] {
        [("major", \Interval.majorFaults), ("minor", \.minorFaults)].compactMap { name, kind in
            faultsPerMillion(kind).map {
                ("\(name) faults/M events", $0, String(format: "%.1f", $0))
            }
        }
    }

    func printTable() {
        Terminal.print(
            "load: \(loop), \(producers) publisher\(producers == 1 ? "" : "s"), "
                + "\(Figure.count(rules)) rules, target \(target), "
                + (isArchived ? "archived" : "not archived")
                + ((buses ?? 1) > 1 ? ", \(Figure.count(buses ?? 1)) buses" : "")
                + (isDealt == true ? " with rules of their own" : ""))
        if let origin {
            Terminal.print("  \(origin.date), by \(origin.build), on \(origin.processor)")
        }
        Terminal.print("  rules from \(ruleSource); events from \(eventSource)")
        if let outageSeconds, let repeated {
            Terminal.print(
                "  the target failed for the first \(Figure.duration(UInt64(outageSeconds * 1e9))), then caught "
                    + "up, and got \(Figure.count(repeated)) events once more")
        }
        Terminal.print(
            "  \(Figure.count(published)) published and \(Figure.count(delivered)) delivered in all; "
                + String(format: "measured for %.1f s", seconds))
        if let caughtUp, caughtUp > 0, outageSeconds == nil {
            Terminal.print(
                "  the target fell behind: \(Figure.count(caughtUp)) events came from the archive")
        }
        for figure in figures {
            Terminal.print(
                "  " + figure.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + Figure.cell(figure.text, 12))
        }
    }

    /// What two runs were asked to do differently.
    func differences(from other: LoadReport) -> [String] {
        [
            ("the loop", loop == other.loop), ("publishers", producers == other.producers),
            ("the target", target == other.target),
            ("the outage", outageSeconds == other.outageSeconds),
            ("buses", (buses ?? 1, isDealt ?? false) == (other.buses ?? 1, other.isDealt ?? false)),
            ("the archive", isArchived == other.isArchived),
            ("rules", rules == other.rules && ruleSource == other.ruleSource),
            ("events", eventSource == other.eventSource),
            ("the build", isSame(\.build, in: other)),
            ("the processor", isSame(\.processor, in: other)),
        ].filter { !$0.1 }.map(\.0)
    }

    /// What one of them does not tell does not count as different.
    private func isSame(_ part: KeyPath<ReportOrigin, String>, in other: LoadReport) -> Bool {
        guard let origin, let second = other.origin else { return true }
        return origin[keyPath: part] == second[keyPath: part]
    }

    /// Prints both reports side by side, and what became of each figure.
    func printComparison(with other: LoadReport) {
        Terminal.print("before: \(loop), target \(target), \(Figure.count(rules)) rules")
        origin.map { Terminal.print("        \($0.date), by \($0.build), on \($0.processor)") }
        Terminal.print(
            "after:  \(other.loop), target \(other.target), \(Figure.count(other.rules)) rules")
        other.origin.map {
            Terminal.print("        \($0.date), by \($0.build), on \($0.processor)")
        }
        Terminal.print(
            "".padding(toLength: 22, withPad: " ", startingAt: 0) + Figure.cell("before", 12)
                + Figure.cell("after", 12) + Figure.cell("after/before", 14))
        let others = Dictionary(uniqueKeysWithValues: other.figures.map { ($0.name, $0) })
        for one in figures {
            // What one of the runs was too short for is compared with nothing.
            guard let two = others[one.name] else { continue }
            let ratio = one.value > 0 ? String(format: "%.2f", two.value / one.value) : "-"
            Terminal.print(
                one.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + Figure.cell(one.text, 12) + Figure.cell(two.text, 12)
                    + Figure.cell(ratio, 14))
        }
    }
}
