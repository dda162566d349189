import Foundation
import InternalSystem
import Testing

@testable import EventArchive

/// What a writer that does not commit has gathered in the file `ring`: to readers, to the next writer,
/// and after a crash.
@Suite("The ring")
struct RingTests {
    let fixture = Fixture()

    /// One segment for all that most of these append, and small enough to be copied.
    private static func configuration(_ durability: ArchiveDurability) -> ArchiveConfiguration {
        ArchiveConfiguration(segmentBytes: 1 << 20, durability: durability)
    }

    /// A copy of the archive as a crash of its process would leave it now.
    private func crashed(_ fixture: Fixture) throws -> Fixture {
        // Files get their next names meanwhile: then it is copied again. File by file, since who copies a
        // folder with Foundation waits for ever for the end of a file that is cut meanwhile.
        for _ in 0..<100 {
            let copy = Fixture()
            try FileManager.default.createDirectory(
                atPath: copy.path, withIntermediateDirectories: true)
            let names = try FileManager.default.contentsOfDirectory(atPath: fixture.path)
            let contents = names.map { name in try? fixture.content(name) }
            guard contents.allSatisfy({ $0 != nil }),
                try FileManager.default.contentsOfDirectory(atPath: fixture.path).sorted()
                    == names.sorted()
            else { continue }
            for (name, content) in zip(names, contents) { try copy.replace(name, content ?? []) }
            return copy
        }
        throw CocoaError(.fileReadNoSuchFile)
    }

    private func hasRing(_ fixture: Fixture) throws -> Bool {
        try fixture.files().contains(RingLayout.fileName)
    }

    @Test("what is only there is read beside the writer, and after it was killed")
    func isRead() throws {
        let writer = try fixture.writer(Self.configuration(.none))
        for sequence in 0..<500 as Range<UInt64> {
            try writer.append(Event(sequence))
            guard sequence % 100 == 0 else { continue }
            #expect(try fixture.reader().read() == Reading(0...sequence))
        }
        let copy = try crashed(fixture)
        let open = try copy.content(SegmentName.firstOpen)
        #expect(open.dropFirst(4096).allSatisfy { $0 == 0 }, "nothing was written yet")
        let reader = try copy.reader()
        #expect(try reader.read() == Reading(0...499))
        #expect(reader.recoveryReport.isClean)
        #expect(try reader.verify().isSound)
        #expect(try hasRing(copy), "a reader changes nothing")
        try writer.close()
        #expect(try !hasRing(fixture))
        #expect(try fixture.reader().read() == Reading(0...499))
    }

    @Test(
        "the next writer writes it to the segments, and goes on behind it",
        arguments: WritePathTests.durabilities)
    func isRecovered(durability: ArchiveDurability) throws {
        let writer = try fixture.writer(Self.configuration(.none))
        for sequence in 0..<500 as Range<UInt64> { try writer.append(Event(sequence)) }
        let copy = try crashed(fixture)
        let next = try copy.writer(Self.configuration(durability))
        #expect(next.recoveryReport.isClean)
        for sequence in 500..<600 as Range<UInt64> {
            #expect(try next.append(Event(sequence)) == sequence)
        }
        try next.commit()
        let again = try crashed(copy)
        #expect(try again.reader().read() == Reading(0...599))
        try next.close()
        #expect(try !hasRing(copy))
        #expect(try copy.reader().read() == Reading(0...599))
        #expect(try copy.reader().verify().isSound)
        try writer.close()
    }

    @Test("segments that began there are found, whatever of them is in files, at any moment")
    func manySegments() throws {
        let writer = try fixture.writer(Fixture.small, calls: .unsynced)
        var end: UInt64 = 0
        for round in 0..<12 {
            for sequence in end..<end + UInt64(1 + round * 37 % 300) {
                try writer.append(Event(sequence, bytes: Int(sequence % 700)))
                end = sequence + 1
            }
            let copy = try crashed(fixture)
            #expect(try copy.sequences(\.bytesBySequence) == end)
            let next = try copy.writer(Fixture.small, calls: .unsynced)
            #expect(next.watermark.appended == end)
            try next.close()
            #expect(try copy.sequences(\.bytesBySequence) == end)
            #expect(try copy.reader().verify().isSound)
        }
        try writer.close()
    }

