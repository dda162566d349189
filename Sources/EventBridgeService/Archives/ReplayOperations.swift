internal import AWSWire
internal import EventEnvelope
internal import EventReplay
internal import Switchyard

/// A replay as it is kept: also when it has ended, until its name may be used again.
struct StoredReplay: StoredResource {
    static let kind = "replay"

    var description: String?
    var archiveARN: String
    var destinationARN: String
    var filterARNs: [String]?
    var eventStart: Int64
    var eventEnd: Int64
    var started: Int64
    var ended: Int64?
    var lastReplayed: Int64?
    var state: String
    var reason: String?

    /// Whether nothing more comes of it.
    var hasEnded: Bool { ended != nil }
}

struct ReplayDestination: Codable {
    let arn: String
    let filterArns: [String]?
}

struct StartReplayInput: Decodable {
    let replayName: String
    let description: String?
    let eventSourceArn: String
    let eventStartTime: WireTime
    let eventEndTime: WireTime
    let destination: ReplayDestination
}

struct ReplayInput: Decodable { let replayName: String }

struct ReplayOutput: Encodable {
    let replayArn: String
    let state: String
    let stateReason: String?
    var replayStartTime: WireTime?
}

struct DescribeReplayOutput: Encodable {
    let replayName: String
    var replayArn: String?
    var description: String?
    let state: String
    let stateReason: String?
    let eventSourceArn: String
    var destination: ReplayDestination?
    let eventStartTime: WireTime
    let eventEndTime: WireTime
    let eventLastReplayedTime: WireTime?
    let replayStartTime: WireTime
    let replayEndTime: WireTime?
}

struct ListReplaysInput: Decodable {
    let namePrefix: String?
    let state: String?
    let eventSourceArn: String?
    let nextToken: String?
    let limit: Int?
}

struct ListReplaysOutput: Encodable {
    let replays: [DescribeReplayOutput]
    let nextToken: String?
}

extension EventBridge {
    /// For how long the name of a replay can't be used again: EventBridge keeps replays for 90 days.
    private static let keptNanoseconds: Int64 = 90 * 86_400 * 1_000_000_000

    func startReplay(
        _ input: StartReplayInput, _ caller: Caller
    ) throws(ServiceError) -> ReplayOutput {
        try change { () throws(ServiceError) in
            guard let destination = try? BusID(nameOrARN: input.destination.arn, in: caller.scope)
            else { throw .validation("Parameter Destination.Arn is not valid.") }
            _ = try bus(destination.arn, caller)
            guard
                case .archive(let scope, let archiveName)? = try? ResourceName(
                    input.eventSourceArn), scope == caller.scope
            else { throw .validation("Parameter EventSourceArn is not valid.") }
            guard let archive = try? archive(archiveName, caller) else {
                throw .validation(
                    "Parameter EventSourceArn is not valid. Reason: Archive \(archiveName) does not "
                        + "exist.")
            }
            guard (try? BusID(nameOrARN: archive.definition.bus, in: scope)) == destination else {
                throw .validation(
                    "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not "
                        + "permitted.")
            }
            let (start, end) = (input.eventStartTime, input.eventEndTime)
            guard start.nanoseconds < end.nanoseconds else {
                throw .validation(
                    "Parameter EventEndTime is not valid. Reason: EventStartTime must be before "
                        + "EventEndTime.")
            }
            if let known = replays[input.replayName, in: scope],
                !known.hasEnded || now.nanoseconds - known.started < Self.keptNanoseconds
            {
                throw .exists("Replay \(input.replayName) already exists.")
            }
            let stored = StoredReplay(
                description: input.description, archiveARN: archive.arn,
                destinationARN: destination.arn, filterARNs: input.destination.filterArns,
                eventStart: start.nanoseconds, eventEnd: end.nanoseconds,
                started: now.nanoseconds, state: ReplayState.starting.rawValue)
            let request = try Self.request(input.replayName, stored)
            try replays.put(stored, input.replayName, in: scope)
            router.removeEndedReplay(input.replayName, in: scope)
            do throws(ServiceError) { try begin(request, in: scope) } catch {
                try replays.remove(input.replayName, in: scope)
                throw error
            }
            return ReplayOutput(
                replayArn: ResourceName.replay(scope, name: input.replayName).arn,
                state: stored.state, stateReason: nil,
                replayStartTime: WireTime(nanoseconds: stored.started))
        }
    }

    func cancelReplay(_ input: ReplayInput, _ caller: Caller) throws(ServiceError) -> ReplayOutput {
        let scope = caller.scope
        guard let stored = replays[input.replayName, in: scope] else {
            throw .notFound("Replay \(input.replayName) does not exist.")
        }
        guard !stored.hasEnded, let replay = router.replay(input.replayName, in: scope),
            !replay.progress.state.hasEnded
        else {
            throw ServiceError(
                "IllegalStatusException",
                "Replay \(input.replayName) is not in a valid state for this operation.")
        }
        replay.cancel()
        return ReplayOutput(
            replayArn: ResourceName.replay(scope, name: input.replayName).arn,
            state: ReplayState.cancelling.rawValue, stateReason: nil)
    }

