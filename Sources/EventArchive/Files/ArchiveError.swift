internal import InternalSystem

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why an archive cannot be opened, or an event not be appended. Nothing that was written before is
/// lost by any of these. Files are named within the archive's directory.
public enum ArchiveError: Error, Hashable, Sendable {
    /// There is no such directory.
    case missingDirectory(directory: String)
    /// The directory has nothing in it to read.
    case noArchive(directory: String)
    /// The directory holds files, none of them a segment, and no `archive.identity`: it is somebody
    /// else's.
    case foreignDirectory(directory: String)
    /// The directory holds segments and no `archive.identity`. ``ArchiveRepair`` writes it anew.
    case lostIdentity(directory: String)
    /// Another writer, in this process or another, has the archive open.
    case locked(directory: String)
    /// `archive.identity` is not what a writer wrote. ``ArchiveRepair`` writes it anew.
    case damagedIdentity(directory: String)
    /// `archive.identity` is lost or damaged, and no segment tells its id, or they tell several.
    case unknownIdentity(directory: String)
    /// A file has a major version that this code does not know.
    case newerFormat(file: String, major: UInt16, supported: UInt16)
    /// A segment belongs to another archive.
    case foreignSegment(file: String)
    /// A segment's name does not tell what its header tells.
    case misnamedSegment(file: String, id: UInt64, firstSequence: UInt64)
    /// Two files claim the same segment id.
    case duplicateSegment(id: UInt64, files: [String])
    /// Two segments both have these sequence numbers.
    case overlappingSegments(earlier: String, later: String, sequences: Range<UInt64>)
    /// The newest segment can be read neither by header nor by footer, so that a writer cannot know
    /// the next sequence number. Readers still read all other segments.
    case unreadableSegment(file: String)
    /// A value of the configuration is out of its range.
    case invalidConfiguration(String)
    /// The event is larger than the configuration, or a segment, allows.
    case eventTooLarge(bytes: Int, limit: Int)
    /// The disk has no room for a segment (or a quota or file size limit forbids it). Appending can
    /// be tried again when there is room.
    case diskFull(file: String, bytes: Int, errno: Int32)
    /// A sync failed. What was not durable before may be lost, and no later sync could tell: the
    /// writer accepts nothing any more. Find the fault, then open the archive anew.
    case syncFailed(file: String, errno: Int32)
    /// Another process has cut a segment that was being written. What it cut off is lost; everything
    /// else stays readable. The writer accepts nothing any more: open the archive anew.
    case fileCut
    /// Another process is removing or compressing segments.
    case maintained(directory: String)
    /// A segment is to be compressed or read compressed, and the system has no `libzstd.so.1`.
    case noCompression
    /// Another system call failed.
    case system(call: String, file: String, errno: Int32)
    /// The writer was closed.
    case closed
}

extension ArchiveError: CustomStringConvertible {
    /// What was found, what was expected, and what to do.
    public var description: String {
        switch self {
        case .missingDirectory(let directory):
            "\(directory): there is no such directory"
        case .noArchive(let directory):
            "\(directory): no archive here (no archive.identity)"
        case .foreignDirectory(let directory):
            "\(directory): no archive (it holds files but no archive.identity, so none is begun here)"
        case .lostIdentity(let directory):
            "\(directory)/archive.identity: missing; \(Self.identityRemedy)"
        case .locked(let directory):
            "\(directory): another writer has this archive open; only one can"
        case .damagedIdentity(let directory):
            "\(directory)/archive.identity: damaged; \(Self.identityRemedy)"
        case .unknownIdentity(let directory):
            "\(directory)/archive.identity: missing or damaged, and the segments do not agree on what "
                + "was in it; restore these 64 bytes from a copy"
        case .newerFormat(let file, let major, let supported):
            "\(file): format version \(major), but this code reads version \(supported); upgrade it"
        case .foreignSegment(let file):
            "\(file): a segment of another archive; move it away"
        case .misnamedSegment(let file, let id, let firstSequence):
            "\(file): its header says segment \(id) from sequence \(firstSequence); rename it back to "
                + SegmentName.correct(file, id: id, firstSequence: firstSequence)
        case .duplicateSegment(let id, let files):
            "segment \(id) exists more than once (\(files.joined(separator: ", "))); keep one"
        case .overlappingSegments(let earlier, let later, let sequences):
            "\(earlier) and \(later) both have sequence numbers "
                + "\(sequences.lowerBound) ..< \(sequences.upperBound); keep one of them"
        case .unreadableSegment(let file):
            "\(file): header damaged and no footer, so the next sequence number is unknown; "
                + "restore it from a copy, or move it away and accept its loss"
        case .invalidConfiguration(let what):
            "invalid configuration: \(what)"
        case .eventTooLarge(let bytes, let limit):
            "an event of \(bytes) bytes; this archive takes at most \(limit)"
        case .diskFull(let file, let bytes, let errno):
            "\(file): no room for \(bytes) bytes (\(describe(errorNumber: errno)))"
        case .syncFailed(let file, let errno):
            "\(file): sync failed (\(describe(errorNumber: errno))); the archive accepts nothing any more"
        case .fileCut:
            "a segment was cut by another process while it was written; open the archive anew"
        case .maintained(let directory):
            "\(directory): another process is removing or compressing segments; try again later"
        case .noCompression:
            "no working libzstd.so.1 on this system (Debian's package is libzstd1)"
        case .system(let call, let file, let errno):
            "\(file): \(call) failed (\(describe(errorNumber: errno)))"
        case .closed:
            "the archive writer is closed"
        }
    }
}

extension ArchiveError {
    private static let identityRemedy =
        "`switchyard archive repair` writes it anew from what the segments tell"

    /// Whether a file that was to be opened is not there.
    var isMissingFile: Bool {
        if case .system(call: "open", file: _, errno: ENOENT) = self { return true }
        return false
    }
}
