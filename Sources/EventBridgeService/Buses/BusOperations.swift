internal import AWSWire
internal import EventEnvelope
internal import Switchyard

struct CreateEventBusInput: Decodable {
    let name: String
    let eventSourceName: String?
    let description: String?
    let kmsKeyIdentifier: String?
    let deadLetterConfig: DeadLetterConfig?
    let logConfig: LogConfig?
    let tags: [Tag]?
}

struct CreateEventBusOutput: Encodable {
    let eventBusArn: String
    let description: String?
    let kmsKeyIdentifier: String?
    let deadLetterConfig: DeadLetterConfig?
    let logConfig: LogConfig?
}

struct UpdateEventBusInput: Decodable {
    let name: String?
    let description: String?
    let kmsKeyIdentifier: String?
    let deadLetterConfig: DeadLetterConfig?
    let logConfig: LogConfig?
}

struct UpdateEventBusOutput: Encodable {
    let arn: String
    let name: String
    let description: String?
    let kmsKeyIdentifier: String?
    let deadLetterConfig: DeadLetterConfig?
    let logConfig: LogConfig?
}

struct NameInput: Decodable { let name: String }
struct OptionalNameInput: Decodable { let name: String? }

struct DescribeEventBusOutput: Encodable {
    let name: String
    let arn: String
    let description: String?
    let kmsKeyIdentifier: String?
    let deadLetterConfig: DeadLetterConfig?
    let policy: String?
    let logConfig: LogConfig?
    let creationTime: WireTime?
    let lastModifiedTime: WireTime?
}

struct ListInput: Decodable {
    let namePrefix: String?
    let nextToken: String?
    let limit: Int?
}

struct ListEventBusesOutput: Encodable {
    struct Bus: Encodable {
        let name: String
        let arn: String
        let description: String?
        let policy: String?
        let creationTime: WireTime?
        let lastModifiedTime: WireTime?
    }
    let eventBuses: [Bus]
    let nextToken: String?
}

/// Where events go that could not be delivered.
struct DeadLetterConfig: Codable, Hashable { let arn: String? }

/// What a bus logs of its events.
struct LogConfig: Codable, Hashable {
    let includeDetail: String?
    let level: String?
}

/// A tag of a resource.
struct Tag: Codable, Hashable {
    let key: String
    let value: String
}

extension EventBridge {
    /// The most tags of a resource.
    static let tagsMax = 50

    func createEventBus(
        _ input: CreateEventBusInput, _ caller: Caller
    ) throws(ServiceError) -> CreateEventBusOutput {
        let scope = caller.scope
        try begin(scope)
        return try change { () throws(ServiceError) in
            let id = BusID(input.name, in: scope)
            if (try? router.bus(id.arn)) != nil {
                throw .exists("Event bus \(input.name) already exists.")
            }
            var details = BusDetails()
            details.set(input.kmsKeyIdentifier, "KmsKeyIdentifier")
            details.deadLetterConfig = input.deadLetterConfig
            details.logConfig = input.logConfig
            details.creationTime = now
            details.lastModifiedTime = now
            try Self.checkTags(input.tags ?? [])
            details.tags = input.tags ?? []
            if let source = input.eventSourceName {
                guard source == input.name else {
                    throw .validation(
                        "Parameter Name is not valid. Reason: The name of a partner event bus has to "
                            + "be that of its event source, \(source).")
                }
                _ = try pendingSource(source, in: scope)
                details.set(source, "EventSourceName")
            } else if input.name.contains("/") {
                throw .validation(
                    "Parameter Name is not valid. Reason: Only the names of partner event buses can "
                        + "have slashes.")
            }
            do throws(RouterError) {
                try router.createBus(
                    id.arn,
                    StoredBus(
                        input.eventSourceName == nil ? .custom : .partner,
                        description: input.description ?? "", others: details.members))
            } catch { throw ServiceError(error) }
            if let source = input.eventSourceName { try acceptSource(source, in: scope) }
            return CreateEventBusOutput(
                eventBusArn: id.arn, description: input.description,
                kmsKeyIdentifier: input.kmsKeyIdentifier,
                deadLetterConfig: input.deadLetterConfig, logConfig: input.logConfig)
        }
    }

