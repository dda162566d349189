internal import AWSWire
internal import EventEnvelope
internal import Switchyard

struct TagResourceInput: Decodable {
    let resourceARN: String
    let tags: [Tag]
}

struct UntagResourceInput: Decodable {
    let resourceARN: String
    let tagKeys: [String]
}

struct ResourceInput: Decodable { let resourceARN: String }
struct TagsOutput: Encodable { let tags: [Tag] }
struct EmptyOutput: Encodable {}

// Tags of buses and rules, which are those resources of EventBridge that have some.
extension EventBridge {
    func tagResource(
        _ input: TagResourceInput, _ caller: Caller
    ) throws(ServiceError) -> EmptyOutput {
        try changeTags(of: input.resourceARN, caller) { tags in
            let added = Set(input.tags.map(\.key))
            tags = tags.filter { !added.contains($0.key) } + input.tags
        }
    }

    func untagResource(
        _ input: UntagResourceInput, _ caller: Caller
    ) throws(ServiceError) -> EmptyOutput {
        try changeTags(of: input.resourceARN, caller) { tags in
            tags.removeAll { input.tagKeys.contains($0.key) }
        }
    }

    func listTagsForResource(
        _ input: ResourceInput, _ caller: Caller
    ) throws(ServiceError) -> TagsOutput {
        switch try tagged(input.resourceARN, caller) {
        case .bus(_, let value): TagsOutput(tags: BusDetails(value).tags)
        case .rule(_, let rule): TagsOutput(tags: BusDetails(rule.others).tags)
        }
    }

    /// A resource that can have tags.
    private enum Tagged {
        case bus(BusID, StoredBus)
        case rule(BusID, RoutingRule)
    }

    private func tagged(_ arn: String, _ caller: Caller) throws(ServiceError) -> Tagged {
        let name: ResourceName
        do throws(ARNError) { name = try ResourceName(arn) } catch {
            throw .validation("Parameter ResourceARN is not valid. Reason: \(error)")
        }
        guard name.scope.account == caller.account else {
            throw .accessDenied(
                "User: \(caller.principalARN) is not authorized to use tags of resource: \(arn)")
        }
        switch name {
        case .bus(let id):
            let bus = try bus(id.arn, caller)
            return .bus(bus.id, bus.value)
        case .rule(let id, let rule):
            let bus = try bus(id.arn, caller)
            return .rule(bus.id, try self.rule(rule, on: bus.id))
        default:
            throw .validation(
                "Parameter ResourceARN is not valid. Reason: Only event buses and rules have tags.")
        }
    }

    private func changeTags(
        of arn: String, _ caller: Caller, _ body: (inout [Tag]) -> Void
    ) throws(ServiceError) -> EmptyOutput {
        try change { () throws(ServiceError) in
            switch try tagged(arn, caller) {
            case .bus(let id, let value):
                var tags = BusDetails(value).tags
                body(&tags)
                try Self.checkTags(tags)
                try modify(id) { _, details in details.tags = tags }
            case .rule(let bus, var rule):
                var details = BusDetails(rule.others)
                var tags = details.tags
                body(&tags)
                try Self.checkTags(tags)
                details.tags = tags
                rule.others = details.members
                try put(rule, on: bus)
            }
            return EmptyOutput()
        }
    }

    /// Throws where there are too many tags, or two of the same key.
    static func checkTags(_ tags: [Tag]) throws(ServiceError) {
        guard tags.count <= tagsMax else { throw .limitExceeded() }
        guard Set(tags.map(\.key)).count == tags.count else {
            throw .validation(
                "Parameter Tags is not valid. Reason: Duplicate tag keys are not allowed.")
        }
    }
}
