import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

@Suite("Rules that change")
struct RuleBookTests {
    @Test("a matcher sees each change from the next event on")
    func changesAreSeen() throws {
        let book = RuleBook()
        var matcher = book.makeMatcher()
        #expect(try matcher.matchNames(event(1)) == [])
        try book.add(rule("one", 1))
        #expect(try matcher.matchNames(event(1)) == ["one"])
        try book.add(rule("also one", 1))
        #expect(try matcher.matchNames(event(1)) == ["one", "also one"])
        try book.put(rule("one", 2))
        #expect(try matcher.matchNames(event(1)) == ["also one"])
        #expect(try matcher.matchNames(event(2)) == ["one"])
        try book.remove("also one")
        #expect(try matcher.matchNames(event(1)) == [])
        #expect(matcher.changeCount == 4 && book.changeCount == 4 && book.count == 1)
    }

    @Test("a book made of rules answers as their rule set does, before and after changes")
    func booksAndRuleSets() throws {
        var random = SeededGenerator(stream: 300)
        let book = try RuleBook((0..<500).map { try rule("\($0)", $0 % 50) })
        var matcher = book.makeMatcher()
        for round in 0..<60 {
            let number = Int.random(in: 0..<800, using: &random)
            let name = "\(number)"
            switch round % 3 {
            case 0: try book.put(rule(name, Int.random(in: 0..<50, using: &random)))
            case 1: try? book.remove(name)
            default: try? book.add(rule(name, number % 50))
            }
            let rules = book.rules.map { Rule(name: $0.name, pattern: $0.pattern) }
            var fresh = Matcher(try RuleSet(rules))
            for value in 0..<50 {
                let names = try matcher.matchNames(event(value))
                #expect(try names == fresh.matchNames(event(value)))
            }
        }
        #expect(Set(book.rules.map(\.name)).count == book.count)
    }

    @Test("matches come in the order in which rules came into the book, also after a merge")
    func order() throws {
        let book = RuleBook()
        var matcher = book.makeMatcher()
        for number in 0..<100 { try book.add(rule("\(number)", 1)) }
        for number in stride(from: 0, to: 100, by: 3) { try book.put(rule("\(number)", 1)) }
        let expected = (0..<100).filter { $0 % 3 != 0 } + (0..<100).filter { $0 % 3 == 0 }
        #expect(try matcher.matchNames(event(1)) == expected.map(String.init))
        book.merge()
        #expect(try matcher.matchNames(event(1)) == expected.map(String.init))
        #expect(book.rules.map(\.name) == expected.map(String.init))
        #expect(book.rules.map(\.number) == book.rules.map(\.number).sorted())
    }

    @Test("a rule keeps its identity and its attachment for as long as it is there")
    func identity() throws {
        final class Target: Sendable {}
        let (first, second) = (Target(), Target())
        let book = RuleBook()
        try book.add(rule("a", 1), attachment: first)
        for number in 0..<40 { try book.add(rule("\(number)", number)) }
        let added = try #require(book.rule(named: "a"))
        var matcher = book.makeMatcher()
        book.merge()
        let text = event(1)
        do {
            let matches = try matcher.match(text.utf8Span.span.bytes)
            #expect(matches.count == 2 && !matches.isEmpty)
            #expect(matches[0] === added && matches[0].attachment === first)
        }
        try book.put(rule("a", 1), attachment: second)
        let matches = try matcher.match(text.utf8Span.span.bytes)
        #expect(matches[1].name == "a" && matches[1].attachment === second)
        #expect(matches[1] !== added && matches[1].number > added.number)
        #expect(added.description == "a" && book.rule(named: "b") == nil)
    }

