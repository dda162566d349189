internal import EventDelivery
internal import EventEnvelope

/// `file:`
struct FileTargetAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard case .file(let path) = definition.destination else { return nil }
        return .file(
            definition.id, input: definition.input, retry: definition.retryPolicy, path: path)
    }
}

/// `process:`
struct ProcessTargetAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard case .process(let executable, let arguments) = definition.destination else {
            return nil
        }
        return .process(
            definition.id, input: definition.input, retry: definition.retryPolicy,
            executable: executable, arguments: arguments)
    }
}

/// `bus:`, and the resource names of buses: also those of other accounts and regions, which the router
/// has, or will have.
struct BusTargetAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        let name: String
        switch definition.destination {
        case .localBus(let local): name = BusID(local, in: rule.bus.scope).arn
        case .bus(let bus): name = bus.arn
        default: return nil
        }
        var target = Target.bus(definition.id, named: name, retry: definition.retryPolicy)
        target.input = definition.input
        return target
    }
}

/// `log:`
struct LogTargetAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard definition.destination == .log else { return nil }
        return Target(
            id: definition.id, .immediate { LogTarget() }, definition.input, definition.retryPolicy)
    }
}

/// `discard:`
struct DiscardTargetAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard definition.destination == .discard else { return nil }
        return Target(
            id: definition.id, .immediate { DiscardTarget() }, definition.input,
            definition.retryPolicy)
    }
}

/// Standard error, which gets a line for each event: those of a run are written together.
final class LogTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Parameter descriptor: where to write; it is not closed.
    init(descriptor: Int32 = 2) { self.descriptor = descriptor }

    func deliver(_ event: borrowing MatchedEvent) throws {
        event.bytes.withUnsafeBytes { buffer.appendLine($0) }
    }

    func finishRun() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.writeAll(to: descriptor, "standard error")
    }
}

/// Takes events and does nothing with them.
private struct DiscardTarget: ImmediateTarget {
    func deliver(_ event: borrowing MatchedEvent) throws {}
}
