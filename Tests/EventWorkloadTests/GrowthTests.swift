import EventMatching
import EventWorkload
import JSONScan
import TestSupport
import Testing

@Suite("Growth workloads", .onThreadsOfItsOwn)
struct GrowthTests {
    /// Points of every series, where there is little of what grows and where there is much.
    static let points: [(axis: GrowthAxis, series: GrowthSeries, value: Int)] = GrowthAxis.allCases
        .flatMap { axis in
            axis.series.flatMap { series in
                [axis.values[0], axis.values[1], 1_000].map { (axis, series, $0) }
            }
        }

    @Test("values ascend from the least to the most that a table is for")
    func values() {
        for axis in GrowthAxis.allCases {
            #expect(axis.values == axis.values.sorted() && Set(axis.values).count > 8)
            #expect(Set(axis.series.map(\.name)).count == axis.series.count)
            #expect(axis.series.count > 1)
        }
        #expect(GrowthAxis.rules.values.first == 1 && GrowthAxis.rules.values.last == 100_000)
        #expect(GrowthAxis.bytes.values.first == 100 && GrowthAxis.bytes.values.last == 1_000_000)
        #expect(
            GrowthAxis.elements.values.first == 1 && GrowthAxis.elements.values.last == 10_000)
    }

    @Test("events are strict JSON, and as many rules match as the workload says", arguments: points)
    func matches(axis: GrowthAxis, series: GrowthSeries, value: Int) throws {
        let point = series.point(at: value)
        let rules = try RuleSet(
            point.workload.rules(count: point.ruleCount).map {
                try Rule(name: $0.name, pattern: $0.pattern)
            })
        #expect(rules.count == point.ruleCount)
        var matcher = Matcher(rules)
        let events = point.workload.events(count: 150)
        var matches = 0
        for position in 0..<events.count { matches += try matcher.match(events[position]).count }
        let expected = point.workload.expectedMatches(ruleCount: point.ruleCount) * 150
        // Of the few rules of `aws` too few match for a mean of 150 events.
        guard axis != .rules || value > 500 else { return }
        let tolerance = 4 * expected.squareRoot() + 0.1 * expected
        #expect(abs(Double(matches) - expected) <= tolerance, "\(matches), not \(expected)")
    }

    @Test("events are as long as they should be", arguments: points)
    func lengths(axis: GrowthAxis, series: GrowthSeries, value: Int) {
        let workload = series.point(at: value).workload
        let events = workload.events(count: 100)
        let lengths = (0..<events.count).map { events.range(at: $0).count }
        if axis == .bytes {
            #expect(Set(lengths) == [value])
        } else {
            let mean = Double(events.bytes.count) / Double(events.count)
            #expect(abs(mean / Double(workload.bytesPerEvent) - 1) < 0.25, "\(mean) bytes")
        }
    }

    @Test("arrays have as many elements as they should have", arguments: [1, 3, 30, 1_000])
    func elements(count: Int) throws {
        for series in GrowthAxis.elements.series {
            let events = series.point(at: count).workload.events(count: 2)
            let text = String(decoding: events.bytes[events.range(at: 1)], as: UTF8.self)
            let marker = series.name == "strings" ? "\"k" : "\"kind\""
            #expect(text.split(separator: marker).count - 1 == count, "\(series.name)")
        }
    }

    @Test("as many different paths are named as asked for", arguments: [1, 30, 1_000])
    func paths(count: Int) {
        for series in GrowthAxis.paths.series {
            let point = series.point(at: count)
            let rules = point.workload.rules(count: point.ruleCount).map(\.pattern)
            let paths = Set(rules.map { $0.prefix { $0 != "[" } })
            #expect(paths.count == count, "\(series.name)")
        }
    }
}