    @Test("what can't be done changes nothing")
    func refused() throws {
        let book = try RuleBook([rule("a", 1), rule("b", 2)], branchLimit: 2)
        let large = try Rule(name: "c", pattern: #"{"$or":[{"x":[1]},{"x":[2]},{"x":[3]}]}"#)
        let duplicate = #expect(throws: RuleError.self) { try book.add(rule("a", 3)) }
        #expect(duplicate?.description == #"rule "a": another rule has this name"#)
        let unknown = #expect(throws: RuleError.self) { try book.remove("c") }
        #expect(unknown?.description == #"rule "c": no rule has this name"#)
        let tooLarge = #expect(throws: RuleError.self) { try book.put(large) }
        #expect(tooLarge?.description == #"rule "c": $or expands to 3 branches; the limit is 2"#)

        var change = RuleChange()
        change.put(try rule("a", 3))
        change.remove("b")
        change.add(try rule("d", 4))
        change.remove("c")
        #expect(throws: RuleError.self) { try book.apply(change) }
        #expect(book.changeCount == 1 && book.rules.map(\.name) == ["a", "b"])
        var matcher = book.makeMatcher()
        #expect(try matcher.matchNames(event(1)) == ["a"])
        #expect(try matcher.matchNames(event(2)) == ["b"])
    }

    @Test("names are the same only if they are the same code points")
    func names() throws {
        let book = RuleBook()
        try book.add(rule("\u{E9}", 1))
        try book.add(rule("e\u{301}", 1))
        try book.add(rule("", 1))
        #expect(book.count == 3)
        try book.remove("e\u{301}")
        #expect(book.rules.map { Array($0.name.utf8) } == [[0xC3, 0xA9], []])
    }

    @Test("the steps of a change follow each other")
    func steps() throws {
        let book = try RuleBook([rule("a", 1), rule("b", 1)])
        var change = RuleChange()
        #expect(change.isEmpty)
        change.remove("a")
        change.add(try rule("a", 2))
        change.add(try rule("c", 2))
        change.remove("c")
        change.put(try rule("d", 3))
        change.put(try rule("d", 2))
        change.remove("b")
        try book.apply(change)
        var matcher = book.makeMatcher()
        #expect(try matcher.matchNames(event(2)) == ["a", "d"])
        #expect(try matcher.matchNames(event(1)) + matcher.matchNames(event(3)) == [])

        var twice = RuleChange()
        twice.add(try rule("e", 1))
        twice.add(try rule("e", 1))
        #expect(throws: RuleError.self) { try book.apply(twice) }
        var gone = RuleChange()
        gone.remove("a")
        gone.remove("a")
        #expect(throws: RuleError.self) { try book.apply(gone) }
        try book.apply(RuleChange())
        #expect(book.changeCount == 2 && book.count == 2)
    }

    @Test("an event that is not JSON is refused, and the next one is matched")
    func brokenEvent() throws {
        let book = try RuleBook([rule("a", 1)])
        var matcher = book.makeMatcher()
        try book.add(rule("b", 1))
        #expect(throws: JSONError(.expectedValue, offset: 5)) { try matcher.matchNames(#"{"v":}"#) }
        #expect(try matcher.matchNames(event(1)) == ["a", "b"])
    }

    @Test("all rules can go, and others come")
    func emptied() throws {
        let book = try RuleBook((0..<300).map { try rule("\($0)", $0) })
        var matcher = book.makeMatcher()
        for number in 0..<300 { try book.remove("\(number)") }
        #expect(book.count == 0 && book.rules.isEmpty)
        #expect(try (0..<300).allSatisfy { try matcher.matchNames(event($0)).isEmpty })
        try book.add(rule("again", 7))
        #expect(try matcher.matchNames(event(7)) == ["again"])
        book.merge()
        #expect(try matcher.matchNames(event(7)) == ["again"])
    }

    @Test("a matcher outlives its book")
    func matcherAlone() throws {
        var book: RuleBook? = try RuleBook([rule("a", 1)])
        var matcher = try #require(book).makeMatcher()
        try book?.add(rule("b", 1))
        book = nil
        #expect(try matcher.matchNames(event(1)) == ["a", "b"])
    }
}

/// A rule for events whose field `v` is a number.
func rule(_ name: String, _ value: Int) throws(PatternError) -> Rule {
    try Rule(name: name, pattern: #"{"v":[\#(value)]}"#)
}

/// An event whose field `v` is a number.
func event(_ value: Int) -> String { #"{"v":\#(value)}"# }
