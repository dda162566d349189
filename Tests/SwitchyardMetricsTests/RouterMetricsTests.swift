import Foundation
import Logging
import MetricsTestKit
import Switchyard
import SwitchyardMetrics
import TestSupport
import Testing

@Suite struct RouterMetricsTests {
    @Test("counters report what was added since the last update, by bus, rule and target")
    func reports() async throws {
        let folder = try TemporaryFolder()
        let router = try Router(RouterConfiguration(directory: folder.path + "/router"))
        try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
        try router.putTargets(
            [
                .closure("refuses", retry: .never) { _ in
                    throw DeliveryError(.noPermissions, "no")
                }
            ], of: "all")
        let system = TestMetrics()
        let lines = Lines()
        let metrics = RouterMetrics(
            router, factory: system, logger: Logger(label: "test") { _ in Recorder(lines) })
        for round in 1...3 {
            for _ in 0..<10 { try router.publish(#"{"n":1}"#) }
            try await router.confirm()
            while try router.statistics(target: "refuses", of: "all").deadLettered < round * 10 {
                try await Task.sleep(for: .milliseconds(1))
            }
            metrics.update()
            let place = [("bus", "default"), ("rule", "all")]
            #expect(
                try system.expectCounter("switchyard_rule_matched_total", place).values
                    == Array(repeating: 10, count: round))
            #expect(
                try system.expectCounter(
                    "switchyard_target_dead_lettered_total", place + [("target", "refuses")]
                ).values == Array(repeating: 10, count: round))
            #expect(
                try system.expectGauge("switchyard_bus_archived", [place[0]]).lastValue
                    == Double(round * 10))
            #expect(
                try system.expectGauge("switchyard_lane_waiting", [("lane", "0")]).lastValue == 0)
        }
        // Nothing new: nothing is added, and nothing said.
        metrics.update()
        #expect(
            try system.expectCounter("switchyard_bus_accepted_total", [("bus", "default")]).values
                == [10, 10, 10])
        #expect(lines.all.filter { $0.contains("dead letters") }.count == 3)
        #expect(lines.all.contains { $0.contains("default/all/refuses") && $0.contains("10") })
        try router.close()
    }

    @Test("what is wrong with the file of watermarks is said once")
    func saysWhatIsUnreadable() throws {
        let folder = try TemporaryFolder()
        try Data("nothing\n".utf8).write(
            to: URL(fileURLWithPath: folder.path("delivery.watermarks")))
        let router = try Router(RouterConfiguration(directory: folder.path))
        let lines = Lines()
        let metrics = RouterMetrics(
            router, factory: TestMetrics(),
            logger: Logger(label: "test") { _ in Recorder(lines) })
        for _ in 0..<3 { metrics.update() }
        #expect(lines.all.filter { $0.contains("delivery.watermarks") }.count == 1)
        try router.close()
    }
}

/// What was logged.
private final class Lines: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var list: [String] = []
    var all: [String] { lock.withLock { list.map { $0 } } }
    func add(_ line: String) { lock.withLock { list.append(line) } }
}

/// Logs into memory.
private struct Recorder: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    private let lines: Lines

    init(_ lines: Lines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
