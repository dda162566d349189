#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension ArchiveDirectory {
    /// Opens a segment's records for reading, also if it was sealed, and so renamed, since it was
    /// found. Nil if it is gone.
    func openContent(
        of segment: SegmentDescription, isGrowing: Bool = false
    ) throws(ArchiveError) -> MappedSegment? {
        guard let file = try openSegment(segment.name) else { return nil }
        let content = try MappedSegment(file, segment, isGrowing: isGrowing)
        content.adviseSequentialReading()
        return content
    }

    /// Opens a segment's file, also if it was sealed, and so renamed, since it was found. Nil if it is
    /// gone.
    func openSegment(_ name: SegmentName) throws(ArchiveError) -> OpenFile? {
        for candidate in name.laterNames {
            do throws(ArchiveError) {
                return try openFile(candidate.fileName)
            } catch {
                guard error.isMissingFile else { throw error }
            }
        }
        return nil
    }

    /// What is found where a segment's index should be.
    enum IndexFinding {
        case absent
        case good(SegmentIndex)
        case bad(ArchiveProblem)
    }

    /// Opens the index of a sealed segment. O(its bytes).
    func loadIndex(of segment: SegmentDescription) throws(ArchiveError) -> IndexFinding {
        let name = segment.name.indexFileName
        do throws(ArchiveError) {
            let file = try openFile(name)
            let byteCount = try file.byteCount()
            let mapped = try MappedFile(file, byteCount: byteCount, writable: false)
            if let index = try SegmentIndex(mapped, of: segment) { return .good(index) }
            return .bad(
                ArchiveProblem(
                    file: name, offset: 0, found: "\(byteCount) bytes that are no good index",
                    expected: "the index of \(segment.name.fileName)"))
        } catch .newerFormat {
            // What a later version wrote is no use here, and not wrong.
            return .absent
        } catch {
            if error.isMissingFile { return .absent }
            throw error
        }
    }

    /// Puts an index in place of the one that is there, if any. Not synced: it can be made again.
    func writeIndex(_ bytes: [UInt8], of segment: SegmentName) throws(ArchiveError) {
        let name = segment.indexFileName
        let file = try createFile(name + Self.creationSuffix)
        try file.write(bytes, at: 0)
        try rename(name + Self.creationSuffix, to: name)
    }
}

extension ArchiveProblem {
    /// An index that says where a record is, and none is there.
    static func wrongIndex(_ file: String, recordAt offset: Int) -> ArchiveProblem {
        ArchiveProblem(
            file: file, offset: 0, found: "an index with another record at \(offset)",
            expected: "what the segment says")
    }
}
