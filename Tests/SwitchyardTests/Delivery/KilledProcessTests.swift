import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

/// A process that is killed between match and delivery, a real one, again and again.
///
/// `SWITCHYARD_FAULT_EVENTS` says how many events; 20,000 unless it does.
@Suite(.onThreadsOfItsOwn) struct KilledProcessTests {
    @Test("every confirmed event reaches each target, or is its dead letter, however often it dies")
    func losesNothing() throws {
        let folder = try TemporaryFolder()
        let count = faultEventCount()
        var random = SeededGenerator(stream: 0x6B11)
        var confirmed = 0
        var kills = 0
        while confirmed < count, kills < 12 {
            let (process, output) = try start(folder.path, from: confirmed, to: count)
            // Somewhere within the work, wherever the machine's speed puts that.
            let share = count / 12
            let goal = confirmed + Int.random(in: 0...share, using: &random)
            let reached = read(output) { $0 >= goal }
            usleep(useconds_t.random(in: 0...3_000, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            kills += 1
            confirmed = max(confirmed, reached, read(output) { _ in false })
        }
        #expect(kills >= 3 && confirmed > 0)
        let (process, output) = try start(folder.path, from: confirmed, to: count)
        _ = read(output) { _ in false }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "it did not deliver everything")
        let router = try Router(RouterConfiguration(directory: folder.path + "/router"))
        let letters = try router.deadLetters(limit: .max)
        let archive = try router.archive("kept").directory
        try router.close()
        #expect(try archived(archive) == Set(0..<count), "the archive lacks some")
        for target in ["steady", "flaky", "strict"] {
            let got = try numbers(folder.path + "/" + target)
            let dead = Set(letters.filter { $0.target == target }.compactMap(Self.number))
            let missing = (0..<count).filter { !got.contains($0) && !dead.contains($0) }
            #expect(
                missing.isEmpty, "\(target): \(missing.count) of \(count), \(missing.first ?? 0)")
            #expect(got.isSubset(of: 0..<count) && got.isDisjoint(with: dead))
            #expect(dead.count == (target == "strict" ? count / 1_000 : 0))
        }
    }

    private func start(
        _ directory: String, from first: Int, to end: Int
    ) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = builtFolder.appendingPathComponent("RouterVictim")
        process.arguments = [directory, "\(first)", "\(end)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.start()
        return (process, pipe.fileHandleForReading)
    }

    /// Reads what was confirmed until that is enough, or the process is gone; gives the last number.
    private func read(_ output: FileHandle, until isEnough: (Int) -> Bool) -> Int {
        var text = ""
        var last = 0
        while true {
            let data = output.availableData
            if data.isEmpty { return last }
            text += String(decoding: data, as: UTF8.self)
            // What a kill cut short is no line.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines.dropLast() { last = Int(line) ?? last }
            text = String(lines.last ?? "")
            if isEnough(last) { return last }
        }
    }

    private func numbers(_ path: String) throws -> Set<Int> {
        let bytes = try #require(readFile(path))
        return bytes.withUnsafeBytes { bytes in
            Set(
                (0..<bytes.count / 8).map {
                    bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int.self)
                })
        }
    }

    private func archived(_ directory: String) throws -> Set<Int> {
        var cursor = try ArchiveReader(directory: directory).cursor()
        var numbers: Set<Int> = []
        while let record = try cursor.next() {
            let text = record.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            if let number = Int(text.drop { !$0.isNumber }.dropLast()) { numbers.insert(number) }
        }
        return numbers
    }

    private static func number(_ letter: DeadLetter) -> Int? {
        Int(String(decoding: letter.event, as: UTF8.self).drop { !$0.isNumber }.dropLast())
    }
}

/// How many events tests of faults publish.
func faultEventCount() -> Int {
    ProcessInfo.processInfo.environment["SWITCHYARD_FAULT_EVENTS"].flatMap(Int.init) ?? 20_000
}
