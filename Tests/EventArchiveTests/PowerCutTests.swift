import Foundation
import TestSupport
import Testing

@testable import EventArchive

/// What is acknowledged as durable survives a power cut, whatever else reached the disk.
@Suite("Power cuts", .onThreadsOfItsOwn)
struct PowerCutTests {
    /// How many archives are written; each is cut about twenty times.
    static let rounds =
        ProcessInfo.processInfo.environment["SWITCHYARD_POWER_CUTS"].flatMap { Int($0) } ?? 1

    @Test(
        "everything durable is there after a cut at any moment, and nothing is invented",
        arguments: [.none, .batch, .interval(milliseconds: 0)] as [ArchiveDurability])
    func anyMoment(durability: ArchiveDurability) throws {
        for round in 0..<Self.rounds {
            let seed = seed &+ UInt64(round)
            do {
                try Self.run(durability, seed: seed)
            } catch {
                Issue.record("\(error), SWITCHYARD_SEED=\(seed)")
                throw error
            }
        }
    }

    private static func run(_ durability: ArchiveDurability, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fixture = Fixture()
        let disk = PowerCutDisk(fixture.path)
        let writer = try fixture.writer(
            Fixture.configuration(durability), calls: disk.calls)
        for step in 0..<400 as Range<Int64> {
            let sequence = writer.watermark.appended
            try writer.append(Event(sequence, bytes: eventBytes(sequence)))
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<4: disk.observe()
            case 4..<6: try writer.commit()
            case 6..<9: try writer.startCommit()
            case 9: try writer.commitIfDue(now: step * 1_000_000)
            case 10..<12: try cut(disk, writer, &random)
            default: break
            }
        }
        try cut(disk, writer, &random)
        try writer.close()
        try cut(disk, writer, &random)
    }

    /// Some records are larger than a page, and the sizes need no memory.
    private static func eventBytes(_ sequence: UInt64) -> Int {
        Int(60 + sequence % 7 * sequence % 11 * 90)
    }

    private static func cut(
        _ disk: PowerCutDisk, _ writer: ArchiveWriter, _ random: inout SeededGenerator
    ) throws {
        let durable = writer.watermark.durable
        let appended = writer.watermark.appended
        let left = Fixture()
        try disk.cut(into: left.path, using: &random)
        let before = durable == 0 ? [] : try read(left)
        // An archive of which nothing was durable may not even have its identity yet.
        let next = try left.writer(calls: .unsynced)
        let sequence = next.watermark.appended
        try next.append(Event(sequence, bytes: eventBytes(sequence)))
        try next.close()
        let after = try read(left)
        for sequences in [before, after] where durable > 0 {
            try #require(Array(sequences.prefix(Int(durable))) == Array(0..<durable))
        }
        // Of what was not durable, some may be there; then it is what was appended.
        try #require(before.allSatisfy { $0 < appended })
        try #require(after == after.sorted() && Set(after).count == after.count)
    }

    /// The sequence numbers that can be read; each event is compared.
    private static func read(_ fixture: Fixture) throws -> [UInt64] {
        var cursor = try fixture.reader().cursor()
        var sequences: [UInt64] = []
        while let record = try cursor.next() {
            let expected = Event(record.sequence, bytes: eventBytes(record.sequence))
            let isRight = record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) }
            try #require(isRight)
            sequences.append(record.sequence)
        }
        return sequences
    }
}
