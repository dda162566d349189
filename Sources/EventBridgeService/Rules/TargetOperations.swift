internal import AWSWire
internal import EventEnvelope
internal import EventInput
internal import JSONScan
internal import Switchyard

/// `PutTargets`, whose targets are read by the router's own type: it keeps them as they are.
struct PutTargetsInput: Decodable {
    let rule: String
    let eventBusName: String?
}

struct FailedTargetsOutput: Encodable {
    struct Failure: Encodable {
        let targetId: String
        let errorCode: String
        let errorMessage: String
    }
    let failedEntryCount: Int
    let failedEntries: [Failure]

    init(_ failures: [Failure] = []) {
        failedEntryCount = failures.count
        failedEntries = failures
    }
}

struct RemoveTargetsInput: Decodable {
    let rule: String
    let eventBusName: String?
    let ids: [String]
    let force: Bool?
}

struct ListTargetsByRuleInput: Decodable {
    let rule: String
    let eventBusName: String?
    let nextToken: String?
    let limit: Int?
}

extension EventBridge {
    func putTargets(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let named: PutTargetsInput = try WireJSON.decode(input)
        return try change { () throws(ServiceError) in
            let bus = try bus(named.eventBusName, caller, for: "events:PutTargets")
            _ = try rule(named.rule, on: bus.id)
            let definitions = try Self.targets(in: input)
            for definition in definitions { try check(definition, of: bus.id) }
            do throws(RouterError) {
                try router.putTargets(definitions, of: named.rule, on: bus.id.arn)
            } catch { throw ServiceError(error) }
            return try WireJSON.encode(FailedTargetsOutput())
        }
    }

    func removeTargets(
        _ input: RemoveTargetsInput, _ caller: Caller
    ) throws(ServiceError) -> FailedTargetsOutput {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller, for: "events:RemoveTargets")
            let known = Set(try targets(of: input.rule, on: bus.id).map(\.id))
            do throws(RouterError) {
                try router.removeTargets(
                    input.ids.filter { known.contains($0) }, of: input.rule, on: bus.id.arn,
                    force: input.force ?? false)
            } catch { throw ServiceError(error) }
            // A target that does not exist is removed already.
            return FailedTargetsOutput()
        }
    }

    func listTargetsByRule(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let input: ListTargetsByRuleInput = try WireJSON.decode(input)
        let bus = try bus(input.eventBusName, caller, for: "events:ListTargetsByRule")
        let targets = try targets(of: input.rule, on: bus.id).sorted { $0.id < $1.id }
        let page = try Page(
            of: targets, in: "targets/\(bus.id)/\(input.rule)", limit: input.limit,
            from: input.nextToken
        ) { $0.id }
        var output = Array(#"{"Targets":["#.utf8)
        for (position, target) in page.elements.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            output += target.json
        }
        output.append(UInt8(ascii: "]"))
        if let token = page.nextToken { output += #","NextToken":"\#(token)""#.utf8 }
        output.append(UInt8(ascii: "}"))
        return output
    }

    private func targets(
        of rule: String, on bus: BusID
    ) throws(ServiceError) -> [TargetDefinition] {
        _ = try self.rule(rule, on: bus)
        do throws(RouterError) { return try router.targets(of: rule, on: bus.arn) } catch {
            throw ServiceError(error)
        }
    }

    /// Reads the targets of a `PutTargets`.
    private static func targets(in input: [UInt8]) throws(ServiceError) -> [TargetDefinition] {
        try JSONValue.reading(
            input, orThrow: { ServiceError.serialization($0.description) }
        ) { value throws(ServiceError) in
            var definitions: [TargetDefinition] = []
            for target in value["Targets"]?.elements ?? [] {
                do throws(DefinitionError) {
                    definitions.append(try TargetDefinition(target))
                } catch { throw ServiceError(error) }
            }
            return definitions
        }
    }

    /// Checks what the router does not.
    private func check(_ target: TargetDefinition, of bus: BusID) throws(ServiceError) {
        guard case .bus(let other) = target.destination else { return }
        if other == bus {
            throw .validation(
                "Parameter Arn for target \(target.id) is not valid. Reason: Event bus "
                    + "\(other.name) can't be the target of its own rules.")
        }
        if other.account != bus.account, target.input != .event {
            throw .validation(
                "Input, InputPath and InputTransformer are not allowed for target \(target.id): an "
                    + "event bus of another account.")
        }
    }
}

extension ServiceError {
    /// What is wrong with a target or another definition.
    init(_ error: DefinitionError) {
        self =
            switch error.reason {
            case .input(let input): .validation(input.description)
            case .pattern(let pattern): ServiceError(pattern, in: "")
            default: .validation(error.message)
            }
    }
}
