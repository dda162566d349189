#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import Switchyard

    // The replays that run: how far they are, how fast they may go, and whether they wait.
    extension AdminAPI {
        struct Replays: Encodable { let replays: [Replay] }

        struct Replay: Encodable {
            let name: String
            let account: String
            let region: String
            /// What is replayed, and where to: resource names.
            let source: String
            let destination: String
            /// `starting`, `running`, `paused`, `completed`, `failed`, `cancelling` or `cancelled`.
            let state: String
            /// How many it may give in a second; nil for as many as there are takers for.
            let eventsPerSecond: Double?
            /// Events that were dealt with.
            let events: UInt64
            let matchedEvents: UInt64
            let deliveries: UInt64
            /// Events that were too large with the replay's name.
            let refused: UInt64
            let invalid: UInt64
            /// Numbers of events that are damaged or missing.
            let missing: UInt64
            /// How much of the archive lies behind it, from 0 to 1.
            let fraction: Double
            /// The time of the last event that was dealt with.
            let lastEventTime: String?
            /// Why it failed.
            let error: String?
        }

        /// Those that were started since the server was, in the order of their names.
        func listReplays(_ request: AdminRequest) throws(AdminFailure) -> Response {
            let isWanted = try request.isWanted(scope)
            let replays = router.replays.compactMap { Replay($0, scope) }
                .filter { isWanted(ResourceScope(account: $0.account, region: $0.region)) }
            return try Self.json(Replays(replays: replays))
        }

        /// Has one go on, wait, or go at another pace.
        func changeReplay(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let input = try request.object(["state", "eventsPerSecond", "account", "region"])
            let (name, scope) = (request.parameters["name"] ?? "", try input.scope(scope))
            let state = try input.text("state")
            guard state == nil || state == "paused" || state == "running" else {
                throw .invalid("state: expected paused or running")
            }
            let rate = try input.number("eventsPerSecond", in: RouterReplay.rates)
            guard let replay = router.replay(name, in: scope) else {
                throw .missing(
                    "Replay \(name) does not run, and has not since the server was started.")
            }
            guard !replay.progress.state.hasEnded else {
                throw .conflict(
                    "Replay \(name) has ended: it is \(replay.progress.state.rawValue.lowercased())."
                )
            }
            if input.has("eventsPerSecond") { replay.setRate(rate) }
            if state == "paused" { replay.pause() } else if state == "running" { replay.resume() }
            await BlockingWork.run { replay.waitForTurn() }
            guard let changed = Replay(replay, self.scope) else {
                throw .broken("\(name): the destination has no name")
            }
            return try Self.json(changed)
        }
    }

    extension AdminAPI.Replay {
        /// Nil where the destination's name is none.
        fileprivate init?(_ replay: RouterReplay, _ scope: ResourceScope) {
            let (request, progress) = (replay.request, replay.progress)
            let source: String
            switch request.source {
            case .bus(let name):
                guard let bus = try? BusID(nameOrARN: name, in: scope) else { return nil }
                source = bus.arn
            case .archive(let name):
                source =
                    ARN.isMeant(by: name) ? name : ResourceName.archive(scope, name: name).arn
            }
            let bus: BusID
            if let destination = request.destination {
                guard let id = try? BusID(nameOrARN: destination, in: scope) else { return nil }
                bus = id
            } else {
                guard case .bus(let name) = request.source,
                    let id = try? BusID(nameOrARN: name, in: scope)
                else { return nil }
                bus = id
            }
            name = request.name
            account = bus.account
            region = bus.region
            self.source = source
            destination = bus.arn
            state = progress.state.rawValue.lowercased()
            eventsPerSecond = replay.eventsPerSecond
            events = progress.events
            matchedEvents = progress.matchedEvents
            deliveries = progress.deliveries
            refused = progress.refused
            invalid = progress.invalid
            missing = progress.gaps.reduce(0) { $0 + UInt64($1.sequences.count) }
            fraction = progress.fraction
            lastEventTime = progress.lastEventTime?.description
            error = progress.error?.description
        }
    }
#endif
