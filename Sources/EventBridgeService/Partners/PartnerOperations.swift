internal import AWSWire
internal import EventEnvelope
internal import Switchyard

/// A partner's event source as its customer has it, under the customer's account.
struct StoredPartnerSource: StoredResource {
    static let kind = "partner-source"

    /// The partner's account.
    var partner: String
    var state: String
    var created: Int64
    var expires: Int64?
}

struct PartnerSourceInput: Decodable {
    let name: String
    let account: String
}

struct EventSourceArnOutput: Encodable { let eventSourceArn: String }

struct EventSourceOutput: Encodable {
    let arn: String
    let createdBy: String
    let creationTime: WireTime
    let expirationTime: WireTime?
    let name: String
    let state: String
}

struct ListEventSourcesOutput: Encodable {
    let eventSources: [EventSourceOutput]
    let nextToken: String?
}

struct PartnerSourceOutput: Encodable {
    let arn: String
    let name: String
}

struct ListPartnerSourcesOutput: Encodable {
    let partnerEventSources: [PartnerSourceOutput]
    let nextToken: String?
}

struct ListPartnerAccountsInput: Decodable {
    let eventSourceName: String
    let nextToken: String?
    let limit: Int?
}

struct ListPartnerAccountsOutput: Encodable {
    struct Account: Encodable {
        let account: String
        let creationTime: WireTime
        let expirationTime: WireTime?
        let state: String
    }
    let partnerEventSourceAccounts: [Account]
    let nextToken: String?
}

struct PutPartnerEventsInput: Decodable {
    struct Entry: Decodable {
        let time: WireTime?
        let source: String?
        let resources: [String]?
        let detailType: String?
        let detail: String?
    }
    let entries: [Entry]
}

// The partner's side: sources that it makes for accounts, and the events that it sends them.
extension EventBridge {
    /// For how long a source waits to be accepted.
    private static let pendingNanoseconds: Int64 = 14 * 86_400 * 1_000_000_000

    func createPartnerEventSource(
        _ input: PartnerSourceInput, _ caller: Caller
    ) throws(ServiceError) -> EventSourceArnOutput {
        try change { () throws(ServiceError) in
            let scope = ResourceScope(account: input.account, region: caller.region)
            if let known = partnerSources[input.name, in: scope], known.state != "DELETED" {
                throw .exists("Partner event source \(input.name) already exists.")
            }
            let now = now.nanoseconds
            try partnerSources.put(
                StoredPartnerSource(
                    partner: caller.account, state: "PENDING", created: now,
                    expires: now + Self.pendingNanoseconds), input.name, in: scope)
            return EventSourceArnOutput(
                eventSourceArn: ResourceName.eventSource(region: caller.region, name: input.name)
                    .arn)
        }
    }

    func deletePartnerEventSource(
        _ input: PartnerSourceInput, _ caller: Caller
    ) throws(ServiceError) {
        try change { () throws(ServiceError) in
            let scope = ResourceScope(account: input.account, region: caller.region)
            guard var stored = partnerSources[input.name, in: scope],
                stored.partner == caller.account
            else { return }
            // Its customer sees that it is gone, until it deletes the bus.
            if (try? router.bus(BusID(input.name, in: scope).arn)) == nil {
                try partnerSources.remove(input.name, in: scope)
            } else {
                stored.state = "DELETED"
                stored.expires = nil
                try partnerSources.put(stored, input.name, in: scope)
            }
        }
    }

