import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct TraceTests {
    @Test("a trace tells which rules matched, what each target did, and what was in the way")
    func traces() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.putRules([
            RoutingRule(name: "near", pattern: #"{"n":[{"exists":true}],"state":["stopped"]}"#),
            RoutingRule(name: "far", pattern: #"{"a":[1],"b":[2],"c":[3]}"#),
            RoutingRule(name: "second", pattern: #"{"n":[7]}"#),
            RoutingRule(name: "off", pattern: #"{"n":[7]}"#),
        ])
        try router.setRule("off", isEnabled: false)
        try router.putTargets(
            [
                .closure("flaky", retry: eager) { if $0.attempt < 3 { throw Refusal() } },
                .task("asks") { _ in },
                .inline("inline") { _ in },
                .closure("refuses") { _ in throw DeliveryError(.noPermissions, "not for you") },
            ], of: "all")
        for number in 0..<10 { try router.publish(event(number)) }
        let trace = try await router.publishTraced(
            #"{"n":7,"state":"running"}"#, within: .seconds(3_600))
        #expect(trace.sequence == 10 && trace.isArchived && trace.isSettled)
        #expect(trace.matchedRules == ["all", "second"])
        #expect(trace.targets.map(\.target) == ["flaky", "asks", "inline", "refuses"])
        #expect(trace.targets.map(\.attempts.count) == [3, 1, 0, 1])
        #expect(trace.targets[0].attempts.map { $0.error == nil } == [false, false, true])
        guard case .delivered = trace.targets[0].state, case .delivered = trace.targets[1].state,
            case .called = trace.targets[2].state,
            case .deadLettered(let letter) = trace.targets[3].state
        else {
            Issue.record("\(trace)")
            return
        }
        #expect(letter.code == .noPermissions && letter.message == "not for you")
        #expect(trace.nearestMisses.map(\.explanation.rule) == ["off", "near", "far"])
        #expect(trace.nearestMisses.map(\.failedFields) == [0, 1, 3])
        #expect(trace.nearestMisses.map(\.isDisabled) == [true, false, false])
        let text = trace.description
        #expect(text.contains(#"state is "running"; the rule wants "stopped""#))
        #expect(text.contains("flaky: attempt 3"))
        try router.close()
    }

    @Test("a trace of an event that matches nothing, and of one whose target hangs, ends in time")
    func ends() async throws {
        let router = try makeRouter()
        let release = DispatchSemaphore(value: 0)
        try router.putTargets([.closure("hangs") { _ in release.wait() }], of: "all")
        let none = try await router.publishTraced(#"{"x":1}"#, within: .seconds(3_600))
        #expect(none.isSettled && none.matchedRules.isEmpty && none.targets.isEmpty)
        #expect(none.description.contains("no rule matches"))
        #expect(none.nearestMisses.first?.explanation.rule == "all")
        let hanging = try await router.publishTraced(event(1), within: .milliseconds(50))
        #expect(!hanging.isSettled && hanging.matchedRules == ["all"])
        #expect(hanging.description.contains("hangs: underway"))
        await #expect(throws: PublishError.noSuchBus("nowhere")) {
            try await router.publishTraced(event(1), to: "nowhere")
        }
        release.signal()
        try router.close()
    }
}
