import EventMatching
import EventWorkload
import JSONScan
import TestSupport
import Testing

@Suite(.onThreadsOfItsOwn) struct WorkloadTests {
    @Test("names are unique, and a workload is found by its name")
    func names() {
        #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
        for workload in Workload.all {
            #expect(Workload.named(workload.name)?.summary == workload.summary)
        }
        #expect(Workload.named("nothing") == nil)
    }

    @Test("the same seed gives the same bytes, on every machine", arguments: checksums)
    func determinism(_ expected: Checksums) throws {
        let workload = try #require(Workload.named(expected.name))
        let found = Checksums(
            name: expected.name, events: fnv1a(workload.events(count: 200).bytes),
            rules: fnv1a(Array(workload.rules(count: 100).map(\.pattern).joined().utf8)))
        #expect(found == expected)
    }

    @Test("there is a checksum for each workload")
    func allHaveChecksums() {
        #expect(checksums.map(\.name) == Workload.all.map(\.name))
    }

    @Test("another seed gives other events and rules", arguments: Workload.all.map(\.name))
    func seeds(_ name: String) throws {
        let first = try #require(Workload.named(name, seed: 7))
        let other = try #require(Workload.named(name, seed: 8))
        #expect(first.events(count: 3).bytes != other.events(count: 3).bytes)
        #expect(first.rules(count: 20).map(\.pattern) != other.rules(count: 20).map(\.pattern))
    }

    @Test("fewer events and rules are the first of many", arguments: Workload.all.map(\.name))
    func prefixes(_ name: String) throws {
        let workload = try #require(Workload.named(name))
        let few = workload.events(count: 5).bytes
        #expect(workload.events(count: 9).bytes.starts(with: few))
        let rules = workload.rules(count: 12)
        #expect(rules.map(\.name).last == "r000012")
        #expect(rules.prefix(5).map(\.pattern) == workload.rules(count: 5).map(\.pattern))
        #expect(workload.events(count: 0).count == 0)
        #expect(workload.rules(count: 0).isEmpty)
    }

    @Test("events are strict JSON of the stated size", arguments: Workload.all.map(\.name))
    func validEvents(_ name: String) throws {
        let workload = try #require(Workload.named(name))
        let events = workload.events(count: 1_500)
        var scanner = StructuralScanner()
        for position in 0..<events.count {
            try events.withEvent(at: position) { event in
                let index = try scanner.scan(event)
                #expect(index.textLength == event.count)
            }
        }
        let mean = Double(events.bytes.count) / Double(events.count)
        #expect(abs(mean / Double(workload.bytesPerEvent) - 1) < 0.03, "\(mean) bytes")
    }

    @Test("rules are different and compile", arguments: Workload.all.map(\.name))
    func validRules(_ name: String) throws {
        let workload = try #require(Workload.named(name))
        let rules = workload.rules(count: 400)
        #expect(Set(rules.map(\.pattern)).count == 400)
        let compiled = try RuleSet(rules.map { try Rule(name: $0.name, pattern: $0.pattern) })
        #expect(compiled.count == 400)
    }
}

/// What the first 200 events and 100 rules of a workload with seed 1 are.
struct Checksums: Equatable, Sendable {
    let name: String
    let events: UInt64
    let rules: UInt64
}

/// A change of any of these changes what all published figures were measured with.
let checksums: [Checksums] = [
    Checksums(
        name: "aws", events: 0xBBD5_E021_CB0C_299F,
        rules: 0x543B_4A1F_3BA7_9605),
    Checksums(
        name: "pinned", events: 0xBBD5_E021_CB0C_299F,
        rules: 0x598D_F9D8_82B2_9DE7),
    Checksums(
        name: "geojson-exact", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0xFCC4_D4EE_D021_DD35),
    Checksums(
        name: "geojson-wildcard", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0x9281_A35E_FBB6_A3E3),
    Checksums(
        name: "geojson-prefix", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0xE015_3F00_FAD5_DBE7),
    Checksums(
        name: "geojson-suffix", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0x57C3_A7DD_717B_F14E),
    Checksums(
        name: "geojson-ignore-case", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0x3609_62AE_2F57_F3FC),
    Checksums(
        name: "geojson-numeric", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0x9D26_45A7_8044_48E7),
    Checksums(
        name: "geojson-anything-but", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0xB23A_A1C5_FE94_B8CC),
    Checksums(
        name: "geojson-arrays", events: 0x4C55_22F3_5ACB_B4FE,
        rules: 0x40FE_15AD_9CD0_87D7),
    Checksums(
        name: "wildcards", events: 0x3B82_AFDB_7D2B_8FBD,
        rules: 0x4598_BE80_2653_C7A7),
    Checksums(
        name: "anything-but", events: 0x3B82_AFDB_7D2B_8FBD,
        rules: 0x93FC_096E_F7C7_7FF4),
    Checksums(
        name: "anything-but-pinned", events: 0x3B82_AFDB_7D2B_8FBD,
        rules: 0x0BB3_87D0_13D6_37B0),
    Checksums(
        name: "ranges", events: 0x3B82_AFDB_7D2B_8FBD,
        rules: 0x151A_227B_663B_E02D),
]

/// The hash of Fowler, Noll and Vo: FNV-1a, 64 bits.
private func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
