#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The segment that a writer appends to: its file, allocated and mapped, and what its footer will need.
///
/// `SegmentTail` appends to the mapping between calls of `prepare`, `commit` and `seal`.
final class OpenSegment {
    let name: SegmentName
    let header: SegmentHeader
    private let mapped: MappedFile
    private let calls: FileSystemCalls
    private let gaps: [ArchiveGap]
    /// Where the last record must end, so that the footer fits behind it.
    private let recordsLimit: Int
    private let prefaultBytes: Int
    /// Pages below this are mapped for writing already.
    private var populatedEnd: Int
    /// Bytes below this are durable.
    private var durableEnd: Int
    private var digest: SegmentDigest

    private init(
        name: SegmentName, header: SegmentHeader, mapped: consuming MappedFile, recordsEnd: Int,
        gaps: [ArchiveGap], prefaultBytes: Int, calls: FileSystemCalls
    ) {
        self.name = name
        self.header = header
        self.mapped = mapped
        self.calls = calls
        self.gaps = gaps
        recordsLimit = SegmentLayout.recordsLimit(capacity: Int(header.capacity))
        self.prefaultBytes = (prefaultBytes + 8191) & ~8191
        populatedEnd = recordsEnd & ~4095
        durableEnd = recordsEnd
        digest = SegmentDigest(header)
    }

    /// Makes a segment: allocates its file, writes its header, syncs both, gives it its name and syncs
    /// that. Throws `diskFull` and leaves nothing behind if there is no room.
    static func create(
        _ header: SegmentHeader, in directory: ArchiveDirectory, prefaultBytes: Int,
        calls: FileSystemCalls
    ) throws(ArchiveError) -> OpenSegment {
        let name = SegmentName(
            id: header.id, firstSequence: header.firstSequence, isSealed: false)
        let creationName = name.fileName + ArchiveDirectory.creationSuffix
        let capacity = Int(header.capacity)
        do throws(ArchiveError) {
            let file = try directory.createFile(creationName)
            try file.allocate(capacity, calls)
            try file.write(header.encoded(), at: 0)
            try file.sync(calls)
        } catch {
            // The first error is the one to tell; what is left is removed by the next writer.
            try? directory.remove(creationName)
            throw error
        }
        try directory.rename(creationName, to: name.fileName)
        try directory.sync(calls)
        let file = try directory.openFile(name.fileName, writable: true)
        return OpenSegment(
            name: name, header: header,
            mapped: try MappedFile(file, byteCount: capacity, writable: true),
            recordsEnd: Int(header.recordsBegin), gaps: [], prefaultBytes: prefaultBytes,
            calls: calls)
    }

    /// Takes up a segment that another writer left: allocates it to its capacity again, zeroes what is
    /// behind the last record, and makes all that is in it durable. O(data of the segment).
    static func reopen(
        _ segment: SegmentDescription, in directory: ArchiveDirectory, prefaultBytes: Int,
        calls: FileSystemCalls
    ) throws(ArchiveError) -> OpenSegment {
        let file = try directory.openFile(segment.name.fileName, writable: true)
        let size = max(Int(segment.header.capacity), segment.recordsEnd)
        try file.allocate(size, calls)
        let mapped = try MappedFile(file, byteCount: size, writable: true)
        let dataEnd = try SegmentSearch.endOfData(
            in: mapped.file, from: segment.recordsEnd, to: size)
        mapped.zero(segment.recordsEnd..<dataEnd)
        mapped.touch(0..<segment.recordsEnd)
        try mapped.file.sync(calls)
        let open = OpenSegment(
            name: segment.name, header: segment.header, mapped: mapped,
            recordsEnd: segment.recordsEnd, gaps: segment.gaps, prefaultBytes: prefaultBytes,
            calls: calls)
        if !segment.gaps.isEmpty { open.digest.forgetKeys() }
        open.takeIn(upTo: segment.recordsEnd)
        return open
    }

    /// Where to append, from this position on.
    func tail(from position: Int, summary: SegmentSummary, eventBytesMax: Int) -> SegmentTail {
        SegmentTail(
            mapped, header: header, from: position, summary: summary,
            eventBytesMax: min(eventBytesMax, Int(header.eventBytesMax)))
    }

    /// Whether a record that ends here leaves room for the footer.
    func hasRoom(upTo recordEnd: Int) -> Bool { recordEnd <= recordsLimit }

    /// Makes way for a record from `position` to `recordEnd` (for which there is room), and returns the
    /// tail's next `stop`, at least `recordEnd`. Called about twice for each 64 KiB.
    func prepare(position: Int, recordEnd: Int) throws(ArchiveError) -> Int {
        takeIn(upTo: position)
        var stop = recordsLimit
        if prefaultBytes > 0 {
            while populatedEnd < mapped.byteCount, recordEnd > populatedEnd - prefaultBytes / 2 {
                let end = min(mapped.byteCount, populatedEnd + prefaultBytes / 2)
                try mapped.populate(populatedEnd..<end)
                populatedEnd = end
            }
            if populatedEnd < mapped.byteCount {
                stop = min(stop, populatedEnd - prefaultBytes / 2)
            }
        }
        let blockEnd = digest.end + ArchiveFormat.checksumBlockBytes
        return max(recordEnd, min(stop, blockEnd))
    }

    /// Bytes are taken in as soon as they are complete, while the cache still has them.
    private func takeIn(upTo position: Int) {
        if position > digest.end { digest.add(mapped.bytes(digest.end..<position)) }
    }

    /// Makes the records that end at `position` durable. Throws `syncFailed`.
    func commit(upTo position: Int) throws(ArchiveError) {
        guard position > durableEnd else { return }
        let begin = durableEnd & ~(pageBytes - 1)
        let error = calls.syncPages(mapped.base + begin, position - begin)
        guard error == 0 else { throw .syncFailed(file: name.fileName, errno: error) }
        durableEnd = position
    }

    /// Writes the footer, cuts the file behind it, syncs it, renames it, and syncs the directory, in
    /// that order: under its new name a segment is complete. The mapping must not be used afterwards.
    func seal(
        _ summary: SegmentSummary, recordsEnd: Int, in directory: ArchiveDirectory
    ) throws(ArchiveError) {
        takeIn(upTo: recordsEnd)
        let footer = SegmentFooter(
            header: header, summary: summary, sealed: wallClockNanoseconds(),
            recordsEnd: recordsEnd, blockChecksums: digest.allChecksums(), gaps: gaps,
            keyFilter: digest.keyFilter(capacity: Int(header.capacity))
        ).encoded()
        try mapped.file.write(footer, at: recordsEnd)
        try mapped.file.truncate(to: recordsEnd + footer.count)
        try mapped.file.sync(calls)
        durableEnd = recordsEnd
        try directory.rename(name.fileName, to: name.sealed.fileName)
        try directory.sync(calls)
    }
}

extension OpenFile {
    /// Gives the file a size with every block allocated. Throws `diskFull`.
    func allocate(_ byteCount: Int, _ calls: FileSystemCalls) throws(ArchiveError) {
        let error = calls.allocate(descriptor, byteCount)
        guard error == 0 else {
            throw .writing(name, bytes: byteCount, call: "fallocate", errno: error)
        }
    }
}

/// The processor's page size, which `msync` wants its start to be a multiple of.
private let pageBytes = sysconf(Int32(_SC_PAGESIZE))
