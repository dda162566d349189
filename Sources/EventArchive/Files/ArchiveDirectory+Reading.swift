internal import InternalSystem

extension ArchiveDirectory {
    /// Opens a segment's records for reading, also if it was sealed, and so renamed, since it was
    /// found. Nil if it is gone.
    func openContent(
        of segment: SegmentDescription
    ) throws(ArchiveError) -> (any SegmentContent)? {
        if let file = try openSegment(segment.name), try isKept(file, of: segment.name) {
            return segment.hasFooter || segment.name.isSealed
                ? try MappedSegment(file, recordsEnd: segment.recordsEnd)
                : try GatheredSegment(
                    file, (segment.header.archive, segment.header.id), in: self,
                    recordsEnd: segment.recordsEnd, fileEnd: segment.fileEnd)
        }
        // It can have been compressed since it was found.
        guard let file = try openIfThere(segment.name.compressedFileName) else { return nil }
        guard let library = Zstandard.library else { throw .noCompression }
        return try CompressedSegment(file, segment, library)
    }

    /// Sees to it that a file is not made a segment of something else as long as it is open. False if
    /// that has happened before: then it is locked the other way, or has another name.
    private func isKept(
        _ file: borrowing ArchiveFile, of name: SegmentName
    ) throws(ArchiveError) -> Bool {
        // A file system without such locks says so by an error: there nobody takes one the other way.
        if (try? file.file.lockAsWhole(.shared)) == false { return false }
        guard let named = try openSegment(name) else { return false }
        return try named.identity() == file.identity()
    }

    /// Opens a segment's file, also if it was sealed, and so renamed, since it was found. Nil if it is
    /// gone.
    func openSegment(_ name: SegmentName) throws(ArchiveError) -> ArchiveFile? {
        for candidate in name.laterNames {
            if let file = try openIfThere(candidate.fileName) { return file }
        }
        return nil
    }

    /// The first page of a segment's file, which has its header: that of a segment that has just begun
    /// may still be in the ring.
    func headerPage(
        of file: borrowing ArchiveFile, _ id: UInt64, _ archive: ArchiveID, isSealed: Bool = false
    ) throws(ArchiveError) -> [UInt8] {
        let page = try file.read(0..<ArchiveFormat.segmentHeaderBytes)
        if isSealed { return page }
        if try SegmentHeader.decode(page, file: file.name)?.id == id { return page }
        let gathered = try GatheredSegment(
            try file.duplicate(), (archive, id), in: self,
            recordsEnd: ArchiveFormat.segmentHeaderBytes)
        return try gathered.read(0..<ArchiveFormat.segmentHeaderBytes)
    }

    /// Opens a file; nil if there is none.
    func openIfThere(_ name: String) throws(ArchiveError) -> ArchiveFile? {
        do throws(ArchiveError) {
            return try openFile(name)
        } catch {
            guard error.isMissingFile else { throw error }
            return nil
        }
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

extension SegmentSurvey {
    /// What a segment is that exists in compressed form alone; nil otherwise. O(frames).
    static func examineCompressed(
        _ name: SegmentName, in directory: ArchiveDirectory, of archive: ArchiveID,
        report: inout ArchiveRecoveryReport
    ) throws(ArchiveError) -> Finding? {
        guard name.isSealed, try directory.openIfThere(name.fileName) == nil,
            let file = try directory.openIfThere(name.compressedFileName)
        else { return nil }
        let fileBytes = try file.byteCount()
        guard let table = try CompressedTable(file, fileBytes: fileBytes),
            let footer = SegmentFooter.decode(
                table.footer, at: table.segmentBytes - table.footer.count, file: name.fileName),
            footer.header == table.header
        else {
            report.problems.append(
                ArchiveProblem(
                    file: name.compressedFileName, offset: UInt64(fileBytes),
                    found: "no good table of frames",
                    expected: "one at the end (zstd -d gives the segment back)"))
            return .unreadable(fileBytes: fileBytes)
        }
        try check(table.header, against: name, of: archive, file: name.compressedFileName)
        return .readable(
            SegmentDescription(
                name: name, header: footer.header, hasFooter: true, fileBytes: fileBytes,
                recordsEnd: footer.recordsEnd, summary: footer.summary, gaps: footer.gaps,
                keyFilter: footer.keyFilter, isCompressed: true))
    }
}
