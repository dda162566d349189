import EventMatching
import EventWorkload
import JSONScan
import MemoryMeasures
import TestSupport
import Testing

@testable import Switchyard

/// Thousands of buses with some rules each: counted in bytes, exactly, not by what the kernel says.
@Suite(
    "The memory of many buses", .onThreadsOfItsOwn,
    .enabled(if: Allocations.areCounted, "allocations can't be counted without libjemalloc-dev"))
struct ManyBusesTests {
    private static let count = 300

    private func rules(_ start: Int) throws -> [RoutingRule] {
        try Workload.aws.rules(count: start + 10)[start...].enumerated().map {
            try RoutingRule(name: "rule-\($0.offset)", pattern: $0.element.pattern)
        }
    }

    /// What is kept for each of some things, as the calling thread makes them.
    private func keptBytes(_ make: () throws -> Void) throws -> Int {
        let before = try #require(Allocations.bytesKeptByThisThread())
        try make()
        return try #require(Allocations.bytesKeptByThisThread()) - before
    }

    @Test("a bus whose ten rules others have too takes less than 12 KB, with its target")
    func busesAlike() throws {
        let router = try Router()
        let rules = try rules(0)
        // Control work is done on the calling thread, so that all of it is counted.
        let bytes = try keptBytes {
            for number in 0..<Self.count {
                let bus = "bus-\(number)"
                try router.createBus(bus)
                try router.putRules(rules, on: bus)
                try router.putTargets([.inline("t") { _ in }], of: "rule-0", on: bus)
            }
        }
        #expect(bytes / Self.count < 12_000, "\(bytes / Self.count) bytes a bus")
        #expect(bytes / Self.count > 1_000, "too little to be true")
        #expect(router.control.ruleSets.count == 1)
        try router.close()
    }

    @Test("following a bus's rules takes less than 1 KB, whatever the rules are")
    func matchers() throws {
        let books = try (0..<Self.count).map { number in
            let book = RuleBook()
            for rule in try rules(number % 7) {
                let pattern = try #require(rule.pattern)
                try book.add(Rule(name: rule.name, pattern: pattern))
            }
            book.merge()
            return book
        }
        let scratch = MatcherScratch()
        let events = Workload.aws.events(count: 40)
        var scanner = StructuralScanner()
        let matchers = UnsafeMutablePointer<LiveMatcher>.allocate(capacity: books.count)
        defer {
            matchers.deinitialize(count: books.count)
            matchers.deallocate()
        }
        var matches = 0
        func use(_ number: Int) throws {
            for position in 0..<events.count {
                try events.withEvent(at: position) {
                    matches += matchers[number].matchAttachments(try scanner.scan($0)).count
                }
            }
        }
        (matchers + 0).initialize(to: books[0].makeMatcher(sharing: scratch))
        for _ in 0..<5 { try use(0) }
        let bytes = try keptBytes {
            for number in 1..<books.count {
                (matchers + number).initialize(to: books[number].makeMatcher(sharing: scratch))
            }
        }
        #expect(bytes / books.count < 1_000, "\(bytes / books.count) bytes each")
        // The ways through events that are remembered are bounded by their places, for all together.
        let remembered = try keptBytes {
            for number in 1..<books.count { for _ in 0..<3 { try use(number) } }
        }
        #expect(remembered < 32 << 20, "\(remembered) bytes")
        #expect(matches > 0)
    }
}
