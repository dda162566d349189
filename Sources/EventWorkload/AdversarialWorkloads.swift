extension Workload {
    /// Wildcards of two to four pieces on one path, and values that nearly match them.
    ///
    /// - Events: 306 bytes; one line of 160 letters of four, in runs, so that most pieces begin
    ///   everywhere and end almost nowhere: whoever tries again from each position is quadratic.
    /// - Rules: `*a*b*`, `*a*b*c`, `a*b*c*` and `*a*b*c*d*` with pieces of 2 to 5 letters.
    /// - Matches: about 1% of the rules.
    /// - Shows: that the time of a value is bounded whatever the wildcards are.
    public static let wildcards = Workload(
        name: "wildcards",
        summary: "wildcards of several pieces on one path, values that backtrack",
        ruleCounts: [10, 100, 1_000, 10_000], bytesPerEvent: 306,
        expectedMatches: { 0.01 * Double($0) }, patterns: AdversarialRules.wildcards,
        event: AdversarialEvents.write)

    /// A different `anything-but` in each rule, all on one path and nothing else.
    ///
    /// - Events: 306 bytes; the code is one of 1,000.
    /// - Rules: anything but 1 to 4 of these codes.
    /// - Matches: 99.75% of the rules.
    /// - Shows: that exclusions are answered for all rules at once; and the cost of reporting matches.
    public static let anythingBut = Workload(
        name: "anything-but", summary: "anything-but in every rule on one path: almost all match",
        ruleCounts: [100, 1_000, 10_000], bytesPerEvent: 306,
        expectedMatches: { 0.997_5 * Double($0) },
        patterns: { AdversarialRules.anythingBut(&$0, $1, pinned: false) },
        event: AdversarialEvents.write)

    /// The same, with an exact tenant beside each `anything-but`.
    ///
    /// - Events: those of `anything-but`; the tenant is one of 10,000.
    /// - Rules: one tenant, and anything but 1 to 4 codes.
    /// - Matches: 1 in 10,000 of the rules.
    /// - Shows: that conditions which nearly always hold cost nothing where another decides.
    public static let anythingButPinned = Workload(
        name: "anything-but-pinned", summary: "anything-but in every rule, and an exact tenant",
        ruleCounts: [1_000, 10_000, 100_000], bytesPerEvent: 306,
        expectedMatches: { 0.000_099_75 * Double($0) },
        patterns: { AdversarialRules.anythingBut(&$0, $1, pinned: true) },
        event: AdversarialEvents.write)

    /// Overlapping numeric ranges on one path.
    ///
    /// - Events: 306 bytes; the amount is 0.00 to 9,999.99.
    /// - Rules: `>= a, < b`, up to 2% of the amounts wide.
    /// - Matches: 1% of the rules.
    /// - Shows: that ranges are found by one search, however many overlap.
    public static let ranges = Workload(
        name: "ranges", summary: "overlapping numeric ranges on one path",
        ruleCounts: [100, 1_000, 10_000], bytesPerEvent: 306,
        expectedMatches: { 0.01 * Double($0) }, patterns: AdversarialRules.ranges,
        event: AdversarialEvents.write)
}

/// Events with one field for each adversarial workload.
enum AdversarialEvents {
    static let codeCount = 1_000
    static let tenantCount = 10_000
    static let amountLimit = 1_000_000
    static let letters = Array("abcd".utf8)
    static let lineLength = 160

    /// Writes the event at a position.
    static func write(_ out: inout TextWriter, _ numbers: inout SeededNumbers, _ position: Int) {
        out.text(#"{"id":""#)
        out.uuid(&numbers)
        out.text(#"","source":"com.example.load","tenant":"t"#)
        out.decimal(numbers.below(tenantCount), digits: 4)
        out.text(#"","detail":{"code":"code-"#)
        out.decimal(numbers.below(codeCount), digits: 3)
        out.text(#"","amount":"#)
        out.fraction(numbers.below(amountLimit), decimals: 2)
        out.text(#","line":""#)
        var left = lineLength
        while left > 0 {
            let letter = numbers.pick(letters)
            let run = min(left, numbers.within(1...3))
            for _ in 0..<run { out.byte(letter) }
            left -= run
        }
        out.text(#""}}"#)
    }
}

/// Rules that are hard on matchers which try one rule, or one position, after another.
enum AdversarialRules {
    /// Makes `count` different patterns out of what `make` writes.
    private static func distinct(
        _ count: Int, _ make: (inout TextWriter) -> Void
    ) -> [String] {
        var patterns: [String] = []
        var seen: Set<String> = []
        var out = TextWriter()
        while patterns.count < count {
            out.removeAll()
            make(&out)
            let pattern = out.string
            if seen.insert(pattern).inserted { patterns.append(pattern) }
        }
        return patterns
    }

    /// Patterns with one wildcard each.
    static func wildcards(_ numbers: inout SeededNumbers, _ count: Int) -> [String] {
        func piece(_ out: inout TextWriter, _ letters: Int) {
            for _ in 0..<letters { out.byte(numbers.pick(AdversarialEvents.letters)) }
        }
        return self.distinct(count) { out in
            out.text(#"{"detail":{"line":[{"wildcard":""#)
            switch numbers.below(4) {
            case 0: pieces("*", [4, 5], "*")
            case 1: pieces("*", [4, 3, 2], "")
            case 2: pieces("", [2, 4, 3], "*")
            default: pieces("*", [4, 4, 3, 3], "*")
            }
            out.text(#""}]}}"#)

            func pieces(_ first: StaticString, _ lengths: [Int], _ last: StaticString) {
                out.text(first)
                for (position, length) in lengths.enumerated() {
                    if position > 0 { out.text("*") }
                    piece(&out, length)
                }
                out.text(last)
            }
        }
    }

    /// Patterns with one `anything-but` each, pinned to a tenant or not.
    static func anythingBut(
        _ numbers: inout SeededNumbers, _ count: Int, pinned: Bool
    ) -> [String] {
        self.distinct(count) { out in
            out.text("{")
            if pinned {
                out.text(#""tenant":["t"#)
                out.decimal(numbers.below(AdversarialEvents.tenantCount), digits: 4)
                out.text(#""],"#)
            }
            out.text(#""detail":{"code":[{"anything-but":["#)
            let codes = numbers.different(
                numbers.within(1...4), below: AdversarialEvents.codeCount)
            for code in codes {
                out.separate()
                out.text("\"code-")
                out.decimal(code, digits: 3)
                out.text("\"")
            }
            out.text("]}]}}")
        }
    }

    /// Patterns with one range each.
    static func ranges(_ numbers: inout SeededNumbers, _ count: Int) -> [String] {
        self.distinct(count) { out in
            let width = numbers.within(1...AdversarialEvents.amountLimit / 50)
            let low = numbers.below(AdversarialEvents.amountLimit - width)
            out.text(#"{"detail":{"amount":[{"numeric":[">=","#)
            out.fraction(low, decimals: 2)
            out.text(#","<","#)
            out.fraction(low + width, decimals: 2)
            out.text("]}]}}")
        }
    }
}
