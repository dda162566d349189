internal import Dispatch
internal import EventDelivery
internal import EventMatching
internal import EventPipeline
internal import EventRouting
internal import InternalSystem
internal import RoutingInterface

extension Router {
    /// How many rules that an event nearly matched a trace explains.
    static let nearestMissesMax = 5
    /// Of how many rules a trace looks for the nearest; each takes some 10 us.
    static let missesLookedAtMax = 10_000

    /// Publishes an event like any other, and tells what became of it: which rules it matched, which
    /// ones it nearly matched and what was in the way, and what each target did.
    ///
    /// Costs other events nothing but a look at a count, once a run of deliveries.
    ///
    /// - Parameter limit: how long to wait for targets that try again. What is underway then shows as
    ///   ``EventTrace/TargetOutcome/State/underway``, and goes on.
    /// - Throws: ``/EventRouting/PublishError``; nothing was published then.
    public func publishTraced(
        _ event: String, to bus: String = Router.defaultBus, within limit: Duration = .seconds(5)
    ) async throws(PublishError) -> EventTrace {
        guard let port = publishing.port(bus) else { throw .noSuchBus(bus) }
        let (number, tag) = traces.begin(bus: bus)
        defer { traces.end(number) }
        let start = monotonicNanoseconds()
        let error = event.utf8Span.span.bytes.withUnsafeBytes { bytes in
            publishing.publisher(for: port)?
                .publish(CollectionOfOne(bytes), to: port, tag: tag).error
        }
        if let error { throw error }
        let (end, overflow) = start.addingReportingOverflow(limit.wholeNanoseconds)
        let deadline = overflow ? UInt64.max : end
        while true {
            let trace = trace(number, bus: bus, start: start)
            if trace.isSettled || monotonicNanoseconds() >= deadline || Task.isCancelled {
                return explained(trace, event)
            }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    /// What is known so far, without the misses.
    private func trace(_ number: UInt64, bus: String, start: UInt64) -> EventTrace {
        let record = traces.record(number)
        var matched: [String] = []
        var outcomes: [EventTrace.TargetOutcome] = []
        func after(_ time: UInt64) -> Duration { .nanoseconds(Int64(time &- start)) }
        control.queue.sync {
            guard let record, let bus = control.buses[bus] else { return }
            for rule in bus.order.compactMap({ bus.rules[$0] })
            where record.routes.contains(ObjectIdentifier(rule.route)) {
                matched.append(rule.rule.name)
                for engine in rule.targets {
                    let names = engine.names
                    let own = record.attempts.filter { $0.names === names }
                    let letter = record.letters.last {
                        $0.rule == names.rule && $0.target == names.target
                    }
                    let state: EventTrace.TargetOutcome.State =
                        if let letter { .deadLettered(letter) } else if engine.queue == nil {
                            .called
                        } else if own.contains(where: { $0.error == nil }) { .delivered } else {
                            .underway
                        }
                    outcomes.append(
                        EventTrace.TargetOutcome(
                            rule: names.rule, target: names.target,
                            attempts: own.map {
                                .init(number: $0.number, error: $0.error, after: after($0.time))
                            }, state: state))
                }
            }
        }
        return EventTrace(
            bus: bus, sequence: record?.event?.sequence,
            isArchived: record?.event?.isArchived ?? false,
            routedAfter: record?.event.map { _ in after(record?.routedAt ?? start) },
            matchedRules: matched, nearestMisses: [], targets: outcomes)
    }

    private func explained(_ trace: EventTrace, _ event: String) -> EventTrace {
        guard trace.sequence != nil else { return trace }
        let rules = control.queue.sync {
            control.buses[trace.bus].map { bus in bus.order.compactMap { bus.rules[$0]?.rule } }
        }
        let matched = Set(trace.matchedRules)
        var misses: [EventTrace.Miss] = []
        for rule in (rules ?? []).prefix(Self.missesLookedAtMax) where !matched.contains(rule.name)
        {
            guard let pattern = rule.pattern else { continue }
            // The event was valid, and so was the pattern.
            let explanation = try? Explanation(
                of: Rule(name: rule.name, pattern: pattern), for: event.utf8Span.span.bytes)
            guard let explanation, !explanation.matches || !rule.isEnabled else { continue }
            misses.append(
                EventTrace.Miss(
                    explanation: explanation, failedFields: explanation.failedFields,
                    isDisabled: !rule.isEnabled))
        }
        // Sorting keeps the order of the rules that are equally near.
        let nearest = misses.enumerated()
            .sorted { ($0.element.failedFields, $0.offset) < ($1.element.failedFields, $1.offset) }
        return EventTrace(
            bus: trace.bus, sequence: trace.sequence, isArchived: trace.isArchived,
            routedAfter: trace.routedAfter, matchedRules: trace.matchedRules,
            nearestMisses: nearest.prefix(Self.nearestMissesMax).map(\.element),
            targets: trace.targets)
    }
}
