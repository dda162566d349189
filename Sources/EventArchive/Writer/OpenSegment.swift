internal import InternalSystem

/// A segment from its first record until it is sealed: its file, and what its footer will need.
///
/// One thread at a time uses its digest, and one its name: those of the queues of `BufferedLog` and of
/// `SegmentCompletion`; sealing needs both, and comes when everything was taken in.
final class OpenSegment: @unchecked Sendable {
    /// The name once the file has it.
    let name: SegmentName
    let header: SegmentHeader
    let file: SegmentFile
    private let directory: ArchiveDirectory
    private let gaps: [ArchiveGap]
    private var digest: SegmentDigest
    /// The name that the file has now.
    private var currentName: SegmentName

    private init(
        _ header: SegmentHeader, _ file: SegmentFile, named current: SegmentName,
        gaps: [ArchiveGap], in directory: ArchiveDirectory
    ) {
        name = current.open
        currentName = current
        self.header = header
        self.file = file
        self.directory = directory
        self.gaps = gaps
        digest = SegmentDigest(header)
    }

    /// A prepared file becomes a segment once this header is in it.
    convenience init(
        beginning header: SegmentHeader, in file: SegmentFile, _ directory: ArchiveDirectory
    ) {
        self.init(
            header, file,
            named: SegmentName(
                id: header.id, firstSequence: header.firstSequence, state: .prepared),
            gaps: [], in: directory)
    }

    /// Takes up a segment that another writer left, with its file.
    convenience init(
        continuing segment: SegmentDescription, in file: SegmentFile, _ directory: ArchiveDirectory
    ) {
        self.init(
            segment.header, file, named: segment.name, gaps: segment.gaps, in: directory)
        if !segment.gaps.isEmpty { digest.forgetKeys() }
    }

    /// Where the last record must end, so that the footer fits behind it.
    var recordsLimit: Int { SegmentLayout.recordsLimit(capacity: Int(header.capacity)) }

    /// Up to where its bytes were taken in.
    var takenEnd: Int { digest.end }

    /// Takes in what the footer needs to know of the bytes behind those before; they end with a record.
    func takeIn(_ bytes: UnsafeRawBufferPointer) { digest.add(bytes) }

    /// Gives the file of a segment that has begun its name: the header first, so that no name ever
    /// promises more than there is.
    func giveName() throws(ArchiveError) {
        guard currentName != name else { return }
        if !file.isDurable { try sync() }
        try directory.rename(currentName.fileName, to: name.fileName)
        currentName = name
        try directory.sync()
    }

    /// Makes all that was written durable.
    func sync() throws(ArchiveError) {
        do throws(ArchiveError) {
            try file.withFile { file throws(ArchiveError) in try file.sync() }
        } catch .syncFailed(_, let errno) {
            throw .syncFailed(file: name.fileName, errno: errno)
        }
    }

    /// Writes the footer, cuts the file behind it, syncs it, renames it, and syncs the directory, in
    /// that order: under its new name a segment is complete. All records were taken in before.
    ///
    /// Returns the size of the file.
    @discardableResult
    func seal(_ summary: SegmentSummary, recordsEnd: Int) throws(ArchiveError) -> Int {
        let footer = SegmentFooter(
            header: header, summary: summary, sealed: directory.clock.wallTime,
            recordsEnd: recordsEnd, blockChecksums: digest.allChecksums(), gaps: gaps,
            keyFilter: digest.keyFilter(capacity: Int(header.capacity))
        ).encoded()
        do throws(ArchiveError) {
            try file.withFile { file throws(ArchiveError) in
                try file.write(footer, at: recordsEnd)
                try file.truncate(to: recordsEnd + footer.count)
                try file.sync()
            }
        } catch .syncFailed(_, let errno) {
            throw .syncFailed(file: name.fileName, errno: errno)
        }
        try directory.rename(currentName.fileName, to: name.sealed.fileName)
        currentName = name.sealed
        try directory.sync()
        return recordsEnd + footer.count
    }

    /// Removes a segment that got no record.
    func remove() throws(ArchiveError) { try directory.remove(currentName.fileName) }
}
