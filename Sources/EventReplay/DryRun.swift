public import EventArchive
internal import EventEnvelope
public import EventInput
public import EventMatching
internal import EventPipeline
internal import JSONScan

/// What rules would have done with the events of an archive, without delivering anything.
///
/// ```swift
/// var run = try DryRun(of: [DryRun.Candidate(rule: rule)], over: ArchiveReader(directory: path))
/// while try run.step(event: { found in print(found.sequence, found.rule) }) {}
/// print(run.events, run.counts[0].matched)
/// ```
public struct DryRun: ~Copyable {
    /// A rule to try, and what its targets would get.
    public struct Candidate: Sendable {
        /// A target, of which only the input matters.
        public struct Target: Sendable, Hashable {
            /// Its id.
            public var id: String
            /// What it gets of an event.
            public var input: TargetInput

            /// Creates a target.
            public init(id: String, input: TargetInput = .event) {
                self.id = id
                self.input = input
            }
        }

        /// The rule.
        public var rule: Rule
        /// Its targets.
        public var targets: [Target]

        /// Creates a candidate.
        public init(rule: Rule, targets: [Target] = []) {
            self.rule = rule
            self.targets = targets
        }
    }

    /// What became of the events so far, for one rule.
    public struct Count: Sendable, Hashable {
        /// Events that it matched.
        public var matched: UInt64 = 0
        /// Inputs that targets would have got.
        public var deliverable: UInt64 = 0
        /// Events for which a target's input can't be made: they would have become dead letters.
        public var failed: UInt64 = 0

        /// Creates a count of nothing.
        public init() {}
    }

    /// A match: valid for the length of a call.
    public struct Found: ~Escapable {
        /// The event's sequence number.
        public let sequence: UInt64
        /// The rule's position among the candidates.
        public let candidate: Int
        /// The rule's name.
        public let rule: String
        /// The event.
        public let event: RawSpan
        /// What each target would get, in their order, or why it would get nothing.
        public let inputs: [Result<[UInt8], InputFailure>]

        @_lifetime(copy event)
        init(
            sequence: UInt64, candidate: Int, rule: String, event: RawSpan,
            inputs: [Result<[UInt8], InputFailure>]
        ) {
            self.sequence = sequence
            self.candidate = candidate
            self.rule = rule
            self.event = event
            self.inputs = inputs
        }
    }

    /// Events that were read so far.
    public private(set) var events: UInt64 = 0
    /// What the rules made of them, in the order of the candidates.
    public private(set) var counts: [Count]
    /// Records whose bytes are no JSON object, by sequence number, the first thousand of them.
    public private(set) var invalid: [UInt64] = []
    /// How many there are.
    public private(set) var invalidCount: UInt64 = 0

    private let candidates: [Candidate]
    private let ruleARN: @Sendable (String) -> String
    private var cursor: ArchiveCursor
    private var matcher: Matcher
    private var scanner = StructuralScanner()
    private var output: [UInt8] = []

    /// Compiles the rules; reads nothing yet. O(size of their patterns).
    ///
    /// - Parameters:
    ///   - candidates: the rules, whose names have to differ.
    ///   - reader: the archive.
    ///   - selection: which part of it.
    ///   - ruleARN: a rule's resource name, for templates that ask for it.
    /// - Throws: the first rule that can't be compiled.
    public init(
        of candidates: [Candidate], over reader: ArchiveReader,
        _ selection: ArchiveSelection = .all,
        ruleARN: @escaping @Sendable (String) -> String = {
            "arn:aws:events:local:000000000000:rule/\($0)"
        }
    ) throws(RuleError) {
        self.candidates = candidates
        self.ruleARN = ruleARN
        counts = candidates.map { _ in Count() }
        matcher = Matcher(try RuleSet(candidates.map(\.rule)))
        cursor = reader.cursor(over: selection)
    }

    /// What of the selection is damaged or missing, as far as is known until now.
    public var gaps: [ArchiveGap] { cursor.gaps }

    /// The number behind the last event that was read.
    public var position: UInt64 { cursor.position }

    /// Reads on. O(bytes of the events); allocates for matches alone.
    ///
    /// - Parameters:
    ///   - limit: how many events at most.
    ///   - event: called for each rule that an event matches.
    /// - Returns: whether there may be more.
    /// - Throws: ``/EventArchive/ArchiveError`` where a segment can't be opened; another step tries
    ///   again.
    public mutating func step(
        limit: Int = 10_000, event found: (borrowing Found) -> Void = { _ in }
    ) throws(ArchiveError) -> Bool {
        for _ in 0..<limit {
            guard let (sequence, ingestTime, bytes) = try nextRecord() else { return false }
            events &+= 1
            guard let index = try? scanner.scan(bytes) else {
                invalidCount += 1
                if invalid.count < ReplayLimit.invalidMax { invalid.append(sequence) }
                continue
            }
            for position in matcher.matchUnborrowed(index) {
                let candidate = Int(position)
                let inputs = inputs(of: candidate, index, ingestTime)
                found(
                    Found(
                        sequence: sequence, candidate: candidate,
                        rule: candidates[candidate].rule.name,
                        event: RawSpan(_unsafeBytes: bytes), inputs: inputs))
            }
        }
        return true
    }

    /// The next record, whose bytes stay where they are until the cursor moves on.
    private mutating func nextRecord() throws(ArchiveError) -> (
        sequence: UInt64, ingestTime: Int64, bytes: UnsafeRawBufferPointer
    )? {
        guard let record = try cursor.next() else { return nil }
        return (record.sequence, record.ingestTime, record.bytes.withUnsafeBytes { $0 })
    }

    private mutating func inputs(
        of candidate: Int, _ event: StructuralIndex, _ ingestTime: Int64
    ) -> [Result<[UInt8], InputFailure>] {
        let name = candidates[candidate].rule.name
        let context = InputContext(
            ruleARN: ruleARN(name), ruleName: name, ingestionTime: EventTime(ingestTime))
        counts[candidate].matched += 1
        return candidates[candidate].targets.map { target in
            output.removeAll(keepingCapacity: true)
            do throws(InputFailure) {
                try target.input.write(event, context, to: &output)
                counts[candidate].deliverable += 1
                return .success(output)
            } catch {
                counts[candidate].failed += 1
                return .failure(error)
            }
        }
    }
}
