import TestSupport
import Testing

@testable import EventArchive

/// Rows B1, B2, B5 of the table at `SegmentSurvey`: what a crash leaves at the end.
@Suite("Torn tails", .onThreadsOfItsOwn)
struct TornTailTests {
    let map = SegmentMap(eventBytes: 64)
    let fixture = Fixture()
    let file = SegmentName.firstOpen

    /// An archive whose writer went away after ten events.
    init() throws {
        try fixture.write(0..<10, closing: false, bytes: 64)
    }

    @Test("B1: a segment left open is read to its last record, and continued there")
    func leftOpen() throws {
        let reader = try fixture.reader()
        #expect(try reader.read(bytes: 64).sequences == Array(0..<10))
        #expect(reader.recoveryReport.isClean)
        #expect(reader.recoveryReport.segmentsScanned == 1)
        #expect(try reader.verify().isSound)
        try fixture.write(10..<20, bytes: 64)
        #expect(try fixture.reader().read(bytes: 64).sequences == Array(0..<20))
        #expect(try fixture.segments() == [SegmentName.firstSealed])
    }

    @Test("B2: wherever the last record is torn, all before it stay, and its number is given again")
    func everyByte() throws {
        let whole = try fixture.content(file)
        for cut in map.record(9) {
            var torn = whole
            torn.replaceSubrange(cut..., with: repeatElement(0, count: whole.count - cut))
            try fixture.replace(file, torn)
            let reader = try fixture.reader()
            try #require(try reader.read(bytes: 64) == Reading(gaps: [], count: 9), "cut at \(cut)")
            try #require(
                reader.recoveryReport.tornBytes == UInt64(lastData(torn) - map.record(9).lowerBound)
            )
            try #require(reader.verify().isSound, "cut at \(cut)")

            let writer = try fixture.writer(calls: .unsynced)
            try #require(try writer.append(Event(9, bytes: 64)) == 9, "cut at \(cut)")
            try writer.commit()
            try #require(try fixture.content(file) == whole, "cut at \(cut)")
        }
    }

    @Test("B5: wherever an open segment's file is cut, the records before stay, and it grows again")
    func everyLength() throws {
        let whole = try fixture.content(file)
        for length in map.record(9) {
            try fixture.replace(file, Array(whole[..<length]))
            let reader = try fixture.reader()
            try #require(try reader.read(bytes: 64) == Reading(gaps: [], count: 9), "at \(length)")
            try #require(!reader.recoveryReport.isClean)

            let writer = try fixture.writer(calls: .unsynced)
            try #require(try writer.append(Event(9, bytes: 64)) == 9)
            try writer.commit()
            try #require(try fixture.content(file) == whole, "at \(length)")
        }
    }

    @Test("what a torn record left behind a shorter new one is zeroed")
    func staleBytes() throws {
        try fixture.edit(file) { $0[map.record(9).lowerBound] ^= 1 }
        let writer = try fixture.writer()
        try writer.append(Event(9, bytes: 8))
        let end = map.record(9).lowerBound + RecordLayout.recordBytes(eventBytes: 8)
        #expect(try fixture.content(file)[end...].allSatisfy { $0 == 0 })
        #expect(writer.recoveryReport.tornBytes == UInt64(map.recordBytes))
    }

    private func lastData(_ bytes: [UInt8]) -> Int {
        let words = bytes.lastIndex { $0 != 0 }.map { $0 / 8 * 8 + 8 } ?? 0
        return max(words, map.record(9).lowerBound)
    }
}

extension Reading {
    /// The first records of an archive, from one segment.
    init(gaps: [ArchiveGap], count: UInt64) {
        self.init(sequences: Array(0..<count), gaps: gaps, segmentsOpened: count == 0 ? 0 : 1)
    }
}
