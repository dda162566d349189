internal import Dispatch
public import EventDelivery
internal import EventPipeline
public import EventRouting
internal import Synchronization

/// Everything that a router counts, at one moment: see ``Router/snapshot()``.
public struct RouterSnapshot: Sendable, Hashable {
    /// A bus.
    public struct Bus: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// What it has done so far.
        public var statistics: BusStatistics
        /// Its rules, in the order in which they were put.
        public var rules: [Rule]
    }

    /// A rule.
    public struct Rule: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Whether it matches and fires.
        public var isEnabled: Bool
        /// How often it matched.
        public var matched: UInt64
        /// Its targets.
        public var targets: [Target]
    }

    /// A target.
    public struct Target: Sendable, Hashable {
        /// Its id.
        public var id: String
        /// What became of the events that were meant for it.
        public var statistics: TargetStatistics
        /// Whether it is behind, and gets events from the archive.
        public var isBehind: Bool
        /// Its watermark: all events of its bus before this number are dealt with, delivered or dead
        /// letters. It is raised some ten times a second. Nil where nothing is kept of it.
        public var doneBelow: UInt64?
    }

    /// A lane: the worker of some buses.
    public struct Lane: Sendable, Hashable {
        /// How many events wait for it.
        public var waiting: Int
        /// How many can.
        public var capacity: Int
        /// How often a publisher had to wake it.
        public var wakes: UInt64
        /// Events that ``/EventPipeline/BackPressure/dropNewest`` dropped.
        public var dropped: UInt64
    }

    /// The buses by name.
    public var buses: [Bus]
    /// The lanes.
    public var lanes: [Lane]
    /// Entries that were published to buses that do not exist.
    public var unroutedEntries: UInt64
    /// Dead letters that were removed since the router was opened, before they were sent again, because
    /// there were more than ``RouterConfiguration/deadLetterBytesMax``.
    public var removedDeadLetters: UInt64
    /// Lines of the file of the targets' watermarks that made no sense when the router was opened. They
    /// are left where they are. A target whose only line is one of them begins at its archive's end.
    public var unreadableWatermarks: Int
}

extension Router {
    /// Reads all counters. They are read one after the other while the router runs, so that they may be
    /// off by a run of events against each other. O(buses + rules + targets); events wait for nothing.
    public func snapshot() -> RouterSnapshot {
        let buses = control.queue.sync {
            control.buses.values.sorted { $0.name < $1.name }.map { snapshot(of: $0) }
        }
        let lanes = lanes.map { lane in
            let statistics = lane.stage.statistics
            return RouterSnapshot.Lane(
                waiting: lane.stage.depth, capacity: lane.stage.capacity, wakes: statistics.wakes,
                dropped: statistics.dropped)
        }
        return RouterSnapshot(
            buses: buses, lanes: lanes, unroutedEntries: unroutedEntries,
            removedDeadLetters: services.deadLetters.removed,
            unreadableWatermarks: services.watermarks?.unreadableLines ?? 0)
    }

    /// Reads the counters of one bus: see ``snapshot()``.
    ///
    /// - Throws: ``RouterError/noSuchBus(_:)``
    public func snapshot(bus name: String) throws(RouterError) -> RouterSnapshot.Bus {
        try control.sync { () throws(RouterError) in snapshot(of: try state(of: name)) }
    }

    private func snapshot(of bus: BusState) -> RouterSnapshot.Bus {
        RouterSnapshot.Bus(
            name: bus.name, statistics: statistics(of: bus),
            rules: bus.order.compactMap { bus.rules[$0] }.map { rule in
                RouterSnapshot.Rule(
                    name: rule.rule.name, isEnabled: rule.isEnabled, matched: rule.route.matched,
                    targets: rule.targets.map { engine in
                        RouterSnapshot.Target(
                            id: engine.names.target, statistics: engine.statistics,
                            isBehind: engine.isCatchingUp.load(ordering: .relaxed),
                            doneBelow: services.watermarks?[engine.names.key])
                    })
            })
    }
}
