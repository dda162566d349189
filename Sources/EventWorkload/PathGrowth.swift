/// Rules that name more and more paths, one each, and events with 64 fields.
///
/// - Events: 64 of the paths, evenly spread over all of them; where there are fewer than 64 paths,
///   all of these and fields that no rule names. About 1 KB, however many paths there are.
/// - Rules: one a path, with one of 100 values.
/// - Matches: 1% of the event's fields that rules name.
/// - Shows: what a lookup of a key costs among few and among many.
enum PathGrowth {
    /// How many fields an event has.
    static let fieldCount = 64
    static let valueCount = 100

    static let series = [
        GrowthSeries("flat", "64 fields of one object, one rule a path") {
            point("paths-flat", $0, nested: false)
        },
        GrowthSeries("nested", "64 fields three objects deep, one rule a path") {
            point("paths-nested", $0, nested: true)
        },
    ]

    private static func point(_ name: String, _ paths: Int, nested: Bool) -> GrowthPoint {
        let workload = Workload(
            name: name, summary: "\(paths) paths", ruleCounts: [paths],
            bytesPerEvent: nested && paths > 1_000 ? 1_500 : 1_050,
            expectedMatches: { Double(min($0, fieldCount)) / Double(valueCount) },
            patterns: { numbers, count in
                (0..<count).map { pattern($0, nested: nested, &numbers) }
            },
            event: { out, numbers, _ in
                event(&out, &numbers, of: max(paths, fieldCount), nested: nested)
            })
        return GrowthPoint(workload: workload, ruleCount: paths)
    }

    /// The keys that lead to a path's field: one, or three with twenty fields an object.
    private static func keys(_ path: Int, nested: Bool) -> [String] {
        func key(_ letter: String, _ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return letter + String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return nested
            ? [key("a", path / 400, 3), key("b", path / 20 % 20, 2), key("c", path % 20, 2)]
            : [key("f", path, 5)]
    }

    private static func pattern(
        _ path: Int, nested: Bool, _ numbers: inout SeededNumbers
    ) -> String {
        var out = TextWriter()
        out.text(#"{"detail":{"#)
        let keys = Self.keys(path, nested: nested)
        for (depth, key) in keys.enumerated() {
            if depth > 0 { out.text("{") }
            out.quoted(key)
            out.text(":")
        }
        out.text(#"["v"#)
        out.decimal(numbers.below(valueCount), digits: 2)
        out.text(#""]"#)
        for _ in keys { out.text("}") }
        out.text("}")
        return out.string
    }

    private static func event(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, of paths: Int, nested: Bool
    ) {
        out.text(#"{"source":"com.example.load","detail":{"#)
        let stride = paths / fieldCount
        var open: [String] = []
        for field in 0..<fieldCount {
            let keys = Self.keys(field * stride + numbers.below(stride), nested: nested)
            // Paths ascend, so what shares an object comes together.
            let shared = zip(open, keys.dropLast()).prefix { $0 == $1 }.count
            for _ in shared..<open.count { out.text("}") }
            open = keys.dropLast()
            out.separate()
            for key in open[shared...] {
                out.quoted(key)
                out.text(":{")
            }
            out.quoted(keys[keys.count - 1])
            out.text(#":"v"#)
            out.decimal(numbers.below(valueCount), digits: 2)
            out.text("\"")
        }
        for _ in open { out.text("}") }
        out.text("}}")
    }
}
