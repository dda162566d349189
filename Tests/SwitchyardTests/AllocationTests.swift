import EventArchive
import EventMatching
import EventPipeline
import EventWorkload
import JSONScan
import MemoryMeasures
import TestSupport
import Testing

/// Exact, not timed: what the calling thread allocates, as jemalloc counts it. Where it is not linked
/// in (no libjemalloc-dev, or a sanitizer stands before it) nothing is tested; and what the compiler
/// makes free of allocations only when it optimises is tested in release builds:
/// `swift test -c release -Xswiftc -enable-testing --filter AllocationTests`.
@Suite(
    "The way of an event allocates nothing",
    .enabled(if: Allocations.areCounted, "allocations can't be counted without libjemalloc-dev"))
struct AllocationTests {
    @Test("what is allocated is counted: these tests can fail")
    func counting() throws {
        var kept: [[UInt8]] = []
        let bytes = try allocatedBytes { kept.append([UInt8](repeating: 1, count: 1_000)) }
        #expect(bytes >= 1_000 && kept.count == 1)
        #expect(try allocatedBytes {} == 0)
    }

    @Test(
        "all threads' allocations are counted, and counting allocates nothing itself",
        .enabled(if: isOptimized))
    func processCounting() throws {
        // Other tests allocate meanwhile: only lower bounds hold.
        let before = try #require(Allocations.now())
        var kept: [[UInt8]] = []
        for _ in 0..<100 { kept.append([UInt8](repeating: 1, count: 5_000)) }
        let after = try #require(Allocations.now())
        #expect(after.since(before).count >= 100 && after.since(before).bytes >= 500_000)
        #expect(kept.count == 100)
        #expect(try allocatedBytes { _ = Allocations.now() } == 0)
    }

    @Test("scanning, with every kernel", arguments: ScanKernel.supported)
    func scan(kernel: ScanKernel) throws {
        for workload in [Workload.aws, Workload.geoJSON[0]] {
            let events = workload.events(count: 300)
            var scanner = StructuralScanner(kernel: kernel)
            var entries = 0
            func pass() throws {
                for position in 0..<events.count {
                    entries += try events.withEvent(at: position) { try scanner.scan($0).count }
                }
            }
            for _ in 0..<warmUpPasses { try pass() }
            #expect(try allocatedBytes(pass) == 0 && entries > 300 * 50)
        }
    }

    @Test(
        "matching, whatever the rules are", .enabled(if: isOptimized),
        arguments: Workload.all.map(\.name))
    func match(name: String) throws {
        let workload = try #require(Workload.named(name))
        try expectNoAllocations(workload, rules: 200)
    }

    @Test(
        "matching many paths, long events and long arrays", .enabled(if: isOptimized),
        arguments: GrowthAxis.allCases)
    func match(axis: GrowthAxis) throws {
        for series in axis.series {
            let point = series.point(at: axis == .bytes ? 30_000 : 300)
            try expectNoAllocations(point.workload, rules: point.ruleCount, events: 40)
        }
    }

    private func expectNoAllocations(
        _ workload: Workload, rules: Int, events count: Int = 300
    ) throws {
        let rules = try RuleSet(
            workload.rules(count: rules).map { try Rule(name: $0.name, pattern: $0.pattern) })
        let events = workload.events(count: count)
        var matcher = Matcher(rules)
        var matches = 0
        func pass() throws {
            for position in 0..<events.count {
                matches += try matcher.match(events[position]).count
            }
        }
        for _ in 0..<warmUpPasses { try pass() }
        matches = 0
        let bytes = try allocatedBytes(pass)
        #expect(bytes == 0, "\(workload.name): \(bytes) bytes for \(matches) matches")
    }

    @Test(
        "appending to an archive, within a segment", .enabled(if: isOptimized),
        arguments: [true, false])
    func append(waitsForDisk: Bool) throws {
        let folder = try TemporaryFolder()
        let writer = try ArchiveWriter(
            directory: folder.path("archive"),
            configuration: .init(
                segmentBytes: 4 << 20, durability: waitsForDisk ? .batch : .none))
        let events = Workload.aws.events(count: 500)
        func append(_ range: Range<Int>) throws {
            for position in range {
                _ = try events.withEvent(at: position) {
                    try writer.append($0, eventTime: 1, ingestTime: 1)
                }
            }
        }
        try append(0..<100)
        // Now and then it makes room ahead, which is not the way of an event.
        let allocating = try (100..<500).filter { position in
            try allocatedBytes { try append(position..<position + 1) } > 0
        }
        #expect(allocating.count <= 4, "\(allocating)")
        try writer.close()
    }

    @Test("pushing into a ring and consuming from it")
    func rings() throws {
        var byte: UInt8 = 0
        try withUnsafeBytes(of: &byte) { bytes in
            let base = try #require(bytes.baseAddress)
            let events = (0..<10).map { EventDescriptor(base: base, byteCount: 1, tag: $0) }
            let (single, multiple) = (
                SPSCRing(minimumCapacity: 64), MPSCRing(minimumCapacity: 64)
            )
            var sum: UInt64 = 0
            func pass() {
                events.withUnsafeBufferPointer { events in
                    for _ in 0..<100 {
                        _ = single.push(events)
                        _ = single.consume(upTo: 7) { for event in $0 { sum += event.tag } }
                        _ = multiple.push(events)
                        _ = multiple.consume(upTo: 7) { for event in $0 { sum += event.tag } }
                    }
                }
            }
            pass()
            let allocated = try allocatedBytes(pass)
            #expect(allocated == 0 && sum > 4_000)
        }
    }
}

/// The first pass grows scratch memory as far as the events want it; the second and the third learn
/// the structures that several events have, and what to look at in these.
private let warmUpPasses = 4

#if DEBUG
    let isOptimized = false
#else
    let isOptimized = true
#endif

/// What this thread allocates while `work` runs, in bytes.
func allocatedBytes(_ work: () throws -> Void) throws -> UInt64 {
    // Not within `#require`, which allocates itself.
    let before = Allocations.bytesOfThisThread()
    try work()
    let after = Allocations.bytesOfThisThread()
    return try #require(after) - #require(before)
}
