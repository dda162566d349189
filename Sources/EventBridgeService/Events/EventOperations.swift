internal import AWSWire
internal import EventEnvelope
internal import EventMatching
internal import EventPattern
internal import EventRouting
internal import FoundationEssentials
internal import JSONScan
internal import Switchyard

struct PutEventsInput: Decodable {
    struct Entry: Decodable {
        let time: WireTime?
        let source: String?
        let resources: [String]?
        let detailType: String?
        let detail: String?
        let eventBusName: String?
        let traceHeader: String?
    }
    let entries: [Entry]
    let endpointId: String?
}

struct PutEventsOutput: Encodable {
    struct Entry: Encodable {
        var eventId: String?
        var errorCode: String?
        var errorMessage: String?
    }
    let failedEntryCount: Int
    let entries: [Entry]

    init(_ outcomes: [EntryOutcome]) {
        var failures = 0
        entries = outcomes.map { outcome in
            switch outcome {
            case .accepted(let id): return Entry(eventId: id)
            case .failed(let error):
                failures += 1
                return Entry(errorCode: error.code.rawValue, errorMessage: error.message)
            }
        }
        failedEntryCount = failures
    }
}

extension EventBridge {
    /// `PutEvents`. It returns when what was taken on is in the logs of its buses, as durable as they are.
    func putEvents(_ input: [UInt8], _ caller: Caller) async throws(ServiceError) -> [UInt8] {
        let request: PutEventsInput = try WireJSON.decode(input)
        let output = try take(request, caller)
        var confirmed: Set<String> = []
        for (entry, outcome) in zip(request.entries, output.entries) where outcome.eventId != nil {
            let name = entry.eventBusName ?? BusID.defaultName
            guard confirmed.insert(name).inserted,
                let bus = try? BusID(nameOrARN: name, in: caller.scope)
            else { continue }
            do throws(PublishError) { try await router.confirm(bus: bus.arn) } catch {
                // An event for a bus that does not exist goes nowhere, and is taken on.
                if case .noSuchBus = error { continue }
                throw ServiceError("InternalFailure", error.description, status: 500)
            }
        }
        return try WireJSON.encode(output)
    }

    private func take(
        _ input: PutEventsInput, _ caller: Caller
    ) throws(ServiceError) -> PutEventsOutput {
        try begin(caller.scope)
        var refused: [Int: EntryOutcome] = [:]
        var entries: [EventEntry] = []
        for (position, entry) in input.entries.enumerated() {
            let bus = entry.eventBusName ?? BusID.defaultName
            if let refusal = refusal(to: bus, entry, caller) { refused[position] = refusal }
            entries.append(
                EventEntry(
                    source: entry.source, detailType: entry.detailType, detail: entry.detail,
                    resources: entry.resources ?? [], time: entry.time?.eventTime, bus: bus))
        }
        let outcomes = try publish(entries, except: refused, of: caller.scope)
        // Clients try a whole request again by themselves, and few of them single entries.
        let isThrottled = outcomes.allSatisfy { outcome in
            if case .failed(let error) = outcome { error.code == .throttling } else { false }
        }
        if isThrottled { throw .throttling("Rate exceeded") }
        return PutEventsOutput(outcomes)
    }

    /// Publishes entries, and says of each what became of it.
    ///
    /// - Parameter refused: the outcomes of those that are not published.
    func publish(
        _ entries: [EventEntry], except refused: [Int: EntryOutcome], of sender: ResourceScope
    ) throws(ServiceError) -> [EntryOutcome] {
        do throws(EntriesError) {
            let limits = router.configuration.entryLimits
            // Those that are refused count, too.
            let size = entries.reduce(0) { $0 + $1.byteCount }
            guard size < limits.requestBytes else {
                throw .size(size, limit: limits.requestBytes)
            }
            let wanted = entries.indices.filter { refused[$0] == nil }
            guard !wanted.isEmpty else { return entries.indices.compactMap { refused[$0] } }
            var outcomes = try router.putEvents(wanted.map { entries[$0] }, of: sender)[...]
            return entries.indices.compactMap { refused[$0] ?? outcomes.popFirst() }
        } catch { throw .validation(error.description) }
    }

    /// Why a caller may not put an event on another account's bus; nil if nothing is in the way, as with a
    /// bus that does not exist.
    private func refusal(
        to bus: String, _ entry: PutEventsInput.Entry, _ caller: Caller
    ) -> EntryOutcome? {
        // Only with one's own bus without a policy there is nothing to look up.
        guard let id = try? BusID(nameOrARN: bus, in: caller.scope),
            id.account != caller.account || gate.policy(of: id) != nil,
            let found = try? router.bus(id.arn)
        else { return nil }
        let request = PolicyRequest(
            action: "events:PutEvents", resource: id.arn, caller: caller, source: entry.source,
            detailType: entry.detailType)
        do throws(ServiceError) { try authorize(request, on: found) } catch {
            return .failed(EntryError(.accessDenied, error.message))
        }
        return nil
    }

    /// `TestEventPattern`. Its members are read where they stand: it is asked for often, and does little.
    func testEventPattern(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let (text, event) = try JSONValue.reading(
            input, orThrow: { ServiceError.serialization("The body is no JSON object: \($0)") }
        ) { members throws(ServiceError) in
            // The model has seen to it that both are there, and strings.
            (members["EventPattern"]?.string, members["Event"]?.string)
        }
        let pattern = try Self.pattern(text?.description ?? "")
        let matches = try JSONValue.reading(
            event?.utf8 ?? [],
            orThrow: { _ in ServiceError.validation("Parameter Event is not valid.") }
        ) { event throws(ServiceError) in
            for member in Self.demandedMembers where event[member] == nil {
                throw .validation("Parameter Event is not valid.")
            }
            do throws(RuleError) {
                var matcher = Matcher(try RuleSet([Rule(name: "tested", pattern: pattern)]))
                return !matcher.matchUnborrowed(event.index).isEmpty
            } catch {
                throw ServiceError(
                    "InvalidEventPatternException",
                    "Event pattern is not valid. Reason: \(error)")
            }
        }
        return Array((matches ? #"{"Result":true}"# : #"{"Result":false}"#).utf8)
    }

    /// What the service wants of an event that it tests a pattern with.
    private static let demandedMembers: [ExactString] = [
        "id", "account", "source", "time", "region", "detail-type",
    ]
}
