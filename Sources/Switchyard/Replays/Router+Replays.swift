internal import Dispatch
internal import EventArchive
public import EventEnvelope
internal import EventMatching
public import EventReplay
internal import EventRouting

extension Router {
    /// How many replays can be under way in an account and region, as with the service.
    public static let replaysMax = 10
    /// How many replays that have ended are kept: those that were started first are forgotten, and their
    /// names can be used again.
    public static let endedReplaysMax = 1_000

    /// Starts a replay of a bus's journal, or of an archive.
    ///
    /// It reads what can be read of the archive at this moment; what is appended later is no part
    /// of it. A rule that is not enabled gets nothing.
    ///
    /// What a target has got of a replay and could not be delivered when the router closes becomes a
    /// dead letter. Where the process is killed it is not found again, since nothing but the replay
    /// knew of it: start the replay once more, under another name. An event that is archived again
    /// (``/EventReplay/ReplayRequest/isArchivedAgain``) is delivered after a restart as any other.
    ///
    /// - Throws: ``ReplayError``; nothing was started then.
    @discardableResult
    public func startReplay(_ request: ReplayRequest) throws(ReplayError) -> RouterReplay {
        let (start, end) = (request.start?.nanoseconds ?? .min, request.end?.nanoseconds ?? .max)
        guard start < end else { throw .emptyTimeRange }
        if case .times(let factor) = request.pace, !(factor > 0 && factor.isFinite) {
            throw .invalidPace(factor)
        }
        if request.isArchivedAgain, request.rules != nil { throw .rulesOfArchivedEvents }
        let result = control.queue.sync {
            Result { () throws(ReplayError) in try makeReplay(request, start..<end) }
        }
        let replay = try result.get()
        replay.start()
        return replay
    }

    /// The replays that were started, in the order of their names.
    public var replays: [RouterReplay] {
        control.queue.sync { control.replays.values.sorted { $0.request.name < $1.request.name } }
    }

    /// The replay of a name to a bus of an account and region; nil if there is none, or no more.
    public func replay(_ name: String, in scope: ResourceScope) -> RouterReplay? {
        control.queue.sync { control.replays[ReplayID(scope: scope, name: name)] }
    }

    /// Forgets a replay that has ended, whose name can then be used again.
    public func removeEndedReplay(_ name: String, in scope: ResourceScope) {
        control.queue.sync {
            let id = ReplayID(scope: scope, name: name)
            guard control.replays[id]?.progress.state.hasEnded == true else { return }
            control.replays[id] = nil
        }
    }

    /// Forgets replays that have ended, whose names can then be used again.
    public func removeEndedReplays() {
        control.queue.sync {
            control.replays = control.replays.filter { !$0.value.progress.state.hasEnded }
        }
    }

    /// Ends all replays, before the router closes.
    func endReplays() { for replay in replays { replay.cancelAndWait() } }

    /// Under the control lock.
    private func makeReplay(
        _ request: ReplayRequest, _ times: Range<Int64>
    ) throws(ReplayError) -> RouterReplay {
        let (source, destination): (ReplaySource, BusState)
        do throws(RouterError) {
            try Self.checkName(request.name, of: "replay", max: configuration.nameMax)
            if control.isClosed { throw .closed }
            source = try self.source(of: request)
            destination = try state(of: request.destination ?? source.bus)
            for rule in request.rules ?? [] { _ = try ruleState(rule, on: destination) }
        } catch { throw .router(error) }
        let id = ReplayID(scope: destination.id.scope, name: request.name)
        guard control.replays[id] == nil else { throw .nameExists(request.name) }
        let running = control.replays.count { known in
            known.key.scope == id.scope && !known.value.progress.state.hasEnded
        }
        guard running < Self.replaysMax else { throw .tooMany(limit: Self.replaysMax) }
        guard let directory = source.directory else { throw .noArchive(bus: source.bus) }
        let reader: ArchiveReader
        do throws(ArchiveError) {
            reader = try ArchiveReader(directory: directory)
        } catch { throw .archive(error) }
        var selection = ArchiveSelection(
            ingestTimes: source.ingestTimes,
            eventTimes: request.start == nil && request.end == nil ? nil : times)
        let output: any ReplayOutput
        if request.isArchivedAgain {
            do throws(PublishError) {
                output = try ReplayPublishing(request.name, to: destination.port)
            } catch { throw .router(.closed) }
        } else {
            let rules = destination.order.compactMap { destination.rules[$0] }
                .filter { request.rules?.contains($0.rule.name) ?? true }
            do throws(RuleError) {
                let plan = try ReplayPlan(rules)
                output = ReplayToTargets(request.name, plan, on: destination.lane.lane.queue)
                selection = selection.narrowed(to: plan.keys)
            } catch { throw .router(.rule(error)) }
        }
        let replay = RouterReplay(
            request, reader, selection, output, clock: configuration.clock)
        control.replays[id] = replay
        control.replayCount += 1
        replay.number = control.replayCount
        forgetOldReplays()
        return replay
    }

    /// Where what is replayed is found.
    private struct ReplaySource {
        /// The bus that it came from.
        var bus: String
        /// An archive's directory; nil if nothing was kept.
        var directory: String?
        /// What has not become too old; nil for everything.
        var ingestTimes: Range<Int64>?
    }

    /// Under the control lock.
    private func source(of request: ReplayRequest) throws(RouterError) -> ReplaySource {
        switch request.source {
        case .bus(let name):
            let bus = try state(of: name)
            return ReplaySource(bus: bus.name, directory: bus.engine.archive?.directory)
        case .archive(let name):
            let archive = try archiveState(name)
            let first = firstTime(days: archive.stored.retentionDays)
            return ReplaySource(
                bus: label(of: archive.stored.source), directory: archive.directory,
                ingestTimes: first == .min ? nil : first..<Int64.max)
        }
    }

    /// Under the control lock.
    private func forgetOldReplays() {
        guard control.replays.count > Self.endedReplaysMax else { return }
        let ended = control.replays.values.filter { $0.progress.state.hasEnded }
        for replay in ended.sorted(by: { $0.number > $1.number }).dropFirst(Self.endedReplaysMax) {
            control.replays = control.replays.filter { $0.value !== replay }
        }
    }
}
