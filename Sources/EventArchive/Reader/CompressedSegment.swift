#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A segment in independent frames, decompressed as far as it is read.
///
/// A frame whose checksum is wrong, or that gives other bytes than it should, reads as zeros: no record
/// is made of zeros, so that whoever walks over it finds damage and goes on behind.
///
/// Unsafe: `buffer` holds the frames `loaded`, one behind the other. Windows into it live until the next
/// one is asked for.
final class CompressedSegment: SegmentContent {
    let recordsEnd: Int
    private let table: CompressedTable
    private let mapped: MappedFile
    private let decompressor: Zstandard.Decompressor
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var loaded = 0..<0

    init(
        _ file: consuming ArchiveFile, _ segment: SegmentDescription, _ library: Zstandard
    ) throws(ArchiveError) {
        let fileBytes = try file.byteCount()
        guard let table = try CompressedTable(file, fileBytes: fileBytes),
            table.header == segment.header
        else {
            throw .system(call: "decompress", file: file.name, errno: EIO)
        }
        self.table = table
        recordsEnd = min(segment.recordsEnd, table.segmentBytes)
        mapped = try MappedFile(file, byteCount: fileBytes, writable: false)
        decompressor = Zstandard.Decompressor(library)
    }

    deinit { buffer.deallocate() }

    func window(at offset: Int, byteCount: Int) -> SegmentWindow {
        let frameBytes = CompressedTable.frameBytes
        let end = max(offset + 1, min(offset + byteCount, recordsEnd))
        let wanted = offset / frameBytes..<min((end - 1) / frameBytes + 1, table.frames.count)
        if wanted.lowerBound < loaded.lowerBound || wanted.upperBound > loaded.upperBound {
            load(wanted)
        }
        let base = buffer.baseAddress.map { UnsafeRawPointer($0) }
        return SegmentWindow(
            base: (base ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped)
                - loaded.lowerBound * frameBytes,
            end: min(recordsEnd, loaded.upperBound * frameBytes))
    }

    func extend(to recordsEnd: Int) {}

    func expect(sparse: Bool) {}

    /// Brings frames into the buffer; those that are there already are moved.
    private func load(_ wanted: Range<Int>) {
        let frameBytes = CompressedTable.frameBytes
        let needed = wanted.count * frameBytes
        let kept = loaded.clamped(to: wanted)
        let keptBegin = (kept.lowerBound - loaded.lowerBound) * frameBytes
        let isKept = !kept.isEmpty && kept.lowerBound == wanted.lowerBound
        if buffer.count < needed {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed, alignment: 64)
            if isKept { copy(keptBegin, kept.count * frameBytes, to: larger) }
            buffer.deallocate()
            buffer = larger
        } else if isKept, keptBegin > 0 {
            copy(keptBegin, kept.count * frameBytes, to: buffer)
        }
        for frame in (isKept ? kept.upperBound : wanted.lowerBound)..<wanted.upperBound {
            let begin = (frame - wanted.lowerBound) * frameBytes
            decompress(
                frame,
                into: UnsafeMutableRawBufferPointer(
                    rebasing: buffer[begin..<begin + table.range(of: frame).count]))
        }
        loaded = wanted
    }

    private func copy(_ begin: Int, _ count: Int, to target: UnsafeMutableRawBufferPointer) {
        guard let from = buffer.baseAddress, let to = target.baseAddress else { return }
        memmove(to, from + begin, count)
    }

    /// Whether the frame was good; zeros if not.
    @discardableResult
    private func decompress(_ frame: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let entry = table.frames[frame]
        let bytes = mapped.bytes(entry.begin..<entry.begin + entry.byteCount)
        if Checksum.crc32c(bytes) == entry.checksum,
            decompressor.decompress(bytes, into: target)
        {
            return true
        }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        return false
    }

    /// Does not disturb the window.
    func read(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<table.segmentBytes)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var frame = range.lowerBound / CompressedTable.frameBytes
        while frame < table.frames.count, table.range(of: frame).lowerBound < range.upperBound {
            let whole = table.range(of: frame)
            let content = [UInt8](unsafeUninitializedCapacity: whole.count) { buffer, count in
                decompress(frame, into: UnsafeMutableRawBufferPointer(buffer))
                count = whole.count
            }
            let part = range.clamped(to: whole)
            bytes +=
                content[part.lowerBound - whole.lowerBound..<part.upperBound - whole.lowerBound]
            frame += 1
        }
        return bytes
    }

    func nextData(from offset: Int) -> Int? { offset < table.segmentBytes ? offset : nil }

    /// The frames that are not what the table says.
    func badFrames() -> [Int] {
        let target = UnsafeMutableRawBufferPointer.allocate(
            byteCount: CompressedTable.frameBytes, alignment: 64)
        defer { target.deallocate() }
        return table.frames.indices.filter { frame in
            !decompress(
                frame,
                into: UnsafeMutableRawBufferPointer(
                    rebasing: target[..<table.range(of: frame).count]))
        }
    }

    /// Where a frame begins in the file.
    func fileOffset(of frame: Int) -> Int { table.frames[frame].begin }
}