    func updateEventBus(
        _ input: UpdateEventBusInput, _ caller: Caller
    ) throws(ServiceError) -> UpdateEventBusOutput {
        try change { () throws(ServiceError) in
            let bus = try bus(input.name, caller)
            let value = try modify(bus.id) { value, details in
                // What is not said is not there any more, as with rules.
                value.description = input.description ?? ""
                details.set(input.kmsKeyIdentifier, "KmsKeyIdentifier")
                details.deadLetterConfig = input.deadLetterConfig
                details.logConfig = input.logConfig
            }
            let details = BusDetails(value)
            return UpdateEventBusOutput(
                arn: bus.id.arn, name: bus.id.name, description: value.description.nonEmpty,
                kmsKeyIdentifier: details.text("KmsKeyIdentifier"),
                deadLetterConfig: details.deadLetterConfig, logConfig: details.logConfig)
        }
    }

    func deleteEventBus(_ input: NameInput, _ caller: Caller) throws(ServiceError) {
        guard input.name != BusID.defaultName else {
            throw .validation("Cannot delete event bus default.")
        }
        try change { () throws(ServiceError) in
            // One that does not exist is no error.
            guard let bus = try? bus(input.name, caller) else { return }
            // An archive's rule ends with its bus; the archive stays.
            let rules = try rules(on: bus.id)
            guard rules.allSatisfy({ $0.managedBy != nil }) else {
                throw .validation("Cannot delete event bus with rules.")
            }
            do throws(RouterError) { try router.removeBus(bus.id.arn) } catch {
                throw ServiceError(error)
            }
            gate.set(bus.id, nil)
        }
    }

    func describeEventBus(
        _ input: OptionalNameInput, _ caller: Caller
    ) throws(ServiceError) -> DescribeEventBusOutput {
        let (id, value) = try bus(input.name, caller)
        let details = BusDetails(value)
        return DescribeEventBusOutput(
            name: id.name, arn: id.arn, description: value.description.nonEmpty,
            kmsKeyIdentifier: details.text("KmsKeyIdentifier"),
            deadLetterConfig: details.deadLetterConfig, policy: details.policy,
            logConfig: details.logConfig, creationTime: details.creationTime.map(WireTime.init),
            lastModifiedTime: details.lastModifiedTime.map(WireTime.init))
    }

    func listEventBuses(
        _ input: ListInput, _ caller: Caller
    ) throws(ServiceError) -> ListEventBusesOutput {
        try begin(caller.scope)
        let prefix = input.namePrefix ?? ""
        let buses = router.buses(in: caller.scope).filter { $0.id.name.hasPrefix(prefix) }
        let page = try Page(
            of: buses, in: "buses/\(caller.scope)/\(prefix)", limit: input.limit,
            from: input.nextToken
        ) { $0.id.name }
        return ListEventBusesOutput(
            eventBuses: page.elements.map { id, value in
                let details = BusDetails(value)
                return ListEventBusesOutput.Bus(
                    name: id.name, arn: id.arn, description: value.description.nonEmpty,
                    policy: details.policy, creationTime: details.creationTime.map(WireTime.init),
                    lastModifiedTime: details.lastModifiedTime.map(WireTime.init))
            }, nextToken: page.nextToken)
    }

    /// The bus of a name or resource name; the default one, if it says nothing.
    ///
    /// - Throws: there is no such bus, or it is one of another account's that the caller may not use.
    func bus(
        _ nameOrARN: String?, _ caller: Caller, for action: String? = nil
    ) throws(ServiceError) -> (id: BusID, value: StoredBus) {
        let text = nameOrARN ?? BusID.defaultName
        let id: BusID
        do throws(ARNError) { id = try BusID(nameOrARN: text, in: caller.scope) } catch {
            throw .validation("Parameter EventBusName is not valid. Reason: \(error)")
        }
        try begin(caller.scope)
        guard let found = try? router.bus(id.arn) else {
            throw .notFound("Event bus \(id.name) does not exist.")
        }
        if id.account != caller.account {
            try authorize(action ?? "events:DescribeEventBus", on: found, caller)
        }
        return found
    }

    /// Changes what is kept of a bus.
    @discardableResult
    func modify(
        _ id: BusID, _ body: (inout StoredBus, inout BusDetails) -> Void
    ) throws(ServiceError) -> StoredBus {
        let now = now
        do throws(RouterError) {
            let value = try router.changeBus(id.arn) { value in
                var details = BusDetails(value)
                body(&value, &details)
                details.lastModifiedTime = now
                value.others = details.members
            }
            gate.set(id, value)
            return value
        } catch { throw ServiceError(error) }
    }
}

extension String {
    /// Nil for no characters.
    var nonEmpty: String? { isEmpty ? nil : self }
}

extension WireTime {
    init(_ time: EventTime) { self.init(nanoseconds: time.nanoseconds) }

    /// The same moment.
    var eventTime: EventTime { EventTime(nanoseconds) }
}
