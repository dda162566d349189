import Foundation
import TestSupport
import Testing

@testable import EventArchive

@Suite("Repair", .onThreadsOfItsOwn)
struct RepairTests {
    let fixture = Fixture()

    /// What every file holds, to tell whether any was touched.
    private func contents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for file in try fixture.files() { contents[file] = try fixture.content(file) }
        return contents
    }

    /// Repairs, and expects that no record is lost by it and that a second repair finds nothing.
    @discardableResult
    private func repair(
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ArchiveRepair {
        let before = try? fixture.reader().read(bytes: 300).sequences
        let files = try contents()
        let repair = try ArchiveRepair(directory: fixture.path)
        #expect(try contents() == files, "finding out changes nothing")
        try repair.perform()
        let after = try fixture.reader().read(bytes: 300)
        if let before { #expect(after.sequences == before, sourceLocation: sourceLocation) }
        let again = try ArchiveRepair(directory: fixture.path)
        #expect(again.steps.isEmpty, sourceLocation: sourceLocation)
        #expect(again.unrepairable == repair.unrepairable, sourceLocation: sourceLocation)
        let (lost, still) = (repair.lost.map(\.sequences), again.lost.map(\.sequences))
        #expect(lost == still, sourceLocation: sourceLocation)
        return repair
    }

    @Test("a sound archive is left alone")
    func sound() throws {
        try fixture.write(0..<500, bytes: 300)
        try fixture.reader().makeIndexes()
        let files = try contents()
        let repair = try repair()
        #expect(repair.steps.isEmpty && repair.unrepairable.isEmpty)
        #expect(try contents() == files)
    }

    @Test("a writer at work keeps repair away")
    func beside() throws {
        let writer = try fixture.writer()
        #expect(throws: ArchiveError.locked(directory: fixture.path)) {
            _ = try ArchiveRepair(directory: fixture.path)
        }
        try writer.close()
    }

    @Test("a segment without its footer, or its header, is whole again")
    func footerAndHeader() throws {
        try fixture.write(0..<600, bytes: 300)
        let files = try fixture.segments()
        let original = try fixture.content(files[1])
        try fixture.edit(files[0]) { $0.removeLast(100) }
        try fixture.edit(files[1]) { $0[30] ^= 4 }
        let repair = try repair()
        #expect(
            repair.steps == [
                .rewriteSegment(file: files[0], lost: []),
                .rewriteSegment(file: files[1], lost: []),
            ])
        #expect(repair.unrepairable.isEmpty)
        let reader = try fixture.reader()
        #expect(try reader.verify().isSound && reader.recoveryReport.isClean)
        #expect(try reader.read(bytes: 300).sequences == Array(0..<600))
        #expect(try fixture.content(files[1]).prefix(4_096) == original.prefix(4_096))
        let kept = try fixture.content(files[1] + SegmentRewriter.oldSuffix)
        #expect(kept.count == original.count && kept != original)
    }

    @Test("damaged records are lost, everything else is kept, and the footer tells")
    func records() throws {
        try fixture.write(0..<600, bytes: 300)
        let file = try fixture.segments()[0]
        let map = SegmentMap(eventBytes: 300)
        for index in [0, 7, 8, 40] {
            try fixture.edit(file) { $0[map.record(index).lowerBound + 60] ^= 1 }
        }
        let repair = try repair()
        guard case .rewriteSegment(file, let lost)? = repair.steps.first else {
            Issue.record("\(repair.steps)")
            return
        }
        #expect(lost.map(\.sequences) == [0..<1, 7..<9, 40..<41])
        let reader = try fixture.reader()
        #expect(reader.recoveryReport.gaps == lost, "known without reading the records")
        let problems = try reader.verify().problems
        #expect(problems == lost.map(ArchiveProblem.init), "nothing but what is lost")
    }

    @Test("what a killed writer left is finished: a torn tail goes, the records stay")
    func tornTail() throws {
        try fixture.write(0..<300, closing: false, bytes: 300)
        // It can have its last name still to come.
        let open = try #require(try fixture.reader().segments.last)
        let end = open.recordsEnd
        try fixture.edit(open.name.fileName) { bytes in
            for index in end..<end + 100 { bytes[index] = 0xAB }
        }
        let repair = try repair()
        #expect(repair.steps == [.finishWriting(tornBytes: 104)])
        #expect(try fixture.reader().read(bytes: 300).sequences == Array(0..<300))
        #expect(try fixture.reader().recoveryReport.isClean)
    }

    @Test("a lost identity is written anew from what the segments tell")
    func identity() throws {
        try fixture.write(0..<300, bytes: 300)
        let id = try fixture.reader().info.id
        try fixture.edit(ArchiveIdentity.fileName) { $0[20] ^= 1 }
        #expect(throws: ArchiveError.self) { _ = try fixture.reader() }
        let repair = try repair()
        #expect(repair.steps == [.writeIdentity])
        #expect(try fixture.reader().info.id == id)
        #expect(try fixture.reader().read(bytes: 300).sequences == Array(0..<300))
    }

    @Test("so is one that is missing, also where segments are compressed")
    func missingIdentity() throws {
        try fixture.write(0..<600, bytes: 300)
        _ = try fixture.reader().compress()
        let id = try fixture.reader().info.id
        try fixture.remove(ArchiveIdentity.fileName)
        #expect(try repair().steps == [.writeIdentity])
        #expect(try fixture.reader().info.id == id)
        #expect(try fixture.reader().read(bytes: 300).sequences == Array(0..<600))
    }

    @Test("where the segments tell of two archives, nothing is guessed")
    func twoIdentities() throws {
        try fixture.write(0..<300, bytes: 300)
        let first = try fixture.segments()[0]
        let bytes = try fixture.content(first)
        for file in try fixture.files() { try fixture.remove(file) }
        try fixture.write(0..<300, bytes: 300)
        try fixture.replace(first, bytes)
        try fixture.remove(ArchiveIdentity.fileName)
        #expect(throws: ArchiveError.unknownIdentity(directory: fixture.path)) {
            _ = try ArchiveRepair(directory: fixture.path)
        }
    }

    @Test("a segment that was cut short is finished, and its lost end is told before and after")
    func cutShort() throws {
        try fixture.write(0..<600, bytes: 300)
        let file = try fixture.segments()[0]
        let end = try #require(try fixture.reader().segments.first).summary.endSequence
        let map = SegmentMap(eventBytes: 300)
        try fixture.edit(file) { $0.removeLast($0.count - map.record(20).lowerBound - 10) }
        let repair = try repair()
        #expect(repair.lost.map(\.sequences) == [20..<end] && repair.unrepairable.isEmpty)
        guard case .rewriteSegment(file, let lost)? = repair.steps.first else {
            Issue.record("\(repair.steps)")
            return
        }
        #expect(lost.map(\.events) == ["events 20 to \(end - 1)"])
    }

    /// Writes 600 records, cuts all but five off the last segment, and gives its first number.
    private func writeAndCut() throws -> UInt64 {
        try fixture.write(0..<600, bytes: 300)
        let file = try #require(try fixture.segments().last)
        let map = SegmentMap(eventBytes: 300)
        try fixture.edit(file) { $0.removeLast($0.count - map.record(5).lowerBound) }
        return try #require(SegmentName(parsing: file)).firstSequence
    }

    @Test("the last segment of a closed archive, cut short: the writer's tail tells what is lost")
    func lastCutShort() throws {
        let first = try writeAndCut()
        let lost = [first + 5..<600]
        let found = try ArchiveReader.verify(directory: fixture.path)
        #expect(found.gaps.map(\.sequences) == lost && found.gaps.map(\.reason) == [.lost])
        #expect(try repair().lost.map(\.sequences) == lost)
        #expect(try ArchiveReader.verify(directory: fixture.path).gaps.map(\.sequences) == lost)
        #expect(try fixture.reader().read(bytes: 300).sequences == Array(0..<first + 5))
        // Numbers that were given once are not given again.
        try fixture.write(600..<700, bytes: 300)
        let reading = try fixture.reader().read(bytes: 300)
        #expect(reading.gaps.map(\.sequences) == lost && reading.sequences.last == 699)
    }

    @Test("of a last segment that was cut short, readers and the next writer tell too what is lost")
    func lastCutShortUnrepaired() throws {
        let first = try writeAndCut()
        let lost = [first + 5..<600]
        let reader = try fixture.reader()
        #expect(reader.sequences == 0..<600)
        #expect(try reader.read(bytes: 300).gaps.map(\.sequences) == lost)
        var selection = ArchiveSelection()
        selection.sequences = 0..<first
        #expect(try reader.read(selection, bytes: 300).gaps.isEmpty)
        let writer = try fixture.writer()
        #expect(writer.recoveryReport.gaps.map(\.sequences) == lost)
        #expect(try writer.append(Event(600, bytes: 300)) == 600)
        try writer.close()
        let reading = try fixture.reader().read(bytes: 300)
        #expect(reading.gaps.map(\.sequences) == lost)
        #expect(reading.sequences == Array(0..<first + 5) + [600])
        #expect(try ArchiveReader.verify(directory: fixture.path).gaps.map(\.sequences) == lost)
        #expect(try repair().lost.map(\.sequences) == lost)
        #expect(try fixture.reader().read(bytes: 300).sequences.last == 600)
    }

    @Test("who follows an archive whose last segment was cut short is told once, and goes on")
    func followsLastCutShort() throws {
        let first = try writeAndCut()
        var cursor = try fixture.reader().cursor(following: true)
        var sequences: [UInt64] = []
        while let record = try cursor.next() { sequences.append(record.sequence) }
        let writer = try fixture.writer()
        try writer.append(Event(600, bytes: 300))
        try writer.close()
        while let record = try cursor.next() { sequences.append(record.sequence) }
        #expect(sequences == Array(0..<first + 5) + [600])
        #expect(cursor.gaps.map(\.sequences) == [first + 5..<600])
    }

    @Test("a tail that says what cannot be is not believed")
    func damagedTail() throws {
        try fixture.write(0..<10, bytes: 300)
        let file = try #require(try fixture.segments().last)
        try fixture.edit(file) { $0.removeLast(10) }
        try fixture.poke(ArchiveTail.fileName, at: 256 + 6, 1)
        #expect(try ArchiveReader.verify(directory: fixture.path).gaps.isEmpty)
    }

    @Test("an index that lies is made anew")
    func index() throws {
        try fixture.write(0..<300, bytes: 300)
        try fixture.reader().makeIndexes()
        let name = try #require(try fixture.files().first { $0.hasSuffix(".index") })
        let good = try fixture.content(name)
        try fixture.edit(name) { $0[500] ^= 1 }
        #expect(try repair().steps == [.makeIndex(file: name)])
        #expect(try fixture.content(name) == good)
    }

    @Test("a segment that nobody can read is left, and said to be")
    func unreadable() throws {
        try fixture.write(0..<600, bytes: 300)
        let file = try fixture.segments()[1]
        try fixture.edit(file) { bytes in
            bytes[10] ^= 1
            bytes[bytes.count - 1] ^= 1
        }
        let repair = try repair()
        #expect(repair.steps.isEmpty && !repair.unrepairable.isEmpty)
        #expect(repair.unrepairable.allSatisfy { $0.file == file })
    }

    @Test("whatever bits flip, repair loses no record that could be read", arguments: 0..<15)
    func random(round: Int) throws {
        var random = SeededGenerator(seed: seed &+ UInt64(round))
        try fixture.write(
            0..<UInt64.random(in: 1...500, using: &random), closing: .random(using: &random),
            bytes: 300)
        if Bool.random(using: &random) { try fixture.reader().makeIndexes() }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let all = try fixture.files()
            let file = try #require(
                all.filter { $0 != ArchiveIdentity.fileName }.randomElement(using: &random))
            try fixture.edit(file) { bytes in
                guard let position = bytes.indices.randomElement(using: &random) else { return }
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        do {
            try repair()
        } catch let error as ArchiveError {
            // What only a person can decide on is refused by reading too.
            #expect(throws: error) { _ = try fixture.reader() }
        }
    }
}
