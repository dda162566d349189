#if Server
    internal import EventEnvelope
    internal import Hummingbird
    internal import JSONScan
    internal import Switchyard

    // A pattern, or a rule that there is, against the events of an archive. Nothing is delivered.
    extension AdminAPI {
        struct DryRunOutcome: Encodable {
            /// The archive's resource name.
            let archive: String
            /// How many events it has.
            let events: UInt64
            /// How many of them were read: those of the times that were asked for, up to the limit.
            let read: UInt64
            /// How many of these match.
            let matched: UInt64
            /// The first of them.
            let samples: [Sample]
            /// Whether all that were asked for were read.
            let isComplete: Bool
            /// Records that are no JSON objects.
            let invalid: UInt64
            /// Numbers of events that are damaged or missing.
            let missing: UInt64
            /// What the rule's targets would have got, and events for which a target's input can't be
            /// made: they would have become dead letters. Nil for a pattern.
            let deliveries: UInt64?
            let withoutInput: UInt64?
        }

        struct Sample: Encodable {
            /// Its number in the archive.
            let sequence: UInt64
            let id: String?
            let time: String?
        }

        /// What is asked for, as far as it was found.
        private struct DryRunPlan: Sendable {
            var archive: ArchiveStatus
            var candidate: DryRun.Candidate
            var isRule: Bool
            var selection: ArchiveSelection
            var limit: Int
            var samples: Int
        }

        /// How many events are read unless more are asked for, and at most: a million take a second or two,
        /// and who wants to know of more than a hundred takes the tool, which can be interrupted.
        private static let eventsReadDefault = 1_000_000
        private static let eventsReadMax = 100_000_000
        /// How many matches are named.
        private static let samplesDefault = 10
        private static let samplesMax = 1_000

        func dryRun(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let input = try request.object([
                "archive", "account", "region", "pattern", "rule", "bus", "from", "until", "limit",
                "samples",
            ])
            let place = try readings.take()
            let scope = try input.scope(scope)
            let api = self
            let outcome = try await BlockingWork.run { () throws(AdminFailure) in
                defer { withExtendedLifetime(place) {} }
                return try api.run(try api.plan(input, scope))
            }
            return try Self.json(outcome)
        }

        private func plan(
            _ input: AdminObject, _ scope: ResourceScope
        ) throws(AdminFailure) -> DryRunPlan {
            guard let name = try input.text("archive") else {
                throw .invalid("archive: expected the name or the resource name of an archive")
            }
            let archive: ArchiveStatus
            do throws(RouterError) {
                archive = try router.archive(
                    ARN.isMeant(by: name)
                        ? name : ResourceName.archive(scope, name: name).arn)
            } catch { throw AdminFailure(error) }
            let (from, until) = (try input.time("from"), try input.time("until"))
            let times = (from?.nanoseconds ?? .min, until?.nanoseconds ?? .max)
            guard times.0 < times.1 else { throw .invalid("until: it is not behind from") }
            let rule = try input.text("rule")
            return DryRunPlan(
                archive: archive, candidate: try candidate(input, rule, of: archive, scope),
                isRule: rule != nil,
                selection: ArchiveSelection(
                    ingestTimes: router.firstTime(days: archive.definition.retentionDays)..<(.max),
                    eventTimes: from == nil && until == nil ? nil : times.0..<times.1),
                limit: try input.number(
                    "limit", in: 1...Self.eventsReadMax, default: Self.eventsReadDefault),
                samples: try input.number(
                    "samples", in: 0...Self.samplesMax, default: Self.samplesDefault))
        }

        private func candidate(
            _ input: AdminObject, _ rule: String?, of archive: ArchiveStatus,
            _ scope: ResourceScope
        ) throws(AdminFailure) -> DryRun.Candidate {
            let pattern = try input.object("pattern")
            guard (rule == nil) != (pattern == nil) else {
                throw .invalid("expected either a pattern or a rule")
            }
            if let pattern {
                do throws(PatternError) {
                    let wanted = try EventPattern(pattern.span.bytes)
                    return DryRun.Candidate(rule: Rule(name: "pattern", pattern: wanted))
                } catch { throw .invalid("pattern: \(error)") }
            }
            let id = try bus(try input.text("bus") ?? archive.definition.bus, scope)
            do throws(RouterError) {
                let found = try router.rule(rule ?? "", on: id.arn).rule
                guard let pattern = found.pattern else {
                    throw RouterError.emptyRule(found.name)
                }
                let targets = try router.targets(of: found.name, on: id.arn)
                return DryRun.Candidate(
                    rule: Rule(name: found.name, pattern: pattern),
                    targets: targets.map { .init(id: $0.id, input: $0.input) })
            } catch { throw AdminFailure(error) }
        }

        private func run(_ plan: DryRunPlan) throws(AdminFailure) -> DryRunOutcome {
            var samples: [Sample] = []
            do {
                let reader = try ArchiveReader(directory: plan.archive.directory)
                var run = try DryRun(of: [plan.candidate], over: reader, plan.selection)
                var isMore = true
                while isMore, run.events < plan.limit {
                    let left = plan.limit - Int(run.events)
                    isMore = try run.step(limit: min(left, 10_000)) { found in
                        guard samples.count < plan.samples else { return }
                        samples.append(Sample(found.sequence, found.event))
                    }
                }
                let count = run.counts[0]
                return DryRunOutcome(
                    archive: plan.archive.arn, events: plan.archive.events, read: run.events,
                    matched: count.matched, samples: samples, isComplete: !isMore,
                    invalid: run.invalidCount,
                    missing: run.gaps.reduce(0) { $0 + UInt64($1.sequences.count) },
                    deliveries: plan.isRule ? count.deliverable : nil,
                    withoutInput: plan.isRule ? count.failed : nil)
            } catch let error as RuleError {
                throw .invalid("pattern: \(error)")
            } catch { throw .broken("The archive can't be read: \(error)") }
        }
    }

    extension AdminAPI.Sample {
        /// Names an event.
        fileprivate init(_ sequence: UInt64, _ event: borrowing RawSpan) {
            self.sequence = sequence
            let named = event.withUnsafeBytes { bytes in
                try? JSONValue.reading(bytes, orThrow: \.self) { value throws(JSONError) in
                    (value["id"]?.string?.description, value["time"]?.string?.description)
                }
            }
            (id, time) = named ?? (nil, nil)
        }
    }
#endif
