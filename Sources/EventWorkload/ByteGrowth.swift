/// Events that become longer by what no rule looks at, before the two fields that rules look at.
///
/// - Events: exactly as long as the axis says, 100 bytes at least.
/// - Rules: 100 want a state, 100 a range of amounts.
/// - Matches: one state and one range, so two rules an event.
/// - Shows: what it costs to check and to pass over what a rule does not need.
enum ByteGrowth {
    private static let stateCount = 100
    private static let amounts = 1_000...9_999

    static let series = [
        series("text", "one long text") { out, numbers, end in
            out.text("\"")
            while out.bytes.count + 9 < end {
                let word = numbers.within(2...7)
                for _ in 0..<word { out.byte(UInt8(ascii: "a") + UInt8(numbers.below(26))) }
                out.text(" ")
            }
            pad(&out, to: end - 1, "-")
            out.text("\"")
        },
        series("escapes", "one long text of escapes and of letters beyond ASCII") {
            out, numbers, end in
            out.text("\"")
            while out.bytes.count + 13 < end {
                out.text(numbers.pick([#"\n"#, #"\"ja\" "#, #"\u00e9t\u00e9"#, "größer ", "日本"]))
            }
            pad(&out, to: end - 1, "-")
            out.text("\"")
        },
        series("fields", "many fields that no rule names") { out, numbers, end in
            out.text("{")
            var number = 0
            while out.bytes.count + 31 < end {
                out.separate()
                out.text(#""field"#)
                out.decimal(number, digits: 5)
                out.text(#"":"#)
                if number.isMultiple(of: 2) {
                    out.text("\"")
                    out.hexadecimal(numbers.next(), digits: 12)
                    out.text("\"")
                } else {
                    out.decimal(numbers.below(1_000_000))
                }
                number += 1
            }
            pad(&out, to: end - 1, " ")
            out.text("}")
        },
        series("numbers", "an array of numbers") { out, numbers, end in
            out.text("[")
            while out.bytes.count + 20 < end {
                out.separate()
                out.fraction(numbers.within(-1_000_000_000...1_000_000_000), decimals: 7)
            }
            pad(&out, to: end - 1, " ")
            out.text("]")
        },
    ]

    /// A series whose filler writes a value that ends before the `end`.
    private static func series(
        _ name: String, _ summary: String,
        _ fill: @escaping @Sendable (inout TextWriter, inout SeededNumbers, _ end: Int) -> Void
    ) -> GrowthSeries {
        GrowthSeries(name, summary) { bytes in
            let workload = Workload(
                name: "bytes-\(name)", summary: "\(bytes) bytes, \(summary)",
                ruleCounts: [2 * stateCount], bytesPerEvent: bytes,
                expectedMatches: { Double($0) / Double(stateCount) }, patterns: patterns,
                event: { out, numbers, _ in
                    let end = out.bytes.count + bytes
                    out.text(#"{"detail":{"filler":"#)
                    fill(&out, &numbers, end - tailLength)
                    out.text(#","state":"s"#)
                    out.decimal(numbers.below(stateCount), digits: 2)
                    out.text(#"","amount":"#)
                    out.decimal(numbers.within(amounts))
                    out.text("}}")
                })
            return GrowthPoint(workload: workload, ruleCount: 2 * stateCount)
        }
    }

    /// The bytes behind the filler.
    private static let tailLength = #","state":"s00","amount":1000}}"#.utf8.count

    private static func pad(_ out: inout TextWriter, to end: Int, _ byte: StaticString) {
        while out.bytes.count < end { out.text(byte) }
    }

    /// A state and a range in turn.
    private static func patterns(_ numbers: inout SeededNumbers, _ count: Int) -> [String] {
        let width = amounts.count / stateCount
        return (0..<count).map { position in
            var out = TextWriter()
            out.text(#"{"detail":{"#)
            let number = position / 2 % stateCount
            if position.isMultiple(of: 2) {
                out.text(#""state":["s"#)
                out.decimal(number, digits: 2)
                out.text(#""]}}"#)
            } else {
                out.text(#""amount":[{"numeric":[">=","#)
                out.decimal(amounts.lowerBound + number * width)
                out.text(#","<","#)
                out.decimal(amounts.lowerBound + (number + 1) * width)
                out.text("]}]}}")
            }
            return out.string
        }
    }
}
