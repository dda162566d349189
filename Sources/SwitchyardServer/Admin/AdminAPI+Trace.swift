#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import JSONScan
    internal import Switchyard

    // What became of an event: what logs, watermarks and dead letters tell of it afterwards.
    //
    // Nobody notes each delivery, which would cost each event more than its delivery does. So what is told is
    // what follows from what is kept: which rules match *now*; that a target has dealt with all of its bus's
    // events up to some number, by delivery or as dead letters; which dead letters wait. What does not follow
    // is not told: when an event was delivered, after how many attempts, or whether a rule that was changed
    // since matched it then.
    extension AdminAPI {
        struct Trace: Encodable {
            /// The event's id.
            let id: String
            /// Where it was found.
            let places: [TracePlace]
            /// Dead letters of it that were not sent again.
            let deadLetters: [TraceLetter]
            /// What was searched.
            let searched: [SearchedLog]
        }

        struct TracePlace: Encodable {
            /// The bus's resource name.
            let bus: String
            /// The event's number in the bus's log.
            let sequence: UInt64
            /// When the bus got it.
            let ingestTime: String
            /// The rules that match it now.
            let rules: [TraceRule]
        }

        struct TraceRule: Encodable {
            let rule: String
            let targets: [TraceTarget]
        }

        struct TraceTarget: Encodable {
            let target: String
            let state: TraceState
        }

        enum TraceState: String, Encodable {
            /// It was delivered, or was a dead letter that was sent again or removed; or the target was put
            /// when the event had passed.
            case settled
            /// It is a dead letter.
            case deadLetter
            /// It waits, or is being tried; or it was delivered in the last second or so.
            case underway
            /// The target has no watermark: nobody knows.
            case unknown
        }

        struct TraceLetter: Encodable {
            let bus: String
            let rule: String
            let target: String
            /// Its number in the bus's log, at the time; nil where it was sent again since.
            let sequence: UInt64?
            let code: String
            let message: String
            let attempts: Int
        }

        struct SearchedLog: Encodable {
            let bus: String
            /// Numbers of events: from the first that was looked at to the one behind the last.
            let from: UInt64
            let until: UInt64
        }

        /// How many events of each bus are looked at, the newest, unless more are asked for; and at most.
        private static let searchedDefault = 1_000_000
        private static let searchedMax = 1_000_000_000
        /// How many dead letters are told of, the oldest: an event has no more targets.
        private static let lettersMax = 1_000

        func trace(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let id = request.parameters["id"] ?? ""
            guard !id.isEmpty else { throw .invalid("expected the id of an event") }
            let scope = try request.scope(scope)
            let buses: [BusID]
            if let name = request.query["bus"] {
                buses = [try bus(name, scope)]
            } else {
                buses = router.buses(in: scope).map(\.id)
            }
            let limit = try request.number(
                "limit", in: 1...Self.searchedMax, default: Self.searchedDefault)
            let (api, place) = (self, try readings.take())
            let trace = try await BlockingWork.run { () throws(AdminFailure) in
                defer { withExtendedLifetime(place) {} }
                do throws(RouterError) { return try api.trace(id, buses, limit) } catch {
                    throw AdminFailure(error)
                }
            }
            guard !trace.places.isEmpty || !trace.deadLetters.isEmpty else {
                let events = trace.searched.reduce(0) { $0 + $1.until - $1.from }
                throw .missing(
                    "No event \(id) is among the newest \(events) of \(trace.searched.count) buses "
                        + "that were searched, or among dead letters.")
            }
            return try Self.json(trace)
        }

        private func trace(
            _ id: String, _ buses: [BusID], _ limit: Int
        ) throws(RouterError) -> Trace {
            let search = EventSearch(id)
            let letters = try router.deadLetters(limit: Self.lettersMax) { letter in
                letter.event.withUnsafeBytes { search.accepts($0) }
            }
            var places: [TracePlace] = []
            var searched: [SearchedLog] = []
            for bus in buses {
                guard let directory = try router.archiveDirectory(of: bus.arn),
                    let end = try router.statistics(bus: bus.arn).archived
                else { continue }
                let first = end > UInt64(limit) ? end - UInt64(limit) : 0
                searched.append(SearchedLog(bus: bus.arn, from: first, until: end))
                let found: [EventSearch.Found]
                do throws(ArchiveError) { found = try search.run(directory, first..<end) } catch {
                    throw .archive(bus: bus.arn, error)
                }
                guard !found.isEmpty else { continue }
                let snapshot = try router.snapshot(bus: bus.arn)
                let rules = try ruleSet(of: bus)
                var matcher = Matcher(rules)
                for event in found {
                    // What is in a log was JSON when it came there.
                    let matched = try? matcher.matchNames(event.bytes.span.bytes)
                    places.append(place(of: event, bus, snapshot, Set(matched ?? []), letters))
                }
            }
            return Trace(
                id: id, places: places, deadLetters: letters.map(TraceLetter.init),
                searched: searched)
        }

        private func place(
            of event: EventSearch.Found, _ bus: BusID, _ snapshot: RouterSnapshot.Bus,
            _ matched: Set<String>, _ letters: [DeadLetter]
        ) -> TracePlace {
            let rules = snapshot.rules.filter { matched.contains($0.name) }
            return TracePlace(
                bus: bus.arn, sequence: event.sequence,
                ingestTime: EventTime(event.ingestTime).description,
                rules: rules.map { rule in
                    TraceRule(
                        rule: rule.name,
                        targets: rule.targets.map { target in
                            let isLetter = letters.contains {
                                $0.bus == snapshot.name && $0.rule == rule.name
                                    && $0.target == target.id
                                    && [event.sequence, .max].contains($0.sequence)
                            }
                            return TraceTarget(
                                target: target.id,
                                state: isLetter
                                    ? .deadLetter : .init(event.sequence, target.doneBelow))
                        })
                })
        }

        /// The rules of a bus as they are now, but those that are disabled.
        private func ruleSet(of bus: BusID) throws(RouterError) -> RuleSet {
            let rules = try router.rules(on: bus.arn).map(\.rule).compactMap { rule in
                rule.isEnabled ? rule.pattern.map { Rule(name: rule.name, pattern: $0) } : nil
            }
            do throws(RuleError) { return try RuleSet(rules) } catch { throw .rule(error) }
        }
    }

    extension AdminAPI.TraceState {
        fileprivate init(_ sequence: UInt64, _ doneBelow: UInt64?) {
            self = doneBelow.map { sequence < $0 ? .settled : .underway } ?? .unknown
        }
    }

    extension AdminAPI.TraceLetter {
        fileprivate init(_ letter: DeadLetter) {
            bus = letter.bus
            rule = letter.rule
            target = letter.target
            sequence = letter.sequence == .max ? nil : letter.sequence
            code = letter.code.rawValue
            message = letter.message
            attempts = letter.attempts
        }
    }
#endif
