import JSONScan
import Testing

@testable import EventMatching

@Suite("Limits of remembered walks")
struct WalkPlanLimitTests {
    /// The other key of each event is `state`.
    @Test(
        "a walk through long keys is not remembered, and finds the same",
        arguments: [(WalkPlan.keyBytesMax - 5, true), (WalkPlan.keyBytesMax - 4, false)])
    func longKeys(byteCount: Int, isRemembered: Bool) throws {
        let rules = try RuleSet([Rule(name: "on", pattern: #"{"state": ["on"]}"#)])
        let key = String(repeating: "k", count: byteCount)
        let event = Array("{\"\(key)\":1,\"state\":\"on\"}".utf8)
        var matcher = Matcher(rules)
        try event.withUnsafeBytes { bytes in
            var scanner = StructuralScanner()
            for _ in 0..<5 {
                let index = try scanner.scan(bytes)
                #expect(matcher.match(index).count == 1)
            }
            let index = try scanner.scan(bytes)
            #expect(index.structure.isKnown)
            let plan = matcher.plans.plan(for: index)
            #expect((plan != nil) == isRemembered)
        }
    }
}
