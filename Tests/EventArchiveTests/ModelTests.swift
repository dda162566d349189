import Foundation
import TestSupport
import Testing

@testable import EventArchive

/// Random operations, compared with an array after each.
@Suite("Against a model", .onThreadsOfItsOwn)
struct ModelTests {
    static let rounds =
        ProcessInfo.processInfo.environment["SWITCHYARD_MODEL_ROUNDS"].flatMap { Int($0) } ?? 3

    @Test("an archive holds what an array would", arguments: 0..<rounds)
    func randomOperations(round: Int) throws {
        var random = SeededGenerator(seed: seed &+ UInt64(round))
        let fixture = Fixture()
        var model = Model()
        var writer = try open(fixture, &random)
        for _ in 0..<150 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<70:
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    let event = model.nextEvent(&random)
                    let sequence = try writer.append(
                        event.span.bytes, eventTime: 0, ingestTime: Int64(model.events.count))
                    try #require(sequence == UInt64(model.events.count))
                    model.events.append(event)
                }
            case 70..<78: try writer.startCommit()
            case 78..<86:
                try writer.commit()
                try #require(writer.watermark.durable == UInt64(model.events.count))
                try check(fixture, model, exactly: true)
            case 86..<90:
                try writer.close()
                writer = try open(fixture, &random)
            case 90..<94:
                // Gone without a word, as in a crash: what was not in the files is not missed.
                let kept = writer.configuration.durability == .none
                let durable = writer.watermark.durable
                writer = try reopenAfterCrash(&writer, fixture, &random)
                let end = writer.watermark.appended
                try #require(end >= durable && end <= UInt64(model.events.count))
                try #require(!kept || end == UInt64(model.events.count))
                model.events.removeLast(model.events.count - Int(end))
            default: try check(fixture, model, exactly: false)
            }
        }
        try writer.close()
        try check(fixture, model, exactly: true)
        #expect(try fixture.reader().verify().isSound, "SWITCHYARD_SEED=\(seed)")
    }

    private struct Model {
        var events: [[UInt8]] = []

        func nextEvent(_ random: inout SeededGenerator) -> [UInt8] {
            let size = Int.random(in: 0...Int.random(in: 0...2_000, using: &random), using: &random)
            return (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    private func open(
        _ fixture: Fixture, _ random: inout SeededGenerator
    ) throws -> ArchiveWriter {
        let durabilities: [ArchiveDurability] = [.none, .batch, .interval(milliseconds: 0)]
        var configuration = Fixture.configuration(
            durabilities.randomElement(using: &random) ?? .none)
        configuration.segmentBytes = 64 << Int.random(in: 10...12, using: &random)
        return try fixture.writer(configuration, calls: .unsynced)
    }

    private func reopenAfterCrash(
        _ writer: inout ArchiveWriter, _ fixture: Fixture, _ random: inout SeededGenerator
    ) throws -> ArchiveWriter {
        // The last reference goes, and with it the lock.
        let other = Fixture()
        writer = try other.writer(calls: .unsynced)
        return try open(fixture, &random)
    }

    private func check(_ fixture: Fixture, _ model: Model, exactly: Bool) throws {
        var cursor = try fixture.reader().cursor()
        var count = 0
        while let record = try cursor.next() {
            try #require(record.sequence == UInt64(count) && count < model.events.count)
            let expected = model.events[count]
            let isRight = record.bytes.withUnsafeBytes { $0.elementsEqual(expected) }
            try #require(
                isRight && record.ingestTime == Int64(count),
                "event \(count), SWITCHYARD_SEED=\(seed)")
            count += 1
        }
        try #require(cursor.gaps.isEmpty)
        try #require(!exactly || count == model.events.count, "SWITCHYARD_SEED=\(seed)")
    }
}
