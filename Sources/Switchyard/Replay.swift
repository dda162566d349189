public import EventArchive
public import EventMatching
internal import JSONScan

/// Reads a part of an archive through rules, at full speed or as far at a time as the caller likes.
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
    /// Records whose bytes are no JSON object, by sequence number: they were not written by a bus.
    public private(set) var invalid: [UInt64] = []

    private var cursor: ArchiveCursor
    private var scanner = StructuralScanner()
    private var matcher: Matcher

    /// Creates a replay that has read nothing yet.
    public init(
        of reader: ArchiveReader, over selection: ArchiveSelection = .all, through rules: RuleSet
    ) {
        cursor = reader.cursor(over: selection)
        matcher = Matcher(rules)
    }

    /// What of the selection is damaged or missing, as far as is known until now.
    public var gaps: [ArchiveGap] { cursor.gaps }

    /// Replays the next events. O(their bytes); allocates nothing once warm.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - deliver: called for each event, whether a rule matches or not.
    /// - Returns: whether there may be more.
    /// - Throws: ``ArchiveError`` where a segment can't be opened; another step tries again.
    public mutating func step(
        limit: Int = 10_000, deliver: (borrowing RoutedEvent) -> Void = { _ in }
    ) throws(ArchiveError) -> Bool {
        for _ in 0..<limit {
            guard let record = try nextRecord() else { return false }
            events &+= 1
            bytes &+= UInt64(record.text.count)
            let index: StructuralIndex
            do throws(JSONError) {
                index = try scanner.scan(record.text)
            } catch {
                invalid.append(record.sequence)
                continue
            }
            let matching = matcher.matchUnborrowed(index)
            matches &+= UInt64(matching.count)
            matchedEvents &+= matching.isEmpty ? 0 : 1
            deliver(
                RoutedEvent(bytes: record.text, matches: matching, sequence: record.sequence))
        }
        return true
    }

    /// The next record, whose bytes stay where they are until the cursor moves on.
    @inline(__always)
    private mutating func nextRecord() throws(ArchiveError) -> (
        sequence: UInt64, text: UnsafeRawBufferPointer
    )? {
        guard let record = try cursor.next() else { return nil }
        return (record.sequence, record.bytes.withUnsafeBytes { $0 })
    }
}
