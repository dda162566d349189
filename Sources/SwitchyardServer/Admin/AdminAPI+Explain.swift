#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import JSONScan
    internal import Switchyard

    // An event against all rules of a bus: which match, and what is in the way of the others.
    extension AdminAPI {
        struct EventExplanation: Encodable {
            /// The bus's resource name.
            let bus: String
            /// How many rules the bus has.
            let rules: Int
            /// Those that would get the event.
            let matched: [String]
            /// The rules one by one: those whose patterns match, then the others, the nearest first.
            let explanations: [RuleExplanation]
            /// How many of them are not among these.
            let leftOut: Int
        }

        struct RuleExplanation: Encodable {
            let rule: String
            /// Whether its pattern matches.
            let matches: Bool
            /// Whether it is there to match anything.
            let isEnabled: Bool
            /// How many fields of its nearest alternative are not as it wants them.
            let failedFields: Int
            let branches: [Explanation.Branch]
            /// All of it in lines.
            let text: String
        }

        /// How many rules are explained unless more are asked for, and at most: a hundred are more than
        /// anybody reads, and a thousand with the values of a large event some megabytes.
        private static let explainedDefault = 100
        private static let explainedMax = 1_000

        func explain(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let input = try request.object(["bus", "account", "region", "event", "rule", "limit"])
            guard let event = try input.object("event") else {
                throw .invalid("event: expected the event, an object")
            }
            let bus = try bus(try input.text("bus"), try input.scope(scope))
            let rule = try input.text("rule")
            let limit = try input.number(
                "limit", in: 1...Self.explainedMax, default: Self.explainedDefault)
            let (router, place) = (router, try explanations.take())
            return try Self.json(
                try await BlockingWork.run { () throws(AdminFailure) in
                    defer { withExtendedLifetime(place) {} }
                    return try Self.explanation(of: event, bus, rule, limit, router)
                })
        }

        /// The bus that is meant by a name or a resource name; the default one by none.
        ///
        /// - Throws: there is no such bus.
        func bus(
            _ name: String?, _ scope: ResourceScope
        ) throws(AdminFailure) -> BusID {
            let id: BusID
            do throws(ARNError) {
                id = try BusID(nameOrARN: name ?? BusID.defaultName, in: scope)
            } catch { throw .invalid("bus: \(error)") }
            do throws(RouterError) { return try router.bus(id.arn).id } catch {
                throw AdminFailure(error)
            }
        }

        private static func explanation(
            of event: [UInt8], _ bus: BusID, _ name: String?, _ limit: Int,
            _ router: Switchyard.Router
        ) throws(AdminFailure) -> EventExplanation {
            let rules: [RoutingRule]
            do throws(RouterError) {
                rules =
                    if let name { [try router.rule(name, on: bus.arn).rule] } else {
                        try router.rules(on: bus.arn).map(\.rule)
                    }
            } catch { throw AdminFailure(error) }
            // Of all rules only how near they are is kept; the nearest are explained once more.
            var all: [Nearness] = []
            for (position, rule) in rules.enumerated() {
                all.append(Nearness(position, try RuleExplanation(rule, event)))
            }
            all.sort()
            var explanations: [RuleExplanation] = []
            for near in all.prefix(limit) {
                explanations.append(try RuleExplanation(rules[near.position], event))
            }
            return EventExplanation(
                bus: bus.arn, rules: rules.count,
                matched: all.filter(\.counts).sorted { $0.position < $1.position }
                    .map { rules[$0.position].name },
                explanations: explanations, leftOut: max(0, all.count - limit))
        }

        /// How near a rule comes to an event: those that match first, then by the fields in the way, and in
        /// the order of the rules.
        private struct Nearness: Comparable {
            let position: Int
            let failedFields: Int
            let matches: Bool
            /// Whether it matches and is enabled.
            let counts: Bool

            init(_ position: Int, _ explanation: RuleExplanation) {
                self.position = position
                failedFields = explanation.failedFields
                matches = explanation.matches
                counts = explanation.matches && explanation.isEnabled
            }

            static func < (one: Nearness, other: Nearness) -> Bool {
                (one.matches ? 0 : 1, one.failedFields, one.position)
                    < (other.matches ? 0 : 1, other.failedFields, other.position)
            }
        }
    }

    extension AdminAPI.RuleExplanation {
        fileprivate init(_ rule: RoutingRule, _ event: [UInt8]) throws(AdminFailure) {
            self.rule = rule.name
            isEnabled = rule.isEnabled
            guard let pattern = rule.pattern else {
                (matches, failedFields, branches) = (false, 0, [])
                text = "\(rule.name): has a schedule and no pattern"
                return
            }
            let explanation: Explanation
            do throws(ExplanationError) {
                explanation = try Explanation(
                    of: Rule(name: rule.name, pattern: pattern), for: event.span.bytes)
            } catch {
                switch error {
                case .event(let error): throw .invalid("event: \(error)")
                case .pattern(let error): throw .broken("\(rule.name): \(error)")
                }
            }
            matches = explanation.matches
            failedFields = explanation.failedFields
            branches = explanation.branches
            text = explanation.description
        }
    }
#endif
