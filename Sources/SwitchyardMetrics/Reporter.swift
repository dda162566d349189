internal import Foundation
internal import Metrics
internal import Switchyard

/// Turns two snapshots into counts and gauges, whose handlers it keeps.
///
/// `@unchecked Sendable`: used under the lock of its ``RouterMetrics`` alone.
final class Reporter: @unchecked Sendable {
    private struct Key: Hashable {
        var name: String
        var place: [String]
    }

    private let factory: any MetricsFactory
    private var counters: [Key: Counter] = [:]
    private var gauges: [Key: Gauge] = [:]

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// Reports what has been added between two snapshots, and where things stand at the second.
    func report(_ now: RouterSnapshot, since last: RouterSnapshot?) {
        let lastBuses = Dictionary(
            (last?.buses ?? []).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for bus in now.buses { report(bus, since: lastBuses[bus.name]) }
        for (number, lane) in now.lanes.enumerated() {
            let place = [("lane", "\(number)")]
            let before = last.flatMap { number < $0.lanes.count ? $0.lanes[number] : nil }
            set("lane_waiting", place, lane.waiting)
            add("lane_dropped", place, lane.dropped, before?.dropped)
        }
        add("unrouted_entries", [], now.unroutedEntries, last?.unroutedEntries)
        add("dead_letters_removed", [], now.removedDeadLetters, last?.removedDeadLetters)
    }

    private func report(_ bus: RouterSnapshot.Bus, since last: RouterSnapshot.Bus?) {
        let place = [("bus", bus.name)]
        let (now, before) = (bus.statistics, last?.statistics)
        add("bus_accepted", place, now.accepted, before?.accepted)
        add("bus_routed", place, now.routed, before?.routed)
        add("bus_bytes", place, now.bytes, before?.bytes)
        add("bus_matched", place, now.matchedEvents, before?.matchedEvents)
        add("bus_unarchived", place, now.unarchived, before?.unarchived)
        set("bus_held", place, now.held)
        if let archived = now.archived { set("bus_archived", place, archived) }
        if let durable = now.durable { set("bus_durable", place, durable) }
        let lastRules = Dictionary(
            (last?.rules ?? []).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for rule in bus.rules {
            let before = lastRules[rule.name]
            let place = place + [("rule", rule.name)]
            add("rule_matched", place, rule.matched, before?.matched)
            for target in rule.targets {
                let before = before?.targets.first { $0.id == target.id }
                report(target, place + [("target", target.id)], since: before)
            }
        }
    }

    private func report(
        _ target: RouterSnapshot.Target, _ place: [(String, String)],
        since last: RouterSnapshot.Target?
    ) {
        let (now, before) = (target.statistics, last?.statistics)
        add("target_delivered", place, now.delivered, before?.delivered)
        add("target_failed", place, now.failedAttempts, before?.failedAttempts)
        add("target_throttled", place, now.throttledAttempts, before?.throttledAttempts)
        add("target_retried", place, now.retries, before?.retries)
        add("target_dead_lettered", place, now.deadLettered, before?.deadLettered)
        add("target_lost", place, now.lost, before?.lost)
        add("target_fell_behind", place, now.fellBehind, before?.fellBehind)
        add("target_caught_up", place, now.caughtUp, before?.caughtUp)
        add("target_missed", place, now.missed, before?.missed)
        set("target_queued", place, now.queued)
        set("target_pending", place, now.pending)
    }

    private func add(
        _ name: String, _ place: [(String, String)], _ now: UInt64, _ before: UInt64?
    ) {
        // What was removed and put again under its name begins to count anew.
        let before = before.flatMap { $0 <= now ? $0 : nil } ?? 0
        let key = Key(name: name, place: place.map(\.1))
        let counter =
            counters[key]
            ?? Counter(label: "switchyard_\(name)_total", dimensions: place, factory: factory)
        counters[key] = counter
        if now > before { counter.increment(by: Int64(clamping: now - before)) }
    }

    private func set(_ name: String, _ place: [(String, String)], _ value: some BinaryInteger) {
        let key = Key(name: name, place: place.map(\.1))
        let gauge =
            gauges[key]
            ?? Gauge(label: "switchyard_\(name)", dimensions: place, factory: factory)
        gauges[key] = gauge
        gauge.record(Double(value))
    }
}
