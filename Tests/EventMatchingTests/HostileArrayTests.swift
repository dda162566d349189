import EventMatching
import Testing

/// Events made so that a search without back-jumping would take minutes.
@Suite struct HostileArrayTests {
    private func list(_ count: Int, _ element: String) -> String {
        Array(repeating: element, count: count).joined(separator: ",")
    }

    @Test("arrays that have nothing to do with each other are not tried against each other")
    func independentArrays() throws {
        let rules = try RuleSet([
            Rule(name: "never", pattern: #"{"x":{"a":[1],"b":{"v":[1]},"c":[1]}}"#),
            Rule(name: "always", pattern: #"{"x":{"a":[1],"b":{"v":[1]},"d":[1]}}"#),
        ])
        let elements =
            list(2_000, #"{"a":1}"#) + "," + list(2_000, #"{"c":1}"#) + #",{"a":1,"d":1}"#
        let event = #"{"x":[\#(elements)],"x.b":[\#(list(2_000, #"{"v":1}"#))]}"#
        #expect(try rules.matches(event) == ["always"])
    }

    @Test("fields of different elements are found not to agree without comparing all with all")
    func disagreeingFields() throws {
        let rules = try RuleSet([
            Rule(name: "never", pattern: #"{"x":{"a":[1],"b":[1],"c":[1],"d":[1]}}"#),
            Rule(name: "absent", pattern: #"{"x":{"a":[1],"b":[{"exists":false}]}}"#),
        ])
        let elements = ["a", "b", "c", "d"].map { list(20_000, #"{"\#($0)":1}"#) }
        let event = #"{"x":[\#(elements.joined(separator: ","))]}"#
        #expect(try rules.matches(event) == ["absent"])
    }
}
