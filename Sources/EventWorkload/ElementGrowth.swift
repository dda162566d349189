/// Events with one array that becomes longer.
///
/// - Events: an array of strings, of objects, or of objects with arrays of objects in them.
/// - Rules: ten, with one, two or three paths into the array.
/// - Matches: as the series state; half of the rules with two or three paths find all of their values
///   in the array, but never in the same element, and must not match.
/// - Shows: that the search for elements that go together is no product of the array with itself.
enum ElementGrowth {
    /// How many kinds of elements there are, each with a side of its own, and rules in all.
    private static let kindCount = 10

    static let series = [
        GrowthSeries("strings", "an array of strings, one path") { count in
            point(
                "strings", count, bytesPerElement: 5, matches: rulesWithPresentKind(count),
                pattern: { #"{"detail":{"list":["k\#($0)"]}}"# },
                event: { out, numbers in
                    list(&out, count) { out, _ in
                        out.text("\"k")
                        out.decimal(numbers.below(kindCount))
                        out.text("\"")
                    }
                })
        },
        GrowthSeries("objects", "an array of objects, one path") { count in
            point(
                "objects", count, bytesPerElement: 42, matches: rulesWithPresentKind(count),
                pattern: { #"{"detail":{"list":{"kind":["k\#($0)"]}}}"# },
                event: { out, numbers in list(&out, count) { element(&$0, $1, &numbers) } })
        },
        GrowthSeries("pairs", "an array of objects, two paths that one of them has to satisfy") {
            count in
            point(
                "pairs", count, bytesPerElement: 42, matches: rulesWithPresentKind(count) / 2,
                pattern: {
                    #"{"detail":{"list":{"kind":["k\#($0)"],"side":["s\#(side(of: $0))"]}}}"#
                },
                event: { out, numbers in list(&out, count) { element(&$0, $1, &numbers) } })
        },
        GrowthSeries("nested", "objects with arrays of objects, three paths") { count in
            let outer = max(1, Int(Double(count).squareRoot()))
            return point(
                "nested", count, bytesPerElement: 44, matches: rulesWithPresentKind(count) / 2,
                pattern: {
                    #"{"detail":{"list":{"zone":["z"],"list":"#
                        + #"{"kind":["k\#($0)"],"side":["s\#(side(of: $0))"]}}}}"#
                },
                event: { out, numbers in
                    list(&out, outer) { out, group in
                        out.text(#"{"zone":"z","list":"#)
                        let size = count * (group + 1) / outer - count * group / outer
                        list(&out, size) { element(&$0, $1, &numbers) }
                        out.text("}")
                    }
                })
        },
    ]

    /// Rules come in twos: one for the side that its kind has, one for that of another kind.
    private static func side(of rule: Int) -> Int {
        rule.isMultiple(of: 2) ? rule : (rule + 1) % kindCount
    }

    private static func element(
        _ out: inout TextWriter, _ position: Int, _ numbers: inout SeededNumbers
    ) {
        let kind = numbers.below(kindCount)
        out.text(#"{"position":"#)
        out.decimal(position)
        out.text(#","kind":"k"#)
        out.decimal(kind)
        out.text(#"","side":"s"#)
        out.decimal(kind)
        out.text(#""}"#)
    }

    private static func list(
        _ out: inout TextWriter, _ count: Int, _ element: (inout TextWriter, Int) -> Void
    ) {
        out.text("[")
        for position in 0..<count {
            if position > 0 { out.text(",") }
            element(&out, position)
        }
        out.text("]")
    }

    /// How many of the ten kinds so many elements have, on average.
    private static func rulesWithPresentKind(_ count: Int) -> Double {
        var absent = 1.0
        for _ in 0..<count { absent *= 1 - 1 / Double(kindCount) }
        return Double(kindCount) * (1 - absent)
    }

    private static func point(
        _ name: String, _ count: Int, bytesPerElement: Int, matches: Double,
        pattern: @escaping @Sendable (Int) -> String,
        event: @escaping @Sendable (inout TextWriter, inout SeededNumbers) -> Void
    ) -> GrowthPoint {
        let workload = Workload(
            name: "elements-\(name)", summary: "\(count) elements", ruleCounts: [kindCount],
            bytesPerEvent: 50 + bytesPerElement * count, expectedMatches: { _ in matches },
            patterns: { _, count in (0..<count).map(pattern) },
            event: { out, numbers, _ in
                out.text(#"{"source":"com.example.load","detail":{"list":"#)
                event(&out, &numbers)
                out.text("}}")
            })
        return GrowthPoint(workload: workload, ruleCount: kindCount)
    }
}
