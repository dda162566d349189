internal import InternalSystem

/// How much of an archive is kept. Whole segments go, the oldest first.
public struct ArchiveRetention: Sendable, Hashable {
    /// Segments whose newest record came before now minus this go; nil for no limit.
    public var ageNanoseconds: Int64?
    /// The oldest segments go until all files together have no more than this; nil for no limit.
    public var bytes: UInt64?

    /// Limits as given.
    public init(ageNanoseconds: Int64? = nil, bytes: UInt64? = nil) {
        self.ageNanoseconds = ageNanoseconds
        self.bytes = bytes
    }
}

/// What retention did.
public struct ArchiveRetentionReport: Sendable, Hashable {
    /// The files that are gone.
    public internal(set) var removed: [String] = []
    /// Their size.
    public internal(set) var bytes: UInt64 = 0
    /// The segment that would go next, but somebody means to read it.
    public internal(set) var pinned: String?

    /// A report of nothing.
    public init() {}
}

extension ArchiveReader {
    /// Removes the segments that are beyond a limit, also while a writer appends.
    ///
    /// The newest segment that holds records stays, and every open one; removal stops at the first
    /// segment that a reader has pinned, so that what is left has no hole. Files are unlinked, never
    /// cut: whoever has one open goes on reading it. O(segments).
    ///
    /// - Parameter now: in nanoseconds since 1970.
    /// - Throws: `maintained` if another process is at it, `system`, `syncFailed`.
    @discardableResult
    public func retain(
        _ retention: ArchiveRetention, now: Int64
    ) throws(ArchiveError) -> ArchiveRetentionReport {
        try directory.maintaining { () throws(ArchiveError) in
            try retainAlone(retention, now: now)
        }
    }

    private func retainAlone(
        _ retention: ArchiveRetention, now: Int64
    ) throws(ArchiveError) -> ArchiveRetentionReport {
        var report = ArchiveRetentionReport()
        var bytes = segments.reduce(UInt64(0)) { $0 + UInt64($1.fileBytes) }
        let newest = segments.lastIndex { $0.summary.records > 0 } ?? segments.endIndex
        for segment in segments[..<newest] {
            guard segment.hasFooter, segment.name.isSealed,
                retention.rejects(segment.summary, bytes: bytes, now: now)
            else { break }
            let isRemoved: Void? = try SegmentPin.withoutPins(on: segment.header.id, in: directory)
            {
                () throws(ArchiveError) in try directory.removeSegment(segment.name)
            }
            guard isRemoved != nil else {
                report.pinned = segment.name.fileName
                break
            }
            report.removed.append(segment.name.fileName)
            report.bytes += UInt64(segment.fileBytes)
            bytes -= UInt64(segment.fileBytes)
        }
        if !report.removed.isEmpty { try directory.sync() }
        return report
    }
}

extension ArchiveRetention {
    /// How often to look without an occasion: ten times while a record gets as old as it may, but not
    /// more than once a second, nor less than once a minute. Nil if nothing gets old.
    var lookNanoseconds: UInt64? {
        ageNanoseconds.map { UInt64(min(60, max(1, $0 / 10_000_000_000))) * 1_000_000_000 }
    }

    /// Whether a segment with these records is to go while all together have so many bytes.
    func rejects(_ segment: SegmentSummary, bytes all: UInt64, now: Int64) -> Bool {
        if let bytes, all > bytes { return true }
        guard let ageNanoseconds else { return false }
        return segment.records == 0 || segment.ingestTimes.last < now &- ageNanoseconds
    }
}

extension ArchiveDirectory {
    static let maintenanceLockName = "maintenance.lock"

    /// Calls `body` while nobody else removes or compresses segments. Throws `maintained`.
    func maintaining<Result>(
        _ body: () throws(ArchiveError) -> Result
    ) throws(ArchiveError) -> Result {
        let file = try createFile(Self.maintenanceLockName)
        let isAlone: Bool
        do throws(FileError) {
            isAlone = try file.file.lockAsWhole(.exclusive)
        } catch { throw ArchiveError(error, file.name) }
        guard isAlone else { throw .maintained(directory: path) }
        defer { file.file.unlockAsWhole() }
        return try body()
    }

    /// Removes a sealed segment in whatever form, and its index. The index goes last: one without a
    /// segment does no harm.
    func removeSegment(_ name: SegmentName) throws(ArchiveError) {
        try remove(name.fileName)
        try remove(name.compressedFileName)
        try remove(name.indexFileName)
    }
}

extension ArchiveDirectory {
    /// Makes the file of a sealed segment a spare, under a name of its own. False if the file is not
    /// there, or somebody reads it. The caller has seen to it that nobody can pin it.
    func makeSpare(of name: SegmentName) throws(ArchiveError) -> Bool {
        let file: ArchiveFile
        do throws(ArchiveError) {
            file = try openFile(name.fileName, writable: true)
        } catch {
            guard error.isMissingFile else { throw error }
            return false
        }
        // Who opened it before has a lock on it, and who comes later sees that it has another name.
        guard (try? file.file.lockAsWhole(.exclusive)) == true else { return false }
        try rename(name.fileName, to: SegmentName.spareName(name.id))
        // What it was must not be read as what it will be.
        try file.write(Array(repeating: 0, count: ArchiveFormat.segmentHeaderBytes), at: 0)
        return true
    }
}
