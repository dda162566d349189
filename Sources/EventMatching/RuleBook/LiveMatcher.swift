internal import CSwitchyard
internal import Dispatch
internal import EventPattern
public import JSONScan

/// Matches events against the rules that a ``RuleBook`` has at the time: the scratch memory for one
/// thread.
///
/// An event is matched against the rules of one moment, all changes that had returned by then
/// included. The matcher never waits for a change: it looks once an event whether there is a new
/// edition of the book, one load from memory that nobody else writes to, and if so it takes what
/// has been made ready for it. An event's JSON is scanned once, whatever the book is made of.
///
/// ```swift
/// var matcher = book.makeMatcher()
/// let matches = try matcher.match(event)
/// for position in matches.indices { print(matches[position].name) }
/// ```
public struct LiveMatcher: ~Copyable {
    private let mailbox: Mailbox
    private var edition: RuleEdition
    /// One for each part of the edition.
    private var matchers: [LevelMatcher]
    private var matchedParts: GrowableBuffer<MatchedPart>
    /// The number of the edition.
    private var editionNumber: UInt64
    /// Those of the mailbox's scratch memory.
    private let buffers: UnsafeMutablePointer<MatchBuffers>

    /// Makes the scratch memory. O(conditions of the rules).
    init(_ edition: RuleEdition, _ mailbox: Mailbox) {
        self.mailbox = mailbox
        self.edition = edition
        editionNumber = edition.number
        matchers = edition.parts.map { LevelMatcher($0.level, for: mailbox) }
        matchedParts = GrowableBuffer(capacity: edition.parts.count)
        buffers = mailbox.scratch.buffers
        fillMatchedParts()
    }

    /// How many changes the book had had when the edition was made that the last event was matched
    /// against.
    public var changeCount: UInt64 { edition.changeCount }

    /// Scans an event and matches it. Without allocation, unless the rules were changed.
    ///
    /// - Returns: the rules that match, in the order in which they came into the book; valid until
    ///   the matcher is used again.
    /// - Throws: what is wrong with the event's JSON; nothing was matched then.
    @_lifetime(&self)
    public mutating func match(_ event: borrowing RawSpan) throws(JSONError) -> LiveMatches {
        // The index must not outlive the pointer: matching happens inside the closure.
        let found = try event.withUnsafeBytes { bytes throws(JSONError) in
            matchParts(try buffers.pointee.scanner.scan(bytes))
        }
        let matches = LiveMatches(found, Unmanaged.passUnretained(edition))
        return _overrideLifetime(matches, mutating: &self)
    }

    /// Matches an event that was scanned already.
    ///
    /// - Returns: as ``match(_:)-(RawSpan)``.
    @_lifetime(&self)
    public mutating func match(_ event: borrowing ScannedText) -> LiveMatches {
        let matches = LiveMatches(matchParts(event.index), Unmanaged.passUnretained(edition))
        return _overrideLifetime(matches, mutating: &self)
    }

    /// As ``match(_:)-(ScannedText)``, for an event whose scanner can't be borrowed from.
    @_lifetime(&self)
    package mutating func match(_ event: StructuralIndex) -> LiveMatches {
        let matches = LiveMatches(matchParts(event), Unmanaged.passUnretained(edition))
        return _overrideLifetime(matches, mutating: &self)
    }

    /// As ``match(_:)-(ScannedText)``, for callers that can't borrow from a matcher because it
    /// lives in a class: they see to it that the matches are not used when the matcher is again.
    @_lifetime(immortal)
    package mutating func matchUnborrowed(_ event: StructuralIndex) -> LiveMatches {
        LiveMatches(matchParts(event), Unmanaged.passUnretained(edition))
    }

    /// Goes over to the newest edition of the book, if there is a newer one, and gives its number.
    /// One load, if there is none.
    @inline(__always)
    package mutating func turnToNewestEdition() -> UInt64 {
        if !mailbox.isEmpty { turnPage() }
        return editionNumber
    }

    /// Matches an event that was scanned already against the edition that the matcher has, and gives
    /// the attachments of the rules that match, in their order. No reference is counted: the edition
    /// keeps them alive, for as long as the matcher has it.
    ///
    /// - Returns: valid until the matcher is used again; nil for a rule without an attachment.
    package mutating func matchAttachments(
        _ event: StructuralIndex
    ) -> UnsafeBufferPointer<UnsafeRawPointer?> {
        buffers.pointee.attachments.removeAll()
        for number in 0..<matchedParts.count {
            let part = matchedParts[number]
            let found = part.match(event)
            if found.isEmpty { continue }
            var tail = buffers.pointee.attachments.tail(room: found.count)
            for position in found {
                let isRemoved = part.removed.map {
                    $0[Int(position / 64)] &>> UInt64(position % 64) & 1
                }
                tail.append(
                    part.attachments[Int(position)],
                    times: Int(truncatingIfNeeded: (isRemoved ?? 0) ^ 1))
            }
            buffers.pointee.attachments.take(tail)
        }
        return buffers.pointee.attachments.elements
    }

    /// Asks for what a match begins with: for callers with so many matchers that they are in no near
    /// cache, and who know ahead which one comes. The matcher itself is read.
    @inline(__always)
    package func prefetch() {
        sw_prefetch(unsafeBitCast(mailbox, to: UnsafeRawPointer.self))
        sw_prefetch(matchedParts.base)
    }

    /// Asks for what the first part's rules begin with, after ``prefetch()``, whose lines are read.
    @inline(__always)
    package func prefetchRules() {
        if matchedParts.count == 0 { return }
        let part = matchedParts[0]
        let attachments = UnsafeRawPointer(part.attachments)
        sw_prefetch(attachments)
        sw_prefetch(attachments + 64)
        // Rules that the buses have in common are in a near cache anyway.
        if part.rulesNumber == part.matcher.pointee.turnedTo { return }
        let rules = UnsafeRawPointer(part.rules.toOpaque())
        for line in 0..<(MemoryLayout<RuleTables>.size / 64 + 1) {
            sw_prefetch(rules + 64 * line)
        }
    }

