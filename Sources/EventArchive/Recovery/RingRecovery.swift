extension ArchiveDirectory {
    /// Writes what an earlier writer had gathered in `ring` to its segments' files, and removes the ring,
    /// durably: one that came back would have records that were lost once, and whose numbers others have
    /// by then. The caller holds the lock. Interrupted, it is done again. O(data of the segments that the
    /// ring has a part of).
    func finishRing(of archive: ArchiveID) throws(ArchiveError) {
        guard let ring = try RingView(self, of: archive) else { return }
        let gathered = Set(ring.segments)
        for name in try segmentNames(withDuplicates: true)
        where !name.isSealed && gathered.contains(name.id) {
            try finishGathered(name, of: archive)
        }
        try remove(RingLayout.fileName)
        try sync()
    }

    /// Only a header and records count: whatever else the ring has may be left of what was there before.
    private func finishGathered(
        _ name: SegmentName, of archive: ArchiveID
    ) throws(ArchiveError) {
        let fileName = name.fileName
        let file = try openFile(fileName, writable: true)
        let fileBytes = try file.byteCount()
        // Row B4: everything was written before the footer.
        if try SegmentSurvey.readFooter(file, fileBytes: fileBytes) != nil { return }
        let page = try headerPage(of: file, name.id, archive)
        guard let header = try SegmentHeader.decode(page, file: fileName),
            header.archive == archive, header.id == name.id
        else { return }
        let segment = try SegmentSurvey.scan(
            try file.duplicate(), fileBytes, name: name, header: header, in: self, tail: nil)
        let hasHeader = try file.read(0..<page.count) == page
        if hasHeader, segment.recordsEnd == segment.fileEnd { return }
        let content = try GatheredSegment(
            try file.duplicate(), (archive, name.id), in: self, recordsEnd: segment.recordsEnd,
            fileEnd: segment.fileEnd)
        if !hasHeader { try file.write(page, at: 0) }
        let pieceBytes = 1 << 20
        for begin in stride(from: segment.fileEnd, to: segment.recordsEnd, by: pieceBytes) {
            let piece = begin..<min(begin + pieceBytes, segment.recordsEnd)
            try file.write(try content.read(piece), at: begin)
        }
        try file.sync()
    }
}
