internal import EventPipeline
internal import EventRouting
internal import Synchronization

extension EventBus {
    /// What the bus has done so far. The numbers are read one after the other while the bus runs, so
    /// they may be off by a batch against each other.
    public var statistics: RouteStatistics {
        var counted = BusStatistics()
        engine.counters.read(into: &counted)
        let stage = stage.statistics
        var statistics = RouteStatistics()
        statistics.accepted = port.accepted.load(ordering: .acquiring)
        statistics.delivered = counted.routed - counted.unarchived
        statistics.bytes = counted.bytes
        statistics.matches = counted.matches
        statistics.matchedEvents = counted.matchedEvents
        statistics.refused = counted.unarchived
        statistics.dropped = stage.dropped
        statistics.wakes = stage.wakes
        timings.read(into: &statistics)
        return statistics
    }
}
