package import CommandOutput
internal import EventPipeline
import Foundation

/// What a load test found; written as JSON and read again for comparisons.
package struct LoadReport: Codable {
    /// One look at the probe.
    package struct Interval: Codable {
        package var seconds: Double
        package var events: UInt64
        /// Nanoseconds.
        package var p50: UInt64
        /// Not of fewer events than a hundred.
        package var p99: UInt64?
        package var max: UInt64
        /// Memory of the process at the end.
        package var residentBytes: UInt64?
        /// What of it is no file's: not the archive's pages, which the kernel can have back.
        package var ownBytes: UInt64?
        /// Page faults of all threads in this interval: those that wait for a disk, and the others. Not in
        /// reports of the first versions.
        package var majorFaults: Int?
        package var minorFaults: Int?

        init(seconds: Double, latencies: LatencyHistogram, _ memory: LoadMemory?) {
            self.seconds = seconds
            events = latencies.count
            (p50, max) = (latencies.p50, latencies.max)
            p99 = LatencyFigures(latencies).p99
            (residentBytes, ownBytes) = (memory?.residentBytes, memory?.ownBytes)
            (majorFaults, minorFaults) = (memory?.majorFaults, memory?.minorFaults)
        }
    }

    /// What a part of all events took at most.
    package struct Quantile: Codable {
        /// 0 to less than 1.
        package var quantile: Double
        package var nanoseconds: UInt64
    }

    private static let currentVersion = 1

    /// The layout of this report.
    package var version = Self.currentVersion
    /// Not in reports of the first versions.
    package var origin: ReportOrigin?
    package var isOpenLoop: Bool
    package var targetRate: Double?

    // Of a run of the embedded router alone.

    package var producers: Int?
    package var target: String?
    package var isArchived: Bool?
    /// Not in reports of the first versions, which had one.
    package var buses: Int?
    /// Whether each bus has rules of its own.
    package var isDealt: Bool?
    package var rules: Int?
    package var ruleSource: String?
    package var eventSource: String?
    package var unarchived: UInt64?
    /// How many events the target did not get by its queue, which was full, but from the archive; not in
    /// reports of the first versions.
    package var caughtUp: UInt64?
    /// How long the target failed, and how many events came to it more than once; only after an outage.
    package var outageSeconds: Double?
    package var repeated: UInt64?
    package var peakMemoryBytes: Int?

    /// Of a run against an endpoint alone.
    package var endpoint: EndpointLoad?

    /// All of the run, the warm-up too.
    package var published: UInt64
    /// How many of them the target had; or the endpoint acknowledged.
    package var delivered: UInt64
    /// Of the measured time.
    package var seconds: Double
    package var eventsPerSecond: Double
    package var processorSecondsPerMillionEvents: Double
    /// How long after it was due a publisher turned to an event, part of ``latency``; only in an open
    /// loop, and not in reports of the first versions.
    package var lateness: LatencyFigures?
    /// From the intended start, or the publication, to the target, or the acknowledgement.
    package var latency: LatencyFigures
    /// From the shortest on, ten points for each step to a tenth as many events. Not in reports of
    /// the first versions.
    package var distribution: [Quantile]?
    package var intervals: [Interval]
    /// Whether what was expected was met, by how it was written.
    package var expectations: [String: Bool]?

    /// How many events the latencies are of.
    package var measuredEvents: UInt64 { intervals.reduce(0) { $0 + $1.events } }

    /// What every run found; what is of one kind of them is added to it.
    package init(
        origin: ReportOrigin, targetRate: Double?, published: UInt64, delivered: UInt64,
        _ result: LoadResult
    ) {
        self.origin = origin
        isOpenLoop = targetRate != nil
        self.targetRate = targetRate
        self.published = published
        self.delivered = delivered
        seconds = Double(result.nanoseconds) / 1e9
        let total = result.total
        eventsPerSecond = Double(total.count) / max(seconds, 1e-9)
        processorSecondsPerMillionEvents =
            Double(result.processorNanoseconds) / 1e3 / Double(max(total.count, 1))
        latency = LatencyFigures(total)
        let late = result.lateness
        if isOpenLoop, late.count > 0 { lateness = LatencyFigures(late) }
        distribution = Self.distribution(of: total)
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
    package init(path: String) throws {
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
}
