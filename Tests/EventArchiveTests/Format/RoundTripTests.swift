import Testing

@testable import EventArchive

@Suite("Writing and reading back")
struct RoundTripTests {
    @Test("what was appended is read back, with its keys and times")
    func roundTrip() throws {
        let fixture = Fixture()
        try fixture.write(0..<100)
        let reader = try fixture.reader()
        #expect(try reader.read().sequences == Array(0..<100))
        #expect(reader.recoveryReport == ArchiveRecoveryReport())
        #expect(reader.sequences == 0..<100)
        #expect(try reader.verify().isSound)
        #expect(try reader.verify().records == 100)
    }

    @Test(
        "an event may have any size up to the limit", arguments: [0, 1, 7, 8, 9, 63, 4_095, 20_000])
    func sizes(bytes: Int) throws {
        let fixture = Fixture()
        try fixture.write(0..<7, bytes: bytes)
        #expect(try fixture.reader().read(bytes: bytes).sequences == Array(0..<7))
        #expect(try fixture.reader().verify().isSound)
    }

    @Test("a full segment is sealed and the next begun")
    func rollOver() throws {
        let fixture = Fixture()
        try fixture.write(0..<2_000)
        #expect(try fixture.segments().count > 3)
        #expect(try fixture.segments().allSatisfy { $0.hasSuffix(".segment") })
        let reader = try fixture.reader()
        #expect(try reader.read().sequences == Array(0..<2_000))
        #expect(reader.recoveryReport.isClean)
        #expect(try reader.verify().isSound)
    }

    @Test("an archive continues where the last writer closed it")
    func continues() throws {
        let fixture = Fixture()
        for round in 0..<5 as Range<UInt64> {
            try fixture.write(round * 10..<round * 10 + 10)
        }
        #expect(try fixture.reader().read().sequences == Array(0..<50))
        #expect(try fixture.segments().count == 5)
    }
}
