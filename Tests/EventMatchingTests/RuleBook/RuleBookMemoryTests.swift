import EventMatching
import TestSupport
import Testing

@Suite("The memory of rules that change", .onThreadsOfItsOwn)
struct RuleBookMemoryTests {
    @Test("rules that were removed go, once their levels have been merged and matchers moved on")
    func removedRulesGo() throws {
        let book = try RuleBook((0..<400).map { try rule("\($0)", $0) })
        var matcher = book.makeMatcher()
        var rules = book.rules.map(Weak.init)
        #expect(rules.allSatisfy { $0.rule != nil })
        for number in 0..<400 where number % 4 != 0 { try book.remove("\(number)") }
        book.merge()
        _ = try matcher.matchNames(event(1))
        rules = rules.filter { $0.rule != nil }
        #expect(rules.count == 100)
        #expect(rules.allSatisfy { (Int($0.rule?.name ?? "") ?? 1) % 4 == 0 })
    }

    @Test("what is attached to a rule goes with it, also where no matcher looks any more")
    func attachmentsGo() throws {
        final class Target: Sendable {}
        let book = RuleBook()
        let idle = book.makeMatcher()
        var target: Target? = Target()
        weak let attached = target
        try book.add(rule("a", 1), attachment: target)
        target = nil
        #expect(attached != nil)
        for number in 0..<200 { try book.add(rule("\(number)", number)) }
        try book.remove("a")
        book.merge()
        #expect(attached == nil, "the deliveries that were not fetched keep it")
        withExtendedLifetime(idle.changeCount) {}
    }

    @Test("thousands of changes leave no more memory behind than the rules that are there take")
    func noGrowth() throws {
        let book = try RuleBook((0..<200).map { try rule("\($0)", $0) })
        var matcher = book.makeMatcher()
        book.merge()
        let before = book.byteCount
        let rules = Counted()
        for round in 0..<3_000 {
            let number = round % 200
            try book.put(rule("\(number)", number), attachment: Attached(rules))
            if round % 10 == 0 { _ = try matcher.matchNames(event(number)) }
            if round % 7 == 0 { _ = book.makeMatcher() }
        }
        book.merge()
        _ = try matcher.matchNames(event(1))
        #expect(book.count == 200)
        #expect(book.byteCount <= before * 5 / 4)
        #expect(rules.count == 200)
    }

    @Test("a book goes with its matchers, with merges under way as without")
    func booksGo() throws {
        let rules = Counted()
        do {
            let book = RuleBook()
            var matcher = book.makeMatcher()
            for number in 0..<1_000 {
                try book.add(rule("\(number)", number % 10), attachment: Attached(rules))
            }
            #expect(try matcher.matchNames(event(3)).count == 100)
            book.merge()
        }
        #expect(rules.count == 0)
    }
}

/// A rule that is not kept.
private struct Weak {
    weak var rule: LiveRule?

    init(_ rule: LiveRule) { self.rule = rule }
}
