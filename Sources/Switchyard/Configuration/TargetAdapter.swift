public import EventDelivery
public import EventEnvelope

/// Makes targets of some kind from their definitions: how the router reaches what is named by an ARN
/// or a URL.
///
/// ```swift
/// struct QueueAdapter: TargetAdapter {
///     func target(
///         for definition: TargetDefinition, of rule: RuleID
///     ) throws(TargetAdapterError) -> Target? {
///         guard case .other(let arn) = definition.destination, arn.hasPrefix("arn:aws:sqs:") else {
///             return nil
///         }
///         return .custom(
///             definition.id, input: definition.input, retry: definition.retryPolicy,
///             QueueTarget(arn))
///     }
/// }
/// ```
///
/// Closures, tasks and streams have no adapter: programs put them, and what a store has of them is only
/// that they exist.
public protocol TargetAdapter: Sendable {
    /// The target that a definition stands for; nil if it is of a kind that others know of.
    ///
    /// A target nobody can reach now is no error: its deliveries fail and are tried again.
    ///
    /// - Throws: ``TargetAdapterError``: it is of this kind, but there can be no such target.
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target?
}

/// Why a definition gives no target.
public enum TargetAdapterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No adapter knows of such a kind.
    case unknownKind(target: String, arn: String)
    /// It stands for what the program puts itself.
    case putByCode(target: String)
    /// There can be no such target.
    case refused(target: String, arn: String, reason: String)

    /// What is wrong, and what can be done.
    public var description: String {
        switch self {
        case .unknownKind(let target, let arn):
            "target \(target): nothing here delivers to \(arn); add an adapter that does"
        case .putByCode(let target):
            "target \(target) is a closure, task or stream, which the program has to put itself"
        case .refused(let target, let arn, let reason):
            "target \(target): can't deliver to \(arn): \(reason)"
        }
    }
}

/// The adapters of a router, the first of which that knows a kind makes its targets.
public struct TargetAdapters: Sendable {
    private let adapters: [any TargetAdapter]

    /// These adapters, and then those that are built in: so a program can have a kind for itself.
    public init(_ adapters: [any TargetAdapter] = []) {
        self.adapters = adapters + Self.builtIn
    }

    /// For files, processes, buses of the same account and region, standard error, and nobody.
    private static let builtIn: [any TargetAdapter] = [
        FileTargetAdapter(), ProcessTargetAdapter(), BusTargetAdapter(), LogTargetAdapter(),
        DiscardTargetAdapter(),
    ]

    /// The target that a definition stands for. O(adapters).
    ///
    /// - Throws: ``TargetAdapterError``
    public func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target {
        if definition.destination == .closure { throw .putByCode(target: definition.id) }
        for adapter in adapters {
            if let target = try adapter.target(for: definition, of: rule) { return target }
        }
        throw .unknownKind(target: definition.id, arn: definition.arn)
    }
}
