/// Sequence numbers that the archive should have and cannot give.
public struct ArchiveGap: Sendable, Hashable {
    /// Why they are missing.
    public enum Reason: Sendable, Hashable {
        /// Bytes inside a segment are no good record.
        case damaged
        /// The end of a segment's records is missing, and the next segment tells how many.
        case lost
        /// No segment in the directory has them.
        case missingSegment
        /// The segment that has them can be read neither by header nor by footer.
        case unreadableSegment
    }

    /// The file with the damage; for a missing segment, the one behind it.
    public var file: String
    /// The missing sequence numbers; empty if nothing tells how many there were.
    public var sequences: Range<UInt64>
    /// The bad bytes of the file.
    public var bytes: Range<UInt64>
    /// Why they are missing.
    public var reason: Reason

    /// The missing events for people: `event 7`, `events 7 to 9`.
    public var events: String {
        let first = sequences.lowerBound
        return switch sequences.count {
        case 0: "events from \(first) on, nobody knows how many"
        case 1: "event \(first)"
        default: "events \(first) to \(sequences.upperBound - 1)"
        }
    }
}

/// One thing in an archive's files that is not as a writer leaves it.
public struct ArchiveProblem: Sendable, Hashable {
    /// The file, named within the archive's directory.
    public var file: String
    /// Where in the file.
    public var offset: UInt64
    /// What is there.
    public var found: String
    /// What should be there.
    public var expected: String
    /// What a person should do, where that is not to let ``ArchiveRepair`` mend it.
    public var remedy: String?
}

extension ArchiveProblem: CustomStringConvertible {
    /// `FILE:OFFSET: found ..., expected ...; REMEDY`
    public var description: String {
        "\(file):\(offset): found \(found), expected \(expected)" + (remedy.map { "; \($0)" } ?? "")
    }
}

/// What opening an archive found out; a writer's also says what it repaired.
public struct ArchiveRecoveryReport: Sendable, Hashable {
    /// What cannot be read, in the order of sequence numbers.
    public internal(set) var gaps: [ArchiveGap] = []

    /// Every problem, the gaps' among them.
    public internal(set) var problems: [ArchiveProblem] = []

    /// Bytes behind the last good record of open segments that were not zero: a record that was
    /// being written when the process or the machine stopped.
    public internal(set) var tornBytes: UInt64 = 0

    /// How many segments had no (good) footer and were read from the start to find their end.
    public internal(set) var segmentsScanned = 0

    /// Whether every file is as a writer leaves it, apart from a segment being open.
    public var isClean: Bool { problems.isEmpty && gaps.isEmpty && tornBytes == 0 }
}
