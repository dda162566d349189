#if Server
    internal import EventEnvelope
    public import Switchyard
    internal import SwitchyardHTTP

    /// Gives the events of targets to something else than their ARNs name: a function that runs on a
    /// developer's machine, a script.
    ///
    /// ```swift
    /// let adapter = MappedTargetAdapter([
    ///     try TargetMapping("arn:aws:lambda:*:*:function:resize", to: "http://127.0.0.1:9000/")
    /// ])
    /// ```
    ///
    /// The first mapping whose pattern an ARN is of counts: `*` stands for any characters, `?` for one.
    public struct MappedTargetAdapter: TargetAdapter {
        private let mappings: [TargetMapping]
        private let builtIn = TargetAdapters()

        /// Creates an adapter for some mappings.
        public init(_ mappings: [TargetMapping]) { self.mappings = mappings }

        /// The target that gets a definition's events instead; nil if no mapping is for its ARN.
        public func target(
            for definition: TargetDefinition, of rule: RuleID
        ) throws(TargetAdapterError) -> Target? {
            guard
                let mapping = mappings.first(where: {
                    NamePattern.matches($0.pattern, definition.arn)
                })
            else {
                return nil
            }
            switch mapping.place {
            case .address(let destination):
                do throws(HTTPDestinationError) {
                    return try Target.http(
                        definition.id, destination, input: definition.input,
                        retry: definition.retryPolicy)
                } catch {
                    throw .refused(
                        target: definition.id, arn: definition.arn, reason: error.description)
                }
            case .destination(let destination):
                return try builtIn.target(
                    for: TargetDefinition(
                        id: definition.id, destination, input: definition.input,
                        retry: definition.retry), of: rule)
            }
        }
    }

    /// What gets the events of targets whose ARNs are of a pattern.
    ///
    /// | place | what gets the events |
    /// | --- | --- |
    /// | `http://127.0.0.1:9000/` | an address, as the body of a `POST` for each; also a private one |
    /// | `command:/usr/bin/wc?arg=-w` | a program's standard input, a line for each |
    /// | `process:`, `file:`, `bus:`, `log:`, `discard:` | see `TargetDestination` |
    public struct TargetMapping: Sendable {
        let pattern: String
        let place: Place

        enum Place: Sendable {
            case address(APIDestination)
            case destination(TargetDestination)
        }

        /// So many requests a second that nobody waits for a turn.
        private static let rateLimit = 1_000_000

        /// Creates a mapping.
        ///
        /// - Throws: ``InvalidDestination``: the place is none.
        public init(_ pattern: String, to place: String) throws(InvalidDestination) {
            self.pattern = pattern
            if place.hasPrefix("http://") || place.hasPrefix("https://") {
                var destination = APIDestination(endpoint: place)
                // It is the operator who names the address.
                destination.allowsPrivateAddresses = true
                destination.invocationRateLimitPerSecond = Self.rateLimit
                destination.timeout = .seconds(10)
                do throws(HTTPDestinationError) {
                    _ = try Target.http("mapped", destination)
                } catch { throw InvalidDestination(text: place, reason: error.description) }
                self.place = .address(destination)
                return
            }
            let command = "command:"
            let isCommand = place.hasPrefix(command)
            let destination = try TargetDestination(
                isCommand ? "process:" + place.dropFirst(command.count) : place)
            switch destination {
            case .file, .process, .localBus, .log, .discard: self.place = .destination(destination)
            case .bus, .closure, .other:
                throw InvalidDestination(
                    text: place,
                    reason: "expected http://, https://, command:, file:, bus:, log: or discard:")
            }
        }
    }
#endif