    /// Scans an event and matches it.
    ///
    /// - Returns: the names of the rules that match, in the order in which they came into the book.
    /// - Throws: what is wrong with the event's JSON.
    public mutating func matchNames(_ event: borrowing RawSpan) throws(JSONError) -> [String] {
        let matches = try match(event)
        return matches.indices.map { matches[$0].name }
    }

    /// Scans an event and matches it.
    ///
    /// - Returns: the names of the rules that match, in the order in which they came into the book.
    /// - Throws: what is wrong with the event's JSON.
    public mutating func matchNames(_ event: String) throws(JSONError) -> [String] {
        try matchNames(event.utf8Span.span.bytes)
    }

    private mutating func matchParts(_ event: StructuralIndex) -> UnsafeBufferPointer<UInt32> {
        if !mailbox.isEmpty { turnPage() }
        // A single part of which nothing was removed needs nothing done to its answer.
        if matchedParts.count == 1, matchedParts[0].removed == nil {
            return matchedParts[0].match(event)
        }
        buffers.pointee.positions.removeAll()
        for number in 0..<matchedParts.count {
            let part = matchedParts[number]
            let found = part.match(event)
            var tail = buffers.pointee.positions.tail(room: found.count)
            if let removed = part.removed {
                for position in found {
                    let bit = removed[Int(position / 64)] &>> UInt64(position % 64) & 1
                    tail.append(
                        part.start &+ position, times: Int(truncatingIfNeeded: bit ^ 1))
                }
            } else {
                for position in found { tail.append(part.start &+ position) }
            }
            buffers.pointee.positions.take(tail)
        }
        return buffers.pointee.positions.elements
    }

    /// Goes over to the newest edition: takes along what it has for levels that are still there.
    @inline(never)
    private mutating func turnPage() {
        guard let delivery = mailbox.take() else { return }
        let old = Discarded(edition, matchers)
        let known = matchers + delivery.matchers
        edition = delivery.edition
        editionNumber = edition.number
        matchers = edition.parts.map { part in
            // What came into the book while this matcher was being made has not been delivered.
            known.first { $0.level === part.level }
                ?? LevelMatcher(part.level, for: mailbox)
        }
        fillMatchedParts()
        // To free a large level takes milliseconds, in which no event would be matched.
        if old.weight(without: edition) > RuleBook.openWeightMax * 16 {
            DispatchQueue.global(qos: .utility).async { withExtendedLifetime(old) {} }
        }
    }

    private mutating func fillMatchedParts() {
        matchedParts.removeAll()
        for (number, part) in edition.parts.enumerated() {
            matchedParts.append(
                MatchedPart(
                    matcher: matchers[number].matcher,
                    rules: Unmanaged.passUnretained(part.level.compiled),
                    rulesNumber: part.level.compiled.number, removed: part.removed?.bits.base,
                    attachments: part.level.attachments.base, start: edition.starts[number]))
        }
    }
}

/// A part of an edition as the hot path needs it. The matcher keeps what it points to.
struct MatchedPart: BitwiseCopyable {
    var matcher: UnsafeMutablePointer<Matcher>
    var rules: Unmanaged<RuleSet>
    var rulesNumber: UInt64
    /// A bit for each rule that was removed, or nil.
    var removed: UnsafePointer<UInt64>?
    /// By the position of a rule in the level.
    var attachments: UnsafePointer<UnsafeRawPointer?>
    /// The position of the first rule in the edition.
    var start: UInt32

    /// The rules of the level that an event matches, those included that were removed. Valid until
    /// any matcher is used that shares its scratch memory with this one.
    @inline(__always)
    func match(_ event: StructuralIndex) -> UnsafeBufferPointer<UInt32> {
        matcher.pointee.turn(to: rules, number: rulesNumber)
        return matcher.pointee.matchUnborrowed(event)
    }
}

/// What a matcher had before it went over to a newer edition.
private final class Discarded: @unchecked Sendable {
    private let edition: RuleEdition
    private let matchers: [LevelMatcher]

    init(_ edition: RuleEdition, _ matchers: [LevelMatcher]) {
        self.edition = edition
        self.matchers = matchers
    }

    func weight(without newer: RuleEdition) -> Int {
        edition.parts.reduce(0) { sum, part in
            newer.parts.contains { $0.level === part.level } ? sum : sum + part.level.weight
        }
    }
}

/// The rules of a book that match an event, in the order in which they came into the book.
public struct LiveMatches: ~Escapable {
    private let positions: UnsafeBufferPointer<UInt32>
    /// The matcher has it for as long as it is not used again.
    private let edition: Unmanaged<RuleEdition>

    /// The caller sees to it that the matches are not used longer than the positions and the edition
    /// are there.
    @_lifetime(immortal)
    init(_ positions: UnsafeBufferPointer<UInt32>, _ edition: Unmanaged<RuleEdition>) {
        self.positions = positions
        self.edition = edition
    }

    /// How many there are.
    public var count: Int { positions.count }
    /// Whether there are none.
    public var isEmpty: Bool { positions.isEmpty }
    /// What the matches can be asked for.
    public var indices: Range<Int> { 0..<count }

    /// One of the rules. O(1), but for books that are being changed much.
    public subscript(_ index: Int) -> LiveRule {
        precondition(indices.contains(index), "no such match")
        let position = positions[index]
        return edition._withUnsafeGuaranteedRef { $0.rule(at: position) }
    }
}
