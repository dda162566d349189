#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import InternalSystem
    internal import Switchyard

    // What each bus, rule and target has done, and how far it is: what `switchyard-server top` shows.
    extension AdminAPI {
        struct Status: Codable {
            struct Bus: Codable {
                /// The bus's resource name.
                let bus: String
                let accepted: UInt64
                let routed: UInt64
                /// Events that a rule matched.
                let matched: UInt64
                /// One more than the last number in its log.
                let archived: UInt64?
                /// Events that wait until the disk has room.
                let held: Int
                let rules: [Rule]
            }

            struct Rule: Codable {
                let rule: String
                let isEnabled: Bool
                let matched: UInt64
                let targets: [Target]
            }

            struct Target: Codable {
                let target: String
                let delivered: UInt64
                let failedAttempts: UInt64
                let retries: UInt64
                let deadLettered: UInt64
                let lost: UInt64
                let queued: Int
                /// Events on their way, or waiting to be tried again.
                let pending: Int
                /// Whether it gets its events from the log, since it could not keep up.
                let isBehind: Bool
                /// All events of its bus before this number are dealt with.
                let doneBelow: UInt64?
                /// How many events of its bus are not known to be dealt with, wanted or not.
                let behind: UInt64?
                /// When the first of these came in, where any wait for the target: none that waits is older.
                let oldestUndelivered: String?
            }

            let time: String
            let buses: [Bus]
        }

        /// For how many places of logs is looked up when that was: each opens a file. Beyond that,
        /// `oldestUndelivered` is left out.
        private static let lookupsMax = 256

        func status(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let buses: [BusID]
            if let name = request.query["bus"] {
                buses = [try bus(name, try request.scope(scope))]
            } else {
                let isWanted = try request.isWanted(scope)
                buses = router.allBuses.map(\.id).filter { isWanted($0.scope) }
            }
            let api = self
            return try Self.json(await BlockingWork.run { api.status(of: buses) })
        }

        private func status(of wanted: [BusID]) -> Status {
            var lookups = IngestTimes(router, max: Self.lookupsMax)
            let buses = wanted.compactMap { id -> Status.Bus? in
                // One that was removed since has no state any more.
                guard let bus = try? router.snapshot(bus: id.arn) else { return nil }
                let statistics = bus.statistics
                return Status.Bus(
                    bus: id.arn, accepted: statistics.accepted, routed: statistics.routed,
                    matched: statistics.matchedEvents, archived: statistics.archived,
                    held: statistics.held,
                    rules: bus.rules.map { rule in
                        Status.Rule(
                            rule: rule.name, isEnabled: rule.isEnabled, matched: rule.matched,
                            targets: rule.targets.map {
                                Status.Target($0, of: id, statistics.archived, &lookups)
                            })
                    })
            }
            return Status(time: EventTime(clock.wallTime).description, buses: buses)
        }
    }

    extension AdminAPI.Status.Target {
        fileprivate init(
            _ target: RouterSnapshot.Target, of bus: BusID, _ end: UInt64?,
            _ lookups: inout IngestTimes
        ) {
            let statistics = target.statistics
            self.target = target.id
            delivered = statistics.delivered
            failedAttempts = statistics.failedAttempts
            retries = statistics.retries
            deadLettered = statistics.deadLettered
            lost = statistics.lost
            queued = statistics.queued
            pending = statistics.pending
            isBehind = target.isBehind
            doneBelow = target.doneBelow
            behind = target.doneBelow.flatMap { done in end.map { $0 > done ? $0 - done : 0 } }
            let waits = isBehind || queued > 0 || pending > 0
            oldestUndelivered =
                waits ? target.doneBelow.flatMap { lookups.time(of: $0, bus) } : nil
        }
    }

    /// When events came into the logs of their buses.
    private struct IngestTimes {
        private let router: Switchyard.Router
        private var left: Int
        private var known: [BusID: [UInt64: String?]] = [:]

        init(_ router: Switchyard.Router, max: Int) {
            self.router = router
            left = max
        }

        /// When the first event from a number on came in; nil where there is none, or it can't be read.
        mutating func time(of sequence: UInt64, _ bus: BusID) -> String? {
            if let time = known[bus]?[sequence] { return time }
            guard left > 0 else { return nil }
            left -= 1
            let time = read(sequence, bus)
            known[bus, default: [:]][sequence] = .some(time)
            return time
        }

        private func read(_ sequence: UInt64, _ bus: BusID) -> String? {
            guard let directory = try? router.archiveDirectory(of: bus.arn),
                let reader = try? ArchiveReader(following: directory)
            else { return nil }
            var cursor = reader.cursor(over: .sequence(sequence), following: true)
            guard let time = try? cursor.next()?.ingestTime else { return nil }
            return EventTime(time).description
        }
    }
#endif
