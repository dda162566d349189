import Benchmark
import EventWorkload
import JSONScan

/// The structural scan of AWS events, with every kernel that this processor has: positions, UTF-8,
/// control characters, then the grammar. What each event pays before anything is matched.
func registerScanSuite() {
    let rate = EventRate(of: 50_000)
    for kernel in ScanKernel.supported {
        Benchmark(
            "scan aws, \(kernel)", configuration: rate.configuration(),
            closure: { benchmark, pass in
                let entries = try rate.measure(benchmark) { try pass.run() }
                pass.entries.check(entries, benchmark)
            },
            setup: { ScanPass(Workload.aws.events(count: rate.count), kernel: kernel) })
    }
}

/// Scans a batch of events.
final class ScanPass {
    /// How many entries the structural indexes have together.
    let entries = Constant("structural entries")
    private let events: EventBatch
    private var scanner: StructuralScanner

    /// Creates a pass over these events.
    init(_ events: EventBatch, kernel: ScanKernel = .best) {
        self.events = events
        scanner = StructuralScanner(kernel: kernel)
    }

    /// Scans every event once; returns the number of entries.
    func run() throws(JSONError) -> Int { try Self.scan(events, &scanner) }

    /// The loop, which owns the scanner for all of it: no check for overlapping access per event.
    private static func scan(
        _ events: EventBatch, _ scanner: inout StructuralScanner
    ) throws(JSONError) -> Int {
        var entries = 0
        for position in 0..<events.count {
            entries &+= try events.withEvent(at: position) { bytes throws(JSONError) in
                try scanner.scan(bytes).count
            }
        }
        return entries
    }
}
