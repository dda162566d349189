internal import Switchyard

extension RouterSnapshot {
    /// All of it as numbers. O(buses + rules + targets).
    var samples: [RouterSample] {
        var samples = SampleList()
        for bus in buses { samples.add(bus) }
        for (number, lane) in lanes.enumerated() {
            samples.at([("lane", "\(number)")]) { lanes in
                lanes.add(.laneWaiting, lane.waiting)
                lanes.add(.laneDropped, lane.dropped)
            }
        }
        samples.add(.unroutedEntries, unroutedEntries)
        samples.add(.deadLettersRemoved, removedDeadLetters)
        return samples.list
    }
}

/// Samples, gathered from the whole to its parts.
private struct SampleList {
    private(set) var list: [RouterSample] = []
    private var place: [(name: String, value: String)] = []

    /// Adds a number of the place that it is at.
    mutating func add(_ metric: RouterMetric, _ value: some BinaryInteger) {
        list.append(RouterSample(metric: metric, place: place, value: UInt64(clamping: value)))
    }

    /// Adds numbers of a part.
    mutating func at(
        _ part: [(name: String, value: String)], _ body: (inout SampleList) -> Void
    ) {
        let whole = place
        place += part
        body(&self)
        place = whole
    }

    mutating func add(_ bus: RouterSnapshot.Bus) {
        at([("bus", bus.name)]) { buses in
            let statistics = bus.statistics
            buses.add(.busAccepted, statistics.accepted)
            buses.add(.busRouted, statistics.routed)
            buses.add(.busBytes, statistics.bytes)
            buses.add(.busMatched, statistics.matchedEvents)
            buses.add(.busUnarchived, statistics.unarchived)
            buses.add(.busHeld, statistics.held)
            if let archived = statistics.archived { buses.add(.busArchived, archived) }
            if let durable = statistics.durable { buses.add(.busDurable, durable) }
            for rule in bus.rules {
                buses.at([("rule", rule.name)]) { rules in
                    rules.add(.ruleMatched, rule.matched)
                    for target in rule.targets { rules.add(target) }
                }
            }
        }
    }

    private mutating func add(_ target: RouterSnapshot.Target) {
        at([("target", target.id)]) { targets in
            let statistics = target.statistics
            targets.add(.targetDelivered, statistics.delivered)
            targets.add(.targetFailed, statistics.failedAttempts)
            targets.add(.targetThrottled, statistics.throttledAttempts)
            targets.add(.targetRetried, statistics.retries)
            targets.add(.targetDeadLettered, statistics.deadLettered)
            targets.add(.targetLost, statistics.lost)
            targets.add(.targetFellBehind, statistics.fellBehind)
            targets.add(.targetCaughtUp, statistics.caughtUp)
            targets.add(.targetMissed, statistics.missed)
            targets.add(.targetQueued, statistics.queued)
            targets.add(.targetPending, statistics.pending)
            targets.add(.targetBehind, target.isBehind ? 1 : 0)
        }
    }
}
