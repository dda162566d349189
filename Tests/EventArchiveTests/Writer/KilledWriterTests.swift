import Foundation
import TestSupport
import Testing

@testable import EventArchive

/// A process that appends is killed at random moments, again and again.
@Suite("A killed writer", .onThreadsOfItsOwn)
struct KilledWriterTests {
    /// For how long it is killed with each durability, three times at least.
    static let seconds =
        ProcessInfo.processInfo.environment["SWITCHYARD_CRASH_SECONDS"].flatMap { Double($0) } ?? 1

    @Test(
        "everything acknowledged is there, whole and in order, and nothing is invented",
        arguments: ["none", "batch", "interval"])
    func kills(durability: String) throws {
        var random = TestSupport.SeededGenerator(stream: UInt64(durability.utf8.count))
        let end = Date(timeIntervalSinceNow: Self.seconds)
        var fixture = Fixture()
        var (kills, before) = (0, UInt64(0))
        repeat {
            if kills % 25 == 0 { (fixture, before) = (Fixture(), 0) }
            let acknowledged = try kill(durability, fixture.path, &random)
            kills += 1
            // Killed before it had opened the archive: then nothing is promised.
            guard acknowledged > 0 || before > 0 else { continue }
            let found = try read(fixture)
            try #require(found >= max(acknowledged, before), "kill \(kills) of \(durability)")
            before = found
        } while Date() < end || kills < 3
        print("\(durability): killed \(kills) times")
    }

    /// Starts a writer, kills it, and returns up to where it had acknowledged.
    private func kill(
        _ durability: String, _ directory: String,
        _ random: inout TestSupport.SeededGenerator
    ) throws -> UInt64 {
        let process = Process()
        let output = Pipe()
        process.executableURL = builtFolder.appendingPathComponent("ArchiveAppender")
        process.arguments = [directory, durability, "\(random.next())"]
        process.standardOutput = output
        try process.start()
        let delay = UInt32.random(in: 0...40_000, using: &random)
        // Most are killed while they append, some while they open the archive.
        if Bool.random(using: &random) { _ = try output.fileHandleForReading.read(upToCount: 8) }
        usleep(delay / 2)
        let killer = DispatchQueue(label: "killer")
        killer.asyncAfter(deadline: .now() + .microseconds(Int(delay / 2))) {
            Foundation.kill(process.processIdentifier, SIGKILL)
        }
        // All that it said until then; the pipe ends with it.
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .uncaughtSignal else {
            throw ArchiveError.system(
                call: "append", file: directory, errno: process.terminationStatus)
        }
        let whole = said.count / 8 * 8
        guard whole > 0 else { return 0 }
        return said[(said.startIndex + whole - 8)..<(said.startIndex + whole)]
            .reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The end of the sequence numbers, once every record was compared.
    private func read(_ fixture: Fixture) throws -> UInt64 {
        var cursor = try fixture.reader().cursor()
        var next: UInt64 = 0
        while let record = try cursor.next() {
            try #require(record.sequence == next)
            let expected = NumberedEvent.bytes(next)
            let isRight = record.bytes.withUnsafeBytes { $0.elementsEqual(expected) }
            try #require(isRight, "event \(next) is not what was appended")
            next += 1
        }
        try #require(cursor.gaps.isEmpty)
        return next
    }
}
