/// A selection as closed bounds: six comparisons a record, without a branch on what was asked for.
struct RecordFilter: Sendable {
    private(set) var sequences: ClosedBounds<UInt64>
    let ingestTimes: ClosedBounds<Int64>
    let eventTimes: ClosedBounds<Int64>
    let keys: KeyTests

    init(_ selection: ArchiveSelection) {
        sequences = ClosedBounds(selection.sequences)
        ingestTimes = ClosedBounds(selection.ingestTimes)
        eventTimes = ClosedBounds(selection.eventTimes)
        keys = KeyTests(selection)
    }

    @inline(__always)
    func accepts(_ record: UnsafeRawPointer, sequence: UInt64) -> Bool {
        isWithinBounds(record, sequence: sequence)
            && (keys.isEmpty || keys.accept(RecordLayout.keys(record)))
    }

    /// Whether a record's number and times are asked for.
    @inline(__always)
    func isWithinBounds(_ record: UnsafeRawPointer, sequence: UInt64) -> Bool {
        sequences.contains(sequence) && ingestTimes.contains(RecordLayout.ingestTime(record))
            && eventTimes.contains(RecordLayout.eventTime(record))
    }

    /// Takes no number below this one any more.
    mutating func begin(at sequence: UInt64) { sequences.begin(at: sequence) }

    /// How many of a segment's records have numbers that are asked for; if some of its records are
    /// lost, at most so many.
    func records(of segment: SegmentDescription) -> UInt64 {
        let first = max(segment.header.firstSequence, sequences.first)
        let last = min(segment.summary.endSequence &- 1, sequences.last)
        guard segment.summary.endSequence > first, first <= last else { return 0 }
        return min(segment.summary.records, last - first + 1)
    }

    /// Whether a segment can hold a record that is asked for, by what its footer says. O(keys).
    func mayAccept(_ segment: SegmentDescription) -> Bool {
        let (first, end) = (segment.header.firstSequence, segment.summary.endSequence)
        return first < end && first <= sequences.last && end > sequences.first
            && ingestTimes.overlaps(segment.summary.ingestTimes)
            && eventTimes.overlaps(segment.summary.eventTimes)
            && (segment.keyFilter.map(keys.mayBe(in:)) ?? true)
    }

    /// Whether an index can help to pass over records of a segment: sequence numbers alone need none.
    func isSelective(in segment: SegmentDescription) -> Bool {
        !keys.isEmpty || !ingestTimes.contains(segment.summary.ingestTimes)
            || !eventTimes.contains(segment.summary.eventTimes)
    }

    /// Whether a gap can hide a record that is asked for: of its times and keys nobody knows.
    func mayConcern(_ gap: ArchiveGap) -> Bool {
        gap.sequences.lowerBound <= sequences.last
            && (gap.sequences.isEmpty || gap.sequences.upperBound > sequences.first)
    }
}

/// The keys that a record has to have: one of each kind that is asked for.
struct KeyTests: Sendable {
    let sources: KeyHashes?
    let detailTypes: KeyHashes?
    let accounts: KeyHashes?
    /// Whether no key is asked for.
    let isEmpty: Bool

    init(_ selection: ArchiveSelection) {
        sources = KeyHashes(selection.sources)
        detailTypes = KeyHashes(selection.detailTypes)
        accounts = KeyHashes(selection.accounts)
        isEmpty = sources == nil && detailTypes == nil && accounts == nil
    }

    /// Whether a segment with these keys can have a record that passes. O(hashes).
    func mayBe(in filter: KeyFilter) -> Bool {
        let tests = [
            (ArchiveKeyKind.source, sources), (.detailType, detailTypes), (.account, accounts),
        ]
        return tests.allSatisfy { kind, wanted in
            wanted?.hashes.contains { filter.mayContain(kind, $0) } ?? true
        }
    }

    func accept(_ keys: ArchiveKeys) -> Bool {
        sources?.accepts(keys.source) ?? true
            && detailTypes?.accepts(keys.detailType) ?? true
            && accounts?.accepts(keys.account) ?? true
    }
}

/// A range with both ends in it; none at all when `first` is greater than `last`.
struct ClosedBounds<Bound: FixedWidthInteger & Sendable>: Sendable {
    private(set) var first: Bound
    let last: Bound

    init(_ range: Range<Bound>?) {
        guard let range else {
            (first, last) = (.min, .max)
            return
        }
        (first, last) = range.isEmpty ? (.max, .min) : (range.lowerBound, range.upperBound - 1)
    }

    @inline(__always)
    func contains(_ value: Bound) -> Bool { first <= value && value <= last }

    var isUnbounded: Bool { first == .min && last == .max }

    mutating func begin(at value: Bound) { first = max(first, value) }
}

extension ClosedBounds<Int64> {
    func overlaps(_ span: TimeSpan) -> Bool { first <= span.last && span.first <= last }

    func contains(_ span: TimeSpan) -> Bool { first <= span.first && span.last <= last }
}
