import Benchmark
import CSwitchyard
import EventWorkload
import JSONScan

/// The structural scan of AWS events, with every kernel that this processor has.
///
/// *kernel* is the kernel alone, with nothing kept from one event to the next: positions of tokens,
/// UTF-8, control characters. *scan* is what each event pays before anything is matched: the same,
/// then the grammar, where the scanner has not seen the event's structure before.
func registerScanSuite() {
    let rate = EventRate(of: 50_000)
    for kernel in ScanKernel.supported {
        Benchmark(
            "kernel aws, \(kernel)", configuration: rate.configuration(),
            closure: { benchmark, pass in
                let entries = rate.measure(benchmark) { pass.run() }
                pass.entries.check(entries, benchmark)
            },
            setup: { KernelPass(Workload.aws.events(count: rate.count), kernel) })
    }
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
            entries &+= try scanner.scan(events[position]).entryCount
        }
        return entries
    }
}

/// Runs a kernel over a batch of events.
private final class KernelPass {
    /// How many positions are found.
    let entries = Constant("positions")
    private let events: EventBatch
    private let kernel: sw_kernel
    private let positions: UnsafeMutablePointer<UInt32>
    private let tokens: UnsafeMutablePointer<UInt8>
    private let scratch: UnsafeMutableRawPointer

    init(_ events: EventBatch, _ kernel: ScanKernel) {
        self.events = events
        self.kernel =
            switch kernel {
            case .avx512: SW_AVX512
            case .avx2: SW_AVX2
            case .neon: SW_NEON
            default: SW_SCALAR
            }
        let longest = (0..<events.count).map { events.range(at: $0).count }.max() ?? 0
        let capacity = longest + Int(SW_SCAN_PADDING)
        positions = .allocate(capacity: capacity)
        tokens = .allocate(capacity: capacity)
        scratch = .allocate(
            byteCount: Int(SW_SCAN_SCRATCH_BYTES), alignment: Int(SW_SCAN_SCRATCH_ALIGNMENT))
    }

    deinit {
        positions.deallocate()
        tokens.deallocate()
        scratch.deallocate()
    }

    /// Scans every event once; returns the number of positions, or of events up to a broken one.
    func run() -> Int {
        var entries = 0
        for position in 0..<events.count {
            let result = events.withEvent(at: position) { bytes in
                var result = sw_scan_result()
                sw_json_scan(
                    kernel, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
                    positions, tokens, scratch, &result)
                return result
            }
            guard result.error == SW_SCAN_OK else { return position }
            entries &+= Int(result.count)
        }
        return entries
    }
}
