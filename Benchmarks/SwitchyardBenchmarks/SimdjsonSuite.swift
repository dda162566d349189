import Benchmark
import EventMatching
import EventWorkload
import SimdjsonReference

/// Switchyard beside simdjson on the same bytes, as far as simdjson was there when this was built.
///
/// All contestants take part in every iteration, one after the other, so that whatever slows the
/// machine down slows all of them: the figures are for their ratios. What each of them does is not
/// the same, and is told at its name below.
func registerSimdjsonSuite() {
    guard simdjson_reference_available() else { return }
    Benchmark(
        "simdjson \(String(cString: simdjson_reference_description())) and ours, aws events",
        configuration: .init(
            metrics: SimdjsonContestant.allCases.map(\.metric),
            units: Dictionary(
                uniqueKeysWithValues: SimdjsonContestant.allCases.map { ($0.metric, .count) }),
            warmupIterations: 3, maxDuration: .seconds(6), maxIterations: 1_000,
            thresholds: Dictionary(
                uniqueKeysWithValues: SimdjsonContestant.allCases.map { ($0.metric, .none) })),
        closure: { benchmark, passes in
            benchmark.startMeasurement()
            for contestant in SimdjsonContestant.allCases {
                let stopwatch = Stopwatch(.processor)
                let count = try passes.run(contestant)
                let elapsed = Double(stopwatch.nanoseconds)
                benchmark.measurement(
                    contestant.metric, Int((elapsed / Double(passes.eventCount)).rounded()))
                passes.constants[contestant]?.check(count, benchmark)
            }
            benchmark.stopMeasurement()
        },
        setup: { try SimdjsonPasses(eventCount: 50_000) })
}

/// What is compared. The raw value is the name in the table, which sorts backwards.
enum SimdjsonContestant: String, CaseIterable {
    /// Every byte is UTF-8, and nothing else: the least that anyone who checks events has to do.
    case utf8 = "simdjson validate_utf8"
    /// Positions of all structural characters, UTF-8, control characters.
    case stage1 = "simdjson stage 1"
    /// The same, and the grammar with links between brackets.
    case scan = "ours scan"
    /// Stage 1, then a full check and a tape with every value, which nobody walks.
    case dom = "simdjson DOM parse"
    /// Stage 1, then the strings of four fields, without a check of what lies between.
    case fourFields = "simdjson four fields"
    /// The scan with its full check, then one rule that wants the same four fields to exist.
    case match = "ours match four fields"

    /// Its figure.
    var metric: BenchmarkMetric {
        .custom("ns/event: \(rawValue)", polarity: .prefersSmaller, useScalingFactor: false)
    }
}

/// A batch of events, and what each contestant needs to go over it.
private final class SimdjsonPasses {
    let constants = Dictionary(
        uniqueKeysWithValues: SimdjsonContestant.allCases.map {
            ($0, Constant("counted by \($0.rawValue)"))
        })
    let eventCount: Int
    /// The events, and behind the last one as many bytes as simdjson may read too far.
    private let padded: [UInt8]
    private let offsets: [Int]
    private let simdjson: OpaquePointer
    private let scan: ScanPass
    private let match: MatchPass

    init(eventCount: Int) throws {
        let events = Workload.aws.events(count: eventCount)
        self.eventCount = eventCount
        padded = events.bytes + [UInt8](repeating: 0, count: simdjson_reference_padding())
        offsets = events.offsets
        let longest = (0..<events.count).map { events.range(at: $0).count }.max() ?? 0
        guard let made = simdjson_reference_create(longest) else {
            throw SimdjsonFailure("no memory for simdjson's parsers")
        }
        simdjson = made
        scan = ScanPass(events)
        match = MatchPass(
            events,
            try RuleSet([
                Rule(
                    name: "four fields",
                    pattern: """
                        {"detail-type": [{"exists": true}], "source": [{"exists": true}], \
                        "account": [{"exists": true}], "detail": {"state": [{"exists": true}]}}
                        """)
            ]))
        try checkAgreement()
    }

    deinit { simdjson_reference_destroy(simdjson) }

    /// One pass over all events; returns what it counted.
    func run(_ contestant: SimdjsonContestant) throws -> Int {
        switch contestant {
        case .scan: return try scan.run()
        case .match: return try match.run()
        case .utf8: return try count { simdjson_reference_validate_utf8($0, $1, eventCount) }
        case .stage1: return try count { simdjson_reference_stage1(simdjson, $0, $1, eventCount) }
        case .dom: return try count { simdjson_reference_dom(simdjson, $0, $1, eventCount) }
        case .fourFields:
            return try count { simdjson_reference_four_fields(simdjson, $0, $1, eventCount) }
        }
    }

    private func count(
        _ pass: (UnsafePointer<UInt8>?, UnsafePointer<Int>?) -> UInt64
    ) throws -> Int {
        let counted = padded.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeBufferPointer { pass(bytes.baseAddress, $0.baseAddress) }
        }
        guard counted != UInt64.max else {
            throw SimdjsonFailure("simdjson refused an event")
        }
        return Int(counted)
    }

    /// Both engines have to see the same in the same bytes, or their times can't be compared.
    private func checkAgreement() throws {
        try check(.stage1, counts: run(.scan))
        try check(.fourFields, counts: run(.match))
        try check(.dom, counts: eventCount)
        try check(.utf8, counts: eventCount)
    }

    private func check(_ contestant: SimdjsonContestant, counts expected: Int) throws {
        let counted = try run(contestant)
        guard counted == expected else {
            throw SimdjsonFailure("\(contestant.rawValue): counted \(counted), not \(expected)")
        }
    }
}

/// Why there is no comparison.
private struct SimdjsonFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
