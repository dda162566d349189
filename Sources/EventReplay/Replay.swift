public import EventArchive
public import EventEnvelope
public import EventMatching
internal import JSONScan

/// Reads a part of an archive through rules: at full speed or at some pace, as far at a time as the
/// caller likes.
///
/// This is the place to begin reading `EventReplay`:
///
/// - `ReplayRecords` reads the archive, and holds each record back until `ReplaySchedule` says that
///   it is due;
/// - ``RuleKeys`` tells what of the archive no rule can match, so that it is not read;
/// - this one matches, and hands what it reads to a closure;
/// - ``RouterReplay`` hands it to the targets of a router's rules instead (`ReplayToTargets`), as
///   `ReplayEnvelope` makes it.
///
/// ```swift
/// var replay = Replay(of: reader, over: .ingestTime(yesterday), through: rules)
/// while try replay.step(deliver: { event in ... }) {}
/// ```
///
/// Events come in the order of their sequence numbers. The end is fixed when the reader is opened.
public struct Replay: ~Copyable {
    /// Events that were read so far.
    public private(set) var events: UInt64 = 0
    /// Their bytes.
    public private(set) var bytes: UInt64 = 0
    /// How often a rule matched.
    public private(set) var matches: UInt64 = 0
    /// Events that at least one rule matched.
    public private(set) var matchedEvents: UInt64 = 0
    /// Records whose bytes are no JSON object, by sequence number, the first thousand of them: they were
    /// not written by a bus.
    public private(set) var invalid: [UInt64] = []
    /// How many there are.
    public private(set) var invalidCount: UInt64 = 0

    private var records: ReplayRecords
    private var scanner = StructuralScanner()
    private var matcher: Matcher

    /// Creates a replay that has read nothing yet.
    ///
    /// - Parameters:
    ///   - reader: the archive.
    ///   - selection: which of its records.
    ///   - pace: how fast, if it is stepped with ``step(limit:now:deliver:)``.
    ///   - time: whose time the pace follows.
    ///   - rules: what is matched.
    ///   - keys: what the rules can match at all, so that nothing else is read. The records passed
    ///     over so are not among ``events``.
    public init(
        of reader: ArchiveReader, over selection: ArchiveSelection = .all,
        at pace: ReplayPace = .fullSpeed, by time: ReplayTime = .ingest, through rules: RuleSet,
        keys: RuleKeys? = nil
    ) {
        let selection = keys.map { selection.narrowed(to: $0) } ?? selection
        records = ReplayRecords(reader.cursor(over: selection), pace, by: time)
        matcher = Matcher(rules)
    }

    /// What of the selection is damaged or missing, as far as is known until now.
    public var gaps: [ArchiveGap] { records.gaps }

    /// What was read of the archive, and what was passed over.
    public var statistics: ArchiveReadStatistics { records.statistics }

    /// The number behind the last event that was given: another replay from here on continues where
    /// this one is.
    public var position: UInt64 { records.position }

    /// Where a step has ended.
    public enum Step: Sendable, Hashable {
        /// At its limit; there may be more.
        case more
        /// Before an event that is due in so many nanoseconds.
        case due(inNanoseconds: UInt64)
        /// At the end of the selection.
        case end
    }

    /// Replays the next events, at full speed whatever the pace. O(their bytes); allocates nothing
    /// once warm.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - deliver: called for each event, whether a rule matches or not.
    /// - Returns: whether there may be more.
    /// - Throws: ``/EventArchive/ArchiveError`` where a segment can't be opened; another step tries
    ///   again.
    public mutating func step(
        limit: Int = 10_000, deliver: (borrowing RoutedEvent) -> Void = { _ in }
    ) throws(ArchiveError) -> Bool {
        try step(limit: limit, now: .max / 2, deliver: deliver) != .end
    }

    /// Replays the next events that are due. O(their bytes); allocates nothing once warm.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - now: what the time is, in nanoseconds of any clock that never goes back.
    ///   - deliver: called for each event, whether a rule matches or not.
    /// - Throws: ``/EventArchive/ArchiveError`` where a segment can't be opened; another step tries
    ///   again.
    public mutating func step(
        limit: Int = 10_000, now: UInt64, deliver: (borrowing RoutedEvent) -> Void = { _ in }
    ) throws(ArchiveError) -> Step {
        for _ in 0..<limit {
            switch try records.next(now: now) {
            case .end: return .end
            case .wait(let delay): return .due(inNanoseconds: delay)
            case .record(let record): replay(record, deliver)
            }
        }
        return .more
    }

    /// Stops the time of the replay; ``resume(now:)`` lets it go on.
    public mutating func pause(now: UInt64) { records.pause(now: now) }

    /// Lets the time of the replay go on from where it stopped.
    public mutating func resume(now: UInt64) { records.resume(now: now) }

    @inline(__always)
    private mutating func replay(
        _ record: ReplayRecords.Record, _ deliver: (borrowing RoutedEvent) -> Void
    ) {
        records.take()
        events &+= 1
        bytes &+= UInt64(record.bytes.count)
        let index: StructuralIndex
        do throws(JSONError) {
            index = try scanner.scan(record.bytes)
        } catch {
            invalidCount += 1
            if invalid.count < ReplayLimit.invalidMax { invalid.append(record.sequence) }
            return
        }
        let matching = matcher.matchUnborrowed(index)
        matches &+= UInt64(matching.count)
        matchedEvents &+= matching.isEmpty ? 0 : 1
        deliver(RoutedEvent(bytes: record.bytes, matches: matching, sequence: record.sequence))
    }
}

/// What bounds what a replay or a dry run remembers.
enum ReplayLimit {
    /// Of how many records that are no events the numbers are kept: enough to look at some. An archive of
    /// another program may hold nothing else.
    static let invalidMax = 1_000
}
