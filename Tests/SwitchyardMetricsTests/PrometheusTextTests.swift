import Foundation
import Switchyard
import SwitchyardMetrics
import TestSupport
import Testing

@Suite struct PrometheusTextTests {
    @Test(
        "each metric is said once what it is, and then all of its numbers, by bus, rule and target")
    func isGrouped() async throws {
        let router = try Router(RouterConfiguration())
        try router.createBus("orders")
        for bus in ["default", "orders"] {
            try router.putRule(
                RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#), on: bus)
            try router.putTargets([.inline("t") { _ in }], of: "all", on: bus)
        }
        for _ in 0..<3 { try router.publish(#"{"n":1}"#, to: "orders") }
        try await router.confirm(bus: "orders")
        let text = String(decoding: router.snapshot().prometheusText, as: UTF8.self)
        let lines = text.split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.contains("switchyard_rule_matched_total") })
        #expect(
            lines[first..<(first + 4)].elementsEqual([
                "# HELP switchyard_rule_matched_total How often a rule matched.",
                "# TYPE switchyard_rule_matched_total counter",
                #"switchyard_rule_matched_total{bus="default",rule="all"} 0"#,
                #"switchyard_rule_matched_total{bus="orders",rule="all"} 3"#,
            ]))
        #expect(text.contains("switchyard_unrouted_entries_total 0\n"))
        #expect(text.contains(#"switchyard_target_behind{bus="orders",rule="all",target="t"} 0"#))
        let named = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(named).count == named.count)
        try router.close()
    }
}
