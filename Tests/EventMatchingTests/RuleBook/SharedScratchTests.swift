import EventMatching
import EventPattern
import TestSupport
import Testing

@Suite("Books that share scratch memory and compiled rules", .onThreadsOfItsOwn)
struct SharedScratchTests {
    /// A book of some patterns of a round.
    private struct Member: ~Copyable {
        let book: RuleBook
        var matcher: LiveMatcher
        /// The pattern of each rule, by its name.
        var patterns: [Int: Int] = [:]

        init(_ pool: RuleSetPool, _ scratch: MatcherScratch) {
            book = RuleBook(sharing: pool)
            matcher = book.makeMatcher(sharing: scratch)
        }

        mutating func put(_ name: Int, _ pattern: Int, of round: DifferentialRound) throws {
            try book.put(Rule(name: "\(name)", pattern: round.parsed[pattern]))
            patterns[name] = pattern
        }
    }

    @Test("each gives its own answers, whichever was used before, changed, or is gone")
    func manyBooks() throws {
        let deadline = ContinuousClock.now + fuzzTime(share: 0.1)
        var number = 5_000_000
        repeat {
            try checkRound(number)
            number += 1
        } while ContinuousClock.now < deadline
    }

    private func checkRound(_ number: Int) throws {
        let round = try DifferentialRound(number: number)
        var random = SeededGenerator(stream: UInt64(number))
        let pool = RuleSetPool()
        let scratch = MatcherScratch()
        let memberCount = 5
        // Classes would be simpler, but a matcher is used in place.
        let members = UnsafeMutablePointer<Member>.allocate(capacity: memberCount)
        defer {
            members.deinitialize(count: memberCount)
            members.deallocate()
        }
        func fill(_ member: Int) throws {
            // The same rules for some, so that they share what is compiled.
            let start = random.below(2)
            for name in 0..<2 + random.below(6) {
                try members[member].put(name, (start + name) % round.parsed.count, of: round)
            }
        }
        for member in 0..<memberCount {
            (members + member).initialize(to: Member(pool, scratch))
            try fill(member)
        }
        for _ in 0..<6 {
            for (event, matching) in zip(round.events, round.expected) {
                let member = random.below(memberCount)
                let found = try members[member].matcher.matchNames(event.text).sorted()
                let right = members[member].patterns.filter { matching.contains($0.value) }.keys
                    .map(String.init).sorted()
                #expect(
                    found == right,
                    "round \(number) of SWITCHYARD_SEED=\(testSeed()) on \(event.text)")
                switch random.below(12) {
                case 0:
                    // The scratch memory still knows the rules of a book that is gone.
                    members[member] = Member(pool, scratch)
                    try fill(member)
                case 1: try members[member].put(0, random.below(round.parsed.count), of: round)
                default: break
                }
            }
        }
    }

    @Test("books with equal patterns have one rule set, until one of them changes")
    func sharing() throws {
        let pool = RuleSetPool()
        var books = try (0..<100).map { number in
            let book = RuleBook(sharing: pool)
            try book.add(Rule(name: "a-\(number)", pattern: #"{"a": [1]}"#))
            return book
        }
        #expect(pool.count == 1)
        try books[7].put(Rule(name: "a-7", pattern: #"{"a": [2]}"#))
        #expect(pool.count == 2)
        for (number, book) in books.enumerated() {
            var matcher = book.makeMatcher()
            let names = try matcher.matchNames(#"{"a": 1}"#)
            #expect(names == (number == 7 ? [] : ["a-\(number)"]))
        }
        books = [books[7]]
        books[0].merge()
        #expect(pool.count == 1, "what no book has any more goes")
    }

    @Test("rules that are too many for memory that is lent have memory of their own")
    func largeBooks() throws {
        let scratch = MatcherScratch()
        let large = try RuleBook(
            (0..<1_000).map { try Rule(name: "\($0)", pattern: #"{"a": [\#($0)]}"#) })
        let wild = try RuleBook(
            (0..<60).map {
                try Rule(name: "\($0)", pattern: #"{"a": [{"wildcard": "*\#($0)*x*"}]}"#)
            })
        let small = try RuleBook([Rule(name: "small", pattern: #"{"a": [{"exists": true}]}"#)])
        var matcherOfLarge = large.makeMatcher(sharing: scratch)
        var matcherOfWild = wild.makeMatcher(sharing: scratch)
        var matcherOfSmall = small.makeMatcher(sharing: scratch)
        for number in 0..<50 {
            #expect(try matcherOfLarge.matchNames(#"{"a": \#(number)}"#) == ["\(number)"])
            #expect(try matcherOfSmall.matchNames(#"{"a": \#(number)}"#) == ["small"])
            let names = try matcherOfWild.matchNames(#"{"a": "_\#(number)_x"}"#)
            #expect(names.contains("\(number)"))
            #expect(try matcherOfSmall.matchNames(#"{"b": \#(number)}"#) == [])
        }
    }
}