    func describePartnerEventSource(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> PartnerSourceOutput {
        guard ownSources(caller).contains(where: { $0.id.name == input.name }) else {
            throw .notFound("Event source \(input.name) does not exist.")
        }
        return PartnerSourceOutput(
            arn: ResourceName.eventSource(region: caller.region, name: input.name).arn,
            name: input.name)
    }

    func listPartnerEventSources(
        _ input: ListInput, _ caller: Caller
    ) throws(ServiceError) -> ListPartnerSourcesOutput {
        let prefix = input.namePrefix ?? ""
        let names = Set(ownSources(caller).map(\.id.name)).filter { $0.hasPrefix(prefix) }.sorted()
        let page = try Page(
            of: names, in: "partner sources/\(caller.scope)/\(prefix)", limit: input.limit,
            from: input.nextToken
        ) { $0 }
        return ListPartnerSourcesOutput(
            partnerEventSources: page.elements.map {
                PartnerSourceOutput(
                    arn: ResourceName.eventSource(region: caller.region, name: $0).arn, name: $0)
            }, nextToken: page.nextToken)
    }

    func listPartnerEventSourceAccounts(
        _ input: ListPartnerAccountsInput, _ caller: Caller
    ) throws(ServiceError) -> ListPartnerAccountsOutput {
        let sources = ownSources(caller).filter { $0.id.name == input.eventSourceName }
        guard !sources.isEmpty else {
            throw .notFound("Event source \(input.eventSourceName) does not exist.")
        }
        let page = try Page(
            of: sources, in: "partner accounts/\(caller.scope)/\(input.eventSourceName)",
            limit: input.limit, from: input.nextToken
        ) { $0.id.scope.account }
        return ListPartnerAccountsOutput(
            partnerEventSourceAccounts: page.elements.map { id, stored in
                ListPartnerAccountsOutput.Account(
                    account: id.scope.account,
                    creationTime: WireTime(nanoseconds: stored.created),
                    expirationTime: stored.expires.map(WireTime.init(nanoseconds:)),
                    state: stored.state)
            }, nextToken: page.nextToken)
    }

    func putPartnerEvents(
        _ input: PutPartnerEventsInput, _ caller: Caller
    ) throws(ServiceError) -> PutEventsOutput {
        let sources = ownSources(caller)
        let limit = router.configuration.entryLimits.requestBytes
        var outcomes: [EntryOutcome] = []
        let entries = input.entries.map { entry in
            EventEntry(
                source: entry.source, detailType: entry.detailType, detail: entry.detail,
                resources: entry.resources ?? [], time: entry.time?.eventTime, bus: entry.source)
        }
        guard entries.reduce(0, { $0 + $1.byteCount }) < limit else {
            throw .validation(EntriesError.size(limit, limit: limit).description)
        }
        for entry in entries {
            let takers = sources.filter { $0.id.name == entry.source && $0.value.state == "ACTIVE" }
            // Where nobody has accepted the source, events go nowhere, and are taken on.
            var scopes = takers.map(\.id.scope)
            if scopes.isEmpty { scopes = [caller.scope] }
            var outcome: EntryOutcome?
            for scope in scopes {
                do throws(EntriesError) {
                    let made = try router.putEvents([entry], of: scope, isPartner: true)
                    outcome = outcome ?? made.first
                } catch { throw .validation(error.description) }
            }
            if let outcome { outcomes.append(outcome) }
        }
        return PutEventsOutput(outcomes)
    }

    /// The sources that the caller's account made in its region, by customer and name.
    private func ownSources(_ caller: Caller) -> [(id: ResourceID, value: StoredPartnerSource)] {
        expirePartnerSources()
        return partnerSources.all.filter {
            $0.value.partner == caller.account && $0.id.scope.region == caller.region
        }
    }

    /// Removes those that nobody accepted in time.
    private func expirePartnerSources() {
        let now = now.nanoseconds
        for (id, stored) in partnerSources.all
        where stored.state == "PENDING" && stored.expires.map({ $0 <= now }) ?? false {
            // What can't be removed now is the next time.
            try? partnerSources.remove(id.name, in: id.scope)
        }
    }
}

// The customer's side: sources that partners made for it.
extension EventBridge {
    func activateEventSource(_ input: NameInput, _ caller: Caller) throws(ServiceError) {
        try setSource(input.name, caller, from: "PENDING", to: "ACTIVE")
    }

    func deactivateEventSource(_ input: NameInput, _ caller: Caller) throws(ServiceError) {
        try setSource(input.name, caller, from: "ACTIVE", to: "PENDING")
    }

    private func setSource(
        _ name: String, _ caller: Caller, from old: String, to new: String
    ) throws(ServiceError) {
        try change { () throws(ServiceError) in
            var stored = try source(name, caller)
            if stored.state == new { return }
            guard stored.state == old else {
                throw ServiceError(
                    "InvalidStateException", "Event source \(name) is in state \(stored.state).")
            }
            stored.state = new
            stored.expires = new == "PENDING" ? now.nanoseconds + Self.pendingNanoseconds : nil
            try partnerSources.put(stored, name, in: caller.scope)
        }
    }

    func describeEventSource(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> EventSourceOutput {
        EventSourceOutput(try source(input.name, caller), input.name, in: caller.scope)
    }

    func listEventSources(
        _ input: ListInput, _ caller: Caller
    ) throws(ServiceError) -> ListEventSourcesOutput {
        expirePartnerSources()
        let prefix = input.namePrefix ?? ""
        let all = partnerSources.all(in: caller.scope).filter { $0.name.hasPrefix(prefix) }
        let page = try Page(
            of: all, in: "event sources/\(caller.scope)/\(prefix)", limit: input.limit,
            from: input.nextToken
        ) { $0.name }
        return ListEventSourcesOutput(
            eventSources: page.elements.map {
                EventSourceOutput($0.value, $0.name, in: caller.scope)
            }, nextToken: page.nextToken)
    }

    /// A source that waits to be accepted.
    func pendingSource(
        _ name: String, in scope: ResourceScope
    ) throws(ServiceError) -> StoredPartnerSource {
        expirePartnerSources()
        guard let stored = partnerSources[name, in: scope] else {
            throw .notFound("Event source \(name) does not exist.")
        }
        guard stored.state == "PENDING" else {
            throw ServiceError(
                "InvalidStateException", "Event source \(name) is in state \(stored.state).")
        }
        return stored
    }

    /// Accepts a source, whose bus is there.
    func acceptSource(_ name: String, in scope: ResourceScope) throws(ServiceError) {
        var stored = try pendingSource(name, in: scope)
        stored.state = "ACTIVE"
        stored.expires = nil
        try partnerSources.put(stored, name, in: scope)
    }

    private func source(
        _ name: String, _ caller: Caller
    ) throws(ServiceError) -> StoredPartnerSource {
        expirePartnerSources()
        guard let stored = partnerSources[name, in: caller.scope] else {
            throw .notFound("Event source \(name) does not exist.")
        }
        return stored
    }
}

extension EventSourceOutput {
    fileprivate init(_ stored: StoredPartnerSource, _ name: String, in scope: ResourceScope) {
        self.init(
            arn: ResourceName.eventSource(region: scope.region, name: name).arn,
            // The partner: what stands before the name that it gave.
            createdBy: name.split(separator: "/").prefix(2).joined(separator: "/"),
            creationTime: WireTime(nanoseconds: stored.created),
            expirationTime: stored.expires.map(WireTime.init(nanoseconds:)), name: name,
            state: stored.state)
    }
}