    @Test("who follows gets every record once, however far it is behind the ring")
    func isFollowed() throws {
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 32 << 20, durability: .none))
        var cursor = try fixture.reader().cursor(following: true)
        var (appended, expected) = (0, 0) as (UInt64, UInt64)
        // Whole events are compared, by their last bytes too: each has its number at both ends.
        var event = [UInt8](repeating: 0x61, count: 50_000)
        func mark(_ number: UInt64) {
            event.withUnsafeMutableBytes {
                $0.storeBytes(of: number, as: UInt64.self)
                $0.storeBytes(of: number, toByteOffset: $0.count - 8, as: UInt64.self)
            }
        }
        // More than a ring ahead, then level, then a part of one ahead, through several segments.
        for count in [400, 0, 1, 100, 700, 3, 360] {
            for _ in 0..<count {
                mark(appended)
                try writer.append(event.span.bytes, eventTime: 0, ingestTime: 0)
                appended += 1
            }
            while let record = try cursor.next() {
                try #require(record.sequence == expected && record.byteCount == event.count)
                mark(expected)
                let byteCount = event.count
                let isRight = record.bytes.withUnsafeBytes { found in
                    event.withUnsafeBytes { right in
                        guard let found = found.baseAddress, let right = right.baseAddress else {
                            return false
                        }
                        return memcmp(found, right, byteCount) == 0
                    }
                }
                try #require(isRight)
                expected += 1
                // Not to the end: the rest is overwritten before it is read.
                if expected % 397 == 0 { break }
            }
        }
        while try cursor.next() != nil { expected += 1 }
        #expect(expected == appended)
        #expect(cursor.gaps.isEmpty)
        try writer.close()
    }

    @Test(
        "who follows goes on with the next writer, whichever way it writes",
        arguments: WritePathTests.durabilities, WritePathTests.durabilities)
    func isFollowedOn(first: ArchiveDurability, second: ArchiveDurability) throws {
        var writer: ArchiveWriter? = try fixture.writer(
            Self.configuration(first))
        var cursor = try fixture.reader().cursor(following: true)
        var end: UInt64 = 0
        func read() throws -> UInt64 {
            while let record = try cursor.next() { end = record.sequence + 1 }
            return end
        }
        for sequence in 0..<10 as Range<UInt64> { try writer?.append(Event(sequence)) }
        try writer?.commit()
        #expect(try read() == 10)
        // Walks away, so that the segment goes on.
        writer = nil
        writer = try fixture.writer(Self.configuration(second))
        for sequence in 10..<20 as Range<UInt64> { try writer?.append(Event(sequence)) }
        try writer?.commit()
        #expect(try read() == 20)
        try writer?.close()
        #expect(cursor.gaps.isEmpty)
    }

    @Test("damage to it loses what only it had, and invents nothing")
    func isDamaged() throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let writer = try fixture.writer(
            ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none), calls: .unsynced)
        let count: UInt64 = 4_000
        for sequence in 0..<count { try writer.append(Event(sequence, bytes: 300)) }
        let written = try crashed(fixture)
        try written.remove(RingLayout.fileName)
        let inFiles = try #require(try written.reader().read(bytes: 300).sequences.last)
        for _ in 0..<8 {
            let copy = try crashed(fixture)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let isHeader = Bool.random(using: &random)
                let offset = Int.random(
                    in: isHeader ? 0...9_000 : 16_384...3_000_000, using: &random)
                try copy.poke(RingLayout.fileName, at: offset, .random(in: 0...255, using: &random))
            }
            let found = try copy.reader().read(bytes: 300)
            #expect(found.sequences.starts(with: 0...inFiles))
            let next = try copy.writer(Fixture.small, calls: .unsynced)
            #expect(next.watermark.appended > inFiles)
            try next.close()
            let after = try copy.reader().read(bytes: 300)
            #expect(after.sequences == found.sequences)
        }
        try writer.close()
    }

    @Test("that of another archive, or what is none, is not looked into")
    func isForeign() throws {
        let other = Fixture()
        let writer = try other.writer(Self.configuration(.none))
        for sequence in 0..<50 as Range<UInt64> { try writer.append(Event(sequence)) }
        try fixture.write(0..<10, closing: false)
        try FileManager.default.copyItem(
            atPath: "\(other.path)/ring", toPath: "\(fixture.path)/ring")
        #expect(try fixture.reader().read() == Reading(0...9))
        try fixture.write(10..<20, closing: false)
        for content in [[], [1], Array(repeating: 7, count: 20_000)] as [[UInt8]] {
            try fixture.replace(RingLayout.fileName, content)
            #expect(try fixture.reader().read() == Reading(0...19))
        }
        try fixture.write(20..<30)
        #expect(try fixture.reader().read() == Reading(0...29))
        try writer.close()
    }

    @Test("that of another archive makes no segment of a file that is prepared")
    func isForeignToPrepared() throws {
        let other = Fixture()
        let strange = try other.writer(Fixture.small, calls: .unsynced)
        while try other.segments().count < 3 {
            try strange.append(Event(strange.watermark.appended))
        }
        let writer = try fixture.writer(Fixture.small, calls: .unsynced)
        for sequence in 0..<10 as Range<UInt64> { try writer.append(Event(sequence)) }
        try writer.commit()
        // Made on a queue of its own.
        let prepared = SegmentName.preparedName(2)
        while try !fixture.files().contains(prepared) { usleep(1_000) }
        let copy = try crashed(fixture)
        try copy.replace(RingLayout.fileName, try other.content(RingLayout.fileName))
        #expect(try copy.files().contains(prepared))
        #expect(try copy.reader().sequences == 0..<10)
        #expect(try copy.reader().read() == Reading(0...9))
        let next = try copy.writer(Fixture.small, calls: .unsynced)
        #expect(next.watermark.appended == 10)
        try next.close()
        try strange.close()
        try writer.close()
    }

    @Test("a header that only it has is written to the file, whatever else the file has")
    func headerIsRecovered() throws {
        let writer = try fixture.writer(Self.configuration(.none))
        for sequence in 0..<100 as Range<UInt64> { try writer.append(Event(sequence)) }
        try writer.commit()
        let copy = try crashed(fixture)
        for offset in 0..<64 { try copy.poke(SegmentName.firstOpen, at: offset, 0) }
        #expect(try copy.reader().read() == Reading(0...99))
        try copy.write(100..<101)
        #expect(try copy.reader().read() == Reading(0...100))
        try writer.close()
    }

    @Test("cut under its writer it costs nothing that is durable")
    func isCut() throws {
        let writer = try fixture.writer(Self.configuration(.none))
        for sequence in 0..<20 as Range<UInt64> { try writer.append(Event(sequence)) }
        try writer.commit()
        try writer.append(Event(20))
        #expect(truncate("\(fixture.path)/ring", off_t(RingLayout.headerBytes)) == 0)
        #expect(throws: ArchiveError.fileCut) { try writer.commit() }
        #expect(throws: ArchiveError.fileCut) { try writer.append(Event(21)) }
        #expect(throws: ArchiveError.fileCut) { try writer.close() }
        #expect(try fixture.reader().read() == Reading(0...19))
    }

    @Test("readers see the same while the next writer takes up what is there")
    func isTakenUp() throws {
        let writer = try fixture.writer(Self.configuration(.none))
        for sequence in 0..<100 as Range<UInt64> { try writer.append(Event(sequence)) }
        try writer.commit()
        for sequence in 100..<120 as Range<UInt64> { try writer.append(Event(sequence)) }
        let copy = try crashed(fixture)
        let before = try copy.reader()
        let path = copy.path
        let seen = Guarded<[Reading]>([])
        var calls = FileSystemCalls()
        let real = calls
        calls.read = { file, buffer, offset, count in
            let found = [try? ArchiveReader(directory: path).read(), try? before.read()]
            seen.withLock { $0 += found.compactMap(\.self) }
            return real.read(file, buffer, offset, &count)
        }
        let next = try copy.writer(Self.configuration(.none), calls: calls)
        let all = seen.withLock { $0 }
        #expect(all.count > 4 && all.allSatisfy { $0 == Reading(0...119) })
        try next.close()
        try writer.close()
    }

    @Test("stale, under a lock, it hides nothing that the file has")
    func isStale() throws {
        try fixture.write(0..<100, closing: false)
        let writer = try fixture.writer(Self.configuration(.none))
        try writer.append(Event(100))
        let copy = try crashed(fixture)
        try writer.close()
        try copy.edit(RingLayout.fileName) { bytes in
            for offset in RingLayout.headerBytes..<RingLayout.headerBytes + 20_000 {
                bytes[offset] = 0xA5
            }
        }
        let lock = try ArchiveDirectory(opening: copy.path).lock()
        #expect(try copy.reader().read() == Reading(0...99))
        _ = consume lock
        try copy.write(100..<101)
        #expect(try copy.reader().read() == Reading(0...100))
    }

    @Test("that of a newer version is refused, and stays")
    func isNewer() throws {
        try fixture.write(0..<10, closing: false)
        var prefix = LittleEndianWriter()
        prefix.put(Array("SWYDRING".utf8))
        prefix.put(ArchiveFormat.major + 1)
        prefix.put(UInt16(0))
        prefix.put(Checksum.crc32c(prefix.bytes, 0..<12))
        let content = prefix.bytes + Array(repeating: 0, count: 40_000)
        try fixture.replace(RingLayout.fileName, content)
        let error = ArchiveError.newerFormat(
            file: "ring", major: ArchiveFormat.major + 1, supported: ArchiveFormat.major)
        #expect(throws: error) { try fixture.reader() }
        #expect(throws: error) { try fixture.writer() }
        #expect(try fixture.content(RingLayout.fileName) == content)
    }

    @Test("a writer that is left writes what is there to its files")
    func isLeft() throws {
        try fixture.write(0..<100, closing: false)
        #expect(try !hasRing(fixture))
        #expect(try fixture.reader().read() == Reading(0...99))
    }
}

extension Reading {
    /// All of these, from one segment, and no gap.
    fileprivate init(_ sequences: ClosedRange<UInt64>) {
        self.init(sequences: Array(sequences), gaps: [], segmentsOpened: 1)
    }
}

extension Fixture {
    /// Reads everything, and requires each event to have the size that a function of its number says.
    fileprivate func sequences(_ bytes: KeyPath<Event, Int>) throws -> UInt64 {
        var cursor = try reader().cursor()
        var next: UInt64 = 0
        while let record = try cursor.next() {
            try #require(record.sequence == next)
            let expected = Event(next, bytes: Event(next)[keyPath: bytes])
            let isRight = record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) }
            try #require(isRight)
            next += 1
        }
        #expect(cursor.gaps.isEmpty)
        return next
    }
}

extension Event {
    /// As `manySegments` has them.
    fileprivate var bytesBySequence: Int { Int(sequence % 700) }
}