    func describeReplay(
        _ input: ReplayInput, _ caller: Caller
    ) throws(ServiceError) -> DescribeReplayOutput {
        guard let stored = replays[input.replayName, in: caller.scope] else {
            throw .notFound("Replay \(input.replayName) does not exist.")
        }
        var output = describe(stored, input.replayName, in: caller.scope)
        output.replayArn = ResourceName.replay(caller.scope, name: input.replayName).arn
        output.description = stored.description
        output.destination = ReplayDestination(
            arn: stored.destinationARN, filterArns: stored.filterARNs)
        return output
    }

    func listReplays(
        _ input: ListReplaysInput, _ caller: Caller
    ) throws(ServiceError) -> ListReplaysOutput {
        let prefix = input.namePrefix ?? ""
        let all = replays.all(in: caller.scope)
            .map { describe($0.value, $0.name, in: caller.scope) }
            .filter { replay in
                replay.replayName.hasPrefix(prefix)
                    && input.eventSourceArn.map { $0 == replay.eventSourceArn } ?? true
                    && input.state.map { $0 == replay.state } ?? true
            }
        let page = try Page(
            of: all,
            in:
                "replays/\(caller.scope)/\(prefix)/\(input.eventSourceArn ?? "")/\(input.state ?? "")",
            limit: input.limit, from: input.nextToken
        ) { $0.replayName }
        return ListReplaysOutput(replays: page.elements, nextToken: page.nextToken)
    }

    /// A replay as it is kept, or if it is under way as it is now.
    private func describe(
        _ stored: StoredReplay, _ name: String, in scope: ResourceScope
    ) -> DescribeReplayOutput {
        let progress = stored.hasEnded ? nil : router.replay(name, in: scope)?.progress
        // AWS has no replays that wait.
        let state = progress.map { $0.state == .paused ? .running : $0.state }?.rawValue
        let last = progress?.lastEventTime?.nanoseconds ?? stored.lastReplayed
        return DescribeReplayOutput(
            replayName: name, state: state ?? stored.state, stateReason: stored.reason,
            eventSourceArn: stored.archiveARN,
            eventStartTime: WireTime(nanoseconds: stored.eventStart),
            eventEndTime: WireTime(nanoseconds: stored.eventEnd),
            eventLastReplayedTime: last.map(WireTime.init(nanoseconds:)),
            replayStartTime: WireTime(nanoseconds: stored.started),
            replayEndTime: stored.ended.map(WireTime.init(nanoseconds:)))
    }

    /// What the router is asked for.
    private static func request(
        _ name: String, _ stored: StoredReplay
    ) throws(ServiceError) -> ReplayRequest {
        var rules: Set<String>?
        if let arns = stored.filterARNs, !arns.isEmpty {
            var names: Set<String> = []
            for arn in arns {
                guard case .rule(let bus, let rule)? = try? ResourceName(arn),
                    bus.arn == stored.destinationARN
                else {
                    throw .validation(
                        "Parameter Destination.FilterArns is not valid. Reason: \(arn) is no rule of "
                            + "the destination.")
                }
                names.insert(rule)
            }
            rules = names
        }
        return ReplayRequest(
            name: name, ofArchive: stored.archiveARN, to: stored.destinationARN,
            from: EventTime(stored.eventStart), until: EventTime(stored.eventEnd), rules: rules)
    }

    /// Starts a replay that is kept, and keeps what becomes of it.
    private func begin(
        _ request: ReplayRequest, in scope: ResourceScope
    ) throws(ServiceError) {
        let replay: RouterReplay
        do throws(ReplayError) { replay = try router.startReplay(request) } catch {
            switch error {
            case .router(.noSuchRule(let rule, _)):
                throw .notFound(
                    "Rule \(rule) does not exist on EventBus "
                        + "\((try? BusID(nameOrARN: request.destination ?? "", in: scope))?.name ?? "")."
                )
            case .router(let error): throw ServiceError(error)
            case .nameExists: throw .exists(error.description)
            case .tooMany: throw .limitExceeded()
            case .archive: throw .internalError(error.description)
            case .noArchive, .emptyTimeRange, .invalidPace, .rulesOfArchivedEvents:
                throw .validation(error.description)
            }
        }
        Task { [weak self] in
            let end = await replay.finished()
            self?.finish(request.name, in: scope, end)
        }
    }

    private func finish(_ name: String, in scope: ResourceScope, _ end: ReplayProgress) {
        // Closing the router cancels its replays: they go on when it is opened again.
        if router.isClosing { return }
        guard var stored = replays[name, in: scope] else { return }
        stored.state = end.state.rawValue
        stored.reason = end.error?.description
        stored.ended = now.nanoseconds
        stored.lastReplayed = end.lastEventTime?.nanoseconds
        // What can't be kept is found out again when the replay is resumed.
        try? replays.put(stored, name, in: scope)
    }

    /// Starts the replays again that were under way when the process ended: from their beginning, so that
    /// nothing is missing, and some comes twice.
    func resumeReplays() {
        for (id, stored) in replays.all {
            if stored.hasEnded {
                if now.nanoseconds - stored.started > Self.keptNanoseconds {
                    try? replays.remove(id.name, in: id.scope)
                }
                continue
            }
            do throws(ServiceError) {
                try begin(try Self.request(id.name, stored), in: id.scope)
            } catch {
                var stored = stored
                stored.state = ReplayState.failed.rawValue
                stored.reason = error.message
                stored.ended = now.nanoseconds
                try? replays.put(stored, id.name, in: id.scope)
            }
        }
    }
}
