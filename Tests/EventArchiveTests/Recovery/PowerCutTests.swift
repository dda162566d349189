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

/// The same on a real file system.
@Suite(
    "Power cuts on ext4", .onThreadsOfItsOwn,
    .enabled(if: LoopDisk.isPossible, "mounting an image of ext4 needs root and loop devices"))
struct LoopDiskTests {
    @Test(
        "everything durable is there when the machine starts again, and a writer goes on",
        arguments: [.none, .batch, .interval(milliseconds: 0)] as [ArchiveDurability])
    func powerCut(durability: ArchiveDurability) throws {
        var random = SeededGenerator(seed: seed)
        let disk = try LoopDisk(megabytes: 24)
        let path = disk.path + "/archive"
        let configuration = Fixture.configuration(durability)
        for _ in 0..<3 {
            let durable = try Self.write(path, configuration, disk, &random)
            try disk.restart()
            let reader = try ArchiveReader(directory: path)
            let sequences = try reader.read(bytes: 700).sequences
            try #require(
                sequences.count >= durable && sequences == Array(0..<UInt64(sequences.count)),
                "\(durable) were durable, SWITCHYARD_SEED=\(seed)")
        }
        let writer = try ArchiveWriter(directory: path, configuration: configuration)
        let next = writer.watermark.appended
        #expect(try writer.append(Event(next, bytes: 700)) == next)
        try writer.close()
        #expect(try ArchiveReader(directory: path).verify().isSound)
    }

    /// Appends, commits now and then, and loses the power. Returns how much was durable before.
    private static func write(
        _ path: String, _ configuration: ArchiveConfiguration, _ disk: LoopDisk,
        _ random: inout SeededGenerator
    ) throws -> UInt64 {
        let writer = try ArchiveWriter(directory: path, configuration: configuration)
        for _ in 0..<Int.random(in: 200...600, using: &random) {
            try writer.append(Event(writer.watermark.appended, bytes: 700))
            switch Int.random(in: 0..<30, using: &random) {
            case 0: try writer.commit()
            case 1, 2: try writer.startCommit()
            default: break
            }
        }
        let durable = writer.watermark.durable
        try disk.losePower()
        return durable
    }
}
