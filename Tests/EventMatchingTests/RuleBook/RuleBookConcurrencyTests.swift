import EventMatching
import TestSupport
import Testing

@Suite("Rules that change while events are matched", .onThreadsOfItsOwn)
struct RuleBookConcurrencyTests {
    /// Each round the rules that are called `pair a` and `pair b` are replaced together by others,
    /// and both kinds of event have to find both or neither.
    @Test("each event sees all of a change or none, and never an older edition than before")
    func changesAreWhole() throws {
        let book = try RuleBook((0..<300).map { try rule("\($0)", $0) })
        try book.apply(pair(value: 1_000))
        let (isOver, matched) = (Counted(), Counted())
        onThreads(3) { thread in
            guard thread > 0 else {
                defer { isOver.add(1) }
                noError {
                    try repeatForSeconds(400) { round in
                        try book.apply(pair(value: 1_000 + round % 2))
                        // Others that come and go, so that there are levels to merge.
                        try book.put(rule("other \(round % 50)", round))
                        if round % 5 == 4 { try book.remove("other \(round % 50)") }
                    }
                }
                return
            }
            noError {
                var matcher = book.makeMatcher()
                var last: UInt64 = 0
                repeat {
                    for value in [1_000, 1_001, 5] {
                        let names = try matcher.matchNames(event(value))
                        let isWhole = names.isEmpty || names == ["pair a", "pair b"]
                        #expect(value == 5 ? names.first == "5" : isWhole, "\(names)")
                        #expect(matcher.changeCount >= last)
                        last = matcher.changeCount
                        matched.add(1)
                    }
                } while isOver.count == 0
            }
        }
        #expect(matched.count > 0 && book.rule(named: "pair a") != nil)
    }

    @Test("a rule that is always there is always found, and one that was removed is not")
    func steadyRules() throws {
        let book = try RuleBook([rule("steady", -1)])
        let (isOver, rules) = (Counted(), Counted())
        onThreads(2) { thread in
            guard thread > 0 else {
                defer { isOver.add(1) }
                noError {
                    var matcher = book.makeMatcher()
                    try repeatForSeconds(600) { round in
                        let name = "\(round % 60)"
                        try book.put(rule(name, round), attachment: Attached(rules))
                        let names = try matcher.matchNames(event(round))
                        #expect(names == [name])
                        guard round % 4 == 3 else { return }
                        try book.remove(name)
                        let none = try matcher.matchNames(event(round))
                        #expect(none == [])
                    }
                }
                return
            }
            noError {
                // Makes new matchers all the time: they start from whatever edition there is.
                repeat {
                    var matcher = book.makeMatcher()
                    for _ in 0..<20 {
                        let names = try matcher.matchNames(event(-1))
                        #expect(names == ["steady"])
                    }
                } while isOver.count == 0
            }
        }
        book.merge()
        #expect(rules.count == book.count - 1)
    }

    @Test("changes from several threads are all made")
    func severalWriters() throws {
        let book = RuleBook()
        onThreads(4) { writer in
            noError {
                for number in 0..<100 {
                    try book.add(rule("\(writer) \(number)", number))
                    if number % 10 == 9 { try book.remove("\(writer) \(number - 5)") }
                    if number % 20 == writer { book.merge() }
                }
            }
        }
        #expect(book.count == 4 * 90 && book.changeCount == 4 * 110)
        var matcher = book.makeMatcher()
        for number in 0..<100 {
            let names = try matcher.matchNames(event(number))
            #expect(names.count == (number % 10 == 4 ? 0 : 4))
        }
    }
}

/// Changes a pair of rules together.
private func pair(value: Int) throws -> RuleChange {
    var change = RuleChange()
    change.put(try rule("pair a", value))
    change.put(try rule("pair b", value))
    return change
}

/// Does something a number of times, or for as long as a unit test may take.
private func repeatForSeconds(_ count: Int, _ body: (Int) throws -> Void) rethrows {
    let start = ContinuousClock.now
    for round in 0..<count where ContinuousClock.now - start < .seconds(3) { try body(round) }
}

/// Runs what must not throw.
private func noError(_ body: () throws -> Void) {
    do { try body() } catch { Issue.record(error) }
}
