internal import EventArchive
internal import EventDelivery
internal import EventMatching
internal import EventPipeline
internal import EventReplay
internal import InternalSystem
internal import JSONScan
internal import RoutingInterface

/// Which rules a replay matches, and whose targets get what matches.
struct ReplayPlan {
    /// Where a match goes.
    struct Route {
        /// Positions in ``ReplayPlan/targets``.
        var targets: Range<Int>
        /// For the schedule of a rule, the position of its pattern: an event that both match goes
        /// there once.
        var pattern: UInt32?
    }

    let rules: RuleSet
    /// By the position of a rule in the rule set.
    let routes: [Route]
    let targets: [TargetEngine]
    /// What the rules can match at all.
    let keys: RuleKeys

    /// Compiles the rules that are enabled. O(size of their patterns).
    init(_ states: [RuleState]) throws(RuleError) {
        var compiled: [Rule] = []
        var routes: [Route] = []
        var targets: [TargetEngine] = []
        for state in states where state.isEnabled {
            let range = targets.count..<targets.count + state.targets.count
            targets += state.targets
            var pattern: UInt32?
            for rule in state.source.rules {
                routes.append(Route(targets: range, pattern: pattern))
                pattern = UInt32(compiled.count)
                compiled.append(rule)
            }
        }
        rules = try RuleSet(compiled)
        keys = RuleKeys(compiled)
        self.routes = routes
        self.targets = targets
    }
}

/// Hands replayed events to the targets of rules. Each target's queue gets them from a publisher of
/// its own, which is there as long as the replay, so that two replays to one target come one after
/// the other.
final class ReplayToTargets: ReplayOutput {
    var counts = ReplayProgress()
    private let envelope: ReplayEnvelope
    private let plan: ReplayPlan
    private let lane: LaneQueue
    private var scanner = StructuralScanner()
    private var matcher: Matcher
    private var event: [UInt8] = []
    private var publishers: [Int: Publisher<MPSCRing>] = [:]
    /// The targets of the event that is offered, and how many of them have it.
    private var targets: [Int] = []
    private var given = 0
    private var isOffered = false

    init(_ name: String, _ plan: ReplayPlan, on lane: LaneQueue) {
        envelope = ReplayEnvelope(name: name)
        self.plan = plan
        self.lane = lane
        matcher = Matcher(plan.rules)
    }

    func take(_ archived: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
        if !isOffered { offer(archived) }
        while given < targets.count {
            guard give(sequence, to: targets[given]) else { return false }
            given += 1
        }
        isOffered = false
        return true
    }

    /// Makes the replayed event, and finds out who gets it.
    private func offer(_ archived: UnsafeRawBufferPointer) {
        (isOffered, given) = (true, 0)
        targets.removeAll(keepingCapacity: true)
        do throws(JSONError) {
            envelope.write(try scanner.scan(archived), to: &event)
        } catch {
            counts.invalid += 1
            return
        }
        // Rules may ask for the name of the replay, or for events that have none.
        event.withUnsafeBytes { bytes in
            guard let index = try? scanner.scan(bytes) else { return }
            let matches = matcher.matchUnborrowed(index)
            if !matches.isEmpty { counts.matchedEvents += 1 }
            for match in matches {
                let route = plan.routes[Int(match)]
                if let pattern = route.pattern, matches.contains(pattern) { continue }
                targets += route.targets
            }
        }
    }

    private func give(_ sequence: UInt64, to position: Int) -> Bool {
        let target = plan.targets[position]
        return event.withUnsafeBytes { bytes in
            guard let queue = target.queue else {
                let offered = OfferedEvent(
                    bytes: bytes, sequence: sequence, publishTime: monotonicNanoseconds(), hops: 0,
                    isArchived: false)
                lane.perform { target.offer(offered) }
                counts.deliveries += 1
                return true
            }
            if publishers[position] == nil { publishers[position] = queue.makePublisher() }
            guard let publisher = publishers[position], !queue.worker.isSaturated else {
                return queue.stage.isClosed
            }
            switch publisher.publish(
                bytes, key: PendingDeliveries.replayedFlag, tag: sequence,
                publishTime: monotonicNanoseconds())
            {
            case .accepted: counts.deliveries += 1
            case .tooLarge: counts.refused += 1
            // The target was removed.
            case .closed: break
            case .full, .dropped: return false
            }
            return true
        }
    }

    func flush() -> Bool {
        publishers.allSatisfy { position, publisher in
            let queue = plan.targets[position].queue
            return publisher.flush() == 0 || queue?.stage.isClosed ?? true
        }
    }

    func close() {
        for publisher in publishers.values { counts.deliveries -= UInt64(publisher.close()) }
        publishers = [:]
    }
}
