import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import EventPattern
import EventWorkload
import JSONScan
import Switchyard

/// Where a benchmark's rules and events come from.
struct BenchInput: ParsableArguments {
    @OptionGroup var eventInput: BenchEventInput
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many generated rules, or a file: JSON Lines of {\"name\", \"pattern\"}.",
            valueName: "n or file"))
    var rules = Self.standardRules

    static let standardRules = "1000"

    /// Rules are held in memory; more are likelier a slip than meant.
    static let rulesMax = 2_000_000

    var workload: String { eventInput.workload }
    var seed: UInt64 { eventInput.seed }
    var policy: InputPolicy { eventInput.policy }

    /// Whether rules and events are left as they are by default.
    var hasStandardCounts: Bool {
        rules == Self.standardRules && eventInput.hasStandardCounts
    }

    func validate() throws { try checkCount(rules, "--rules", max: Self.rulesMax) }

    /// The rules as they are compiled, where they come from, and what was skipped.
    func makeRules(_ skipped: inout SkippedLines) throws -> (rules: [Rule], source: String) {
        guard let count = Int(rules) else {
            return (try readRules(rules, &skipped), rules)
        }
        let generated = try eventInput.generator().rules(count: count)
        let rules = try generated.map { name, pattern in
            // A generator that makes invalid patterns is broken, and its tests say so.
            do throws(PatternError) {
                return try Rule(name: name, pattern: pattern)
            } catch {
                throw Outcome.failure(error)
            }
        }
        return (rules, "workload \(workload), seed \(seed)")
    }

    /// The events: see ``BenchEventInput``.
    func makeEvents(_ skipped: inout SkippedLines) throws -> BenchEvents {
        try eventInput.makeEvents(&skipped)
    }
}

/// The scan that a benchmark uses.
struct KernelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The structural scan to use: best, or one of "
                + ScanKernel.supported.map(\.description).joined(separator: ", ") + ".",
            valueName: "kernel"))
    var kernel = ScanKernel.best
}

/// Refuses counts out of range. What looks like a number is one: a file of that name can be
/// written ./7.
private func checkCount(_ text: String, _ option: String, max: Int) throws {
    guard text.allSatisfy({ $0.isNumber || $0 == "-" }), text.contains(where: \.isNumber) else {
        return
    }
    guard let count = Int(text), (1...max).contains(count) else {
        throw ValidationError("\(option) has to be from 1 to \(Figure.count(max)).")
    }
}

/// Where a benchmark's events come from.
struct BenchEventInput: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The generated workload: \(Workload.all.map(\.name).joined(separator: ", ")).",
            valueName: "name"))
    var workload = Self.standardWorkload
    @Option(
        parsing: .unconditional,
        help: "The generated workload's seed: the same seed gives the same bytes.")
    var seed: UInt64 = 1
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many generated events, or a file of events.", valueName: "n or file"))
    var events = Self.standardEvents
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            How often each event is used. By default once, and of generated ones over 200,000 as \
            often as it takes; a file of fewer than 100,000 events as often as makes that many.
            """, valueName: "n"))
    var `repeat`: Int?
    @OptionGroup var policy: InputPolicy

    static let standardWorkload = "aws"
    static let standardEvents = "300000"

    /// Whether events are left as they are by default.
    var hasStandardCounts: Bool { events == Self.standardEvents && `repeat` == nil }

    /// Events, of which some are repeated, and repetitions. More of either is likelier a slip than
    /// meant, and their products stay far from overflow.
    static let eventsMax = 1_000_000_000
    static let repeatsMax = 1_000_000

    /// The most distinct generated events that are held in memory; more events repeat these.
    static let distinctEventsMax = 200_000

    func validate() throws {
        if Workload.named(workload) == nil {
            throw ValidationError(
                """
                There is no workload named \(workload). There are: \
                \(Workload.all.map(\.name).joined(separator: ", ")).
                """)
        }
        try checkCount(events, "--events", max: Self.eventsMax)
        if let `repeat` { try checkCount("\(`repeat`)", "--repeat", max: Self.repeatsMax) }
    }

    /// The events. Those of a file are checked here: what is no JSON is reported and left out.
    func makeEvents(_ skipped: inout SkippedLines) throws -> BenchEvents {
        guard let count = Int(events) else {
            let batch = try readEvents(&skipped)
            let enough = (100_000 + batch.count - 1) / batch.count
            return BenchEvents(
                batch: batch, total: batch.count * (`repeat` ?? enough), source: events)
        }
        let batch = try generator().events(count: min(count, Self.distinctEventsMax))
        return BenchEvents(
            batch: batch, total: count * (`repeat` ?? 1),
            source: "workload \(workload), seed \(seed)")
    }

    func generator() throws -> Workload {
        guard let found = Workload.named(workload) else {
            throw Outcome.failure("there is no workload named \(workload)")
        }
        return found.seeded(seed)
    }

    private func readEvents(_ skipped: inout SkippedLines) throws -> EventBatch {
        var bytes: [UInt8] = []
        var offsets = [0]
        let name = events == "-" ? "standard input" : events
        var tooLong: [LineProblem] = []
        try forEachEvent(of: events, &skipped) { event in
            guard event.text.count <= ArchiveFormat.eventBytesMax else {
                return tooLong.append(
                    event.problem(
                        "an archive takes events of at most "
                            + "\(Figure.count(ArchiveFormat.eventBytesMax)) bytes"))
            }
            bytes += event.text
            offsets.append(bytes.count)
        }
        for problem in tooLong { try skipped.skip(problem) }
        guard offsets.count > 1 else { throw Outcome.failure("\(name) has no usable event") }
        return EventBatch(bytes: bytes, offsets: offsets)
    }
}

/// Events in memory, some of them more than once.
struct BenchEvents {
    /// The distinct events.
    let batch: EventBatch
    /// How many events a pass has: the batch over and over, the last time perhaps in part.
    let total: Int
    /// Where they come from.
    let source: String

    /// The longest event.
    var longestEvent: Int {
        (0..<batch.count).reduce(0) { max($0, batch.range(at: $1).count) }
    }

    /// How many bytes a pass has.
    var byteCount: Int { byteCount(of: 0..<total) }

    /// How many bytes a part of a pass has.
    func byteCount(of part: Range<Int>) -> Int {
        func bytes(before position: Int) -> Int {
            position / batch.count * batch.bytes.count + batch.offsets[position % batch.count]
        }
        return bytes(before: part.upperBound) - bytes(before: part.lowerBound)
    }

    /// Calls `body` for each event of a part of a pass.
    @inline(__always)
    func forEach<Failure: Error>(
        in part: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try batch.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            try batch.offsets.withUnsafeBufferPointer { offsets throws(Failure) in
                var position = part.lowerBound % batch.count
                for _ in part {
                    try body(
                        UnsafeRawBufferPointer(
                            UnsafeBufferPointer(
                                rebasing: bytes[offsets[position]..<offsets[position + 1]])))
                    position += 1
                    if position == batch.count { position = 0 }
                }
            }
        }
    }
}
