import Foundation
import TestSupport
import Testing

@Suite("switchyard archive", .onThreadsOfItsOwn)
struct ArchiveCommandTests {
    /// An archive of 2,500 events in several segments, and rules that match some of them.
    private let folder: TemporaryFolder
    private let archive: String
    private let rules: String

    init() throws {
        folder = try TemporaryFolder()
        archive = folder.path("archive")
        let events = (0..<2_500).map { number in
            "{\"time\":\"2026-01-31T12:00:0\(number / 250)Z\",\"detail\":{\"number\":\(number)},"
                + "\"filler\":\"" + String(repeating: "x", count: 1_000) + "\"}"
        }
        rules = try folder.file(
            "rules",
            lines: [
                #"{"name":"low","pattern":{"detail":{"number":[{"numeric":["<",3]}]}}}"#,
                #"{"name":"two","pattern":{"detail":{"number":[2,2499]}}}"#,
            ])
        let bench = try Tool.run(
            "bench", "--events", try folder.file("events", lines: events), "--repeat", "1",
            "--rules", rules, "--passes", "1", "--archive", archive, "--segment-mebibytes", "1")
        try #require(bench.exitCode == 0, "\(bench.errors)")
        #expect(bench.errors == "the archive is in \(archive)\n")
    }

    @Test("info lists the segments, their events and times")
    func info() throws {
        let object = try Tool.run("archive", "info", archive, "--json").object()
        #expect(object["records"] as? Int == 2_500)
        #expect(object["firstSequence"] as? Int == 0 && object["endSequence"] as? Int == 2_500)
        #expect(object["gaps"] as? Int == 0)
        #expect(
            object["eventTimes"] as? [String] == ["2026-01-31T12:00:00Z", "2026-01-31T12:00:09Z"])
        let segments = try #require(object["segments"] as? [[String: Any]])
        #expect(segments.count >= 2)
        #expect(segments.compactMap { $0["records"] as? Int }.reduce(0, +) == 2_500)
        let table = try Tool.run("archive", "info", archive)
        #expect(table.exitCode == 0 && table.output.contains("0 to 2499"))
        for segment in segments {
            #expect(table.output.contains(try #require(segment["file"] as? String)))
        }
    }

    @Test("verify finds a whole archive sound")
    func verify() throws {
        let result = try Tool.run("archive", "verify", archive)
        #expect(result.output.hasPrefix("sound: 2,500 records in ") && result.exitCode == 0)
        let object = try Tool.run("archive", "verify", archive, "--json").object()
        #expect(object["sound"] as? Bool == true && object["records"] as? Int == 2_500)
        #expect((object["problems"] as? [Any])?.isEmpty == true)
    }

    @Test("cat prints the chosen events in order")
    func cat() throws {
        for (options, numbers) in Self.selections {
            let result = try Tool.run(["archive", "cat", archive] + options)
            let found = try result.lines.map { line in
                let event =
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require((event?["detail"] as? [String: Int])?["number"])
            }
            #expect(found == numbers, "\(options)")
            #expect(result.exitCode == 0 && result.errors.isEmpty)
        }
    }

    /// Options, and the numbers of the events that they choose.
    private static let selections: [([String], [Int])] = [
        (["--from", "1200", "--limit", "2"], [1_200, 1_201]),
        (["--from", "2498"], [2_498, 2_499]),
        (["--before", "1"], [0]),
        (["--from", "7", "--before", "7"], []),
        (["--limit", "0"], []),
        (["--from", "9999"], []),
        (["--until", "2000-01-01T00:00:00Z"], []),
        (["--by-event-time", "--since", "2026-01-31T12:00:09Z", "--limit", "1"], [2_250]),
        (
            [
                "--by-event-time", "--since", "2026-01-31T12:00:01Z", "--until",
                "2026-01-31T12:00:02Z",
            ], Array(250..<500)
        ),
    ]

    @Test("cat prints all events, byte for byte, and with --envelope what the archive adds")
    func catAll() throws {
        let events = String(
            decoding: try #require(readFile(folder.path("events"))), as: UTF8.self)
        #expect(try Tool.run("archive", "cat", archive).output == events)
        let envelope = try Tool.run(
            "archive", "cat", archive, "--envelope", "--from", "3", "--limit", "1"
        ).object()
        #expect(envelope["sequence"] as? Int == 3)
        #expect(envelope["eventTime"] as? String == "2026-01-31T12:00:00Z")
        #expect(Set(envelope.keys) == ["sequence", "ingestTime", "eventTime", "event"])
    }

    @Test("replay prints the sequence numbers of matching events with their rules")
    func replay() throws {
        let result = try Tool.run("archive", "replay", archive, "--rules", rules)
        #expect(result.output == "0\tlow\n1\tlow\n2\tlow,two\n2499\ttwo\n")
        #expect(result.errors.hasPrefix("2,500 events, ") && result.exitCode == 0)
        let part = try Tool.run(
            "archive", "replay", archive, "--rules", rules, "--from", "2", "--json")
        #expect(
            part.lines == [
                #"{"sequence":2,"rules":["low","two"]}"#, #"{"sequence":2499,"rules":["two"]}"#,
            ])
        let count = try Tool.run(
            "archive", "replay", archive, "--rules", rules, "--count", "--json", "--limit", "10"
        ).object()
        #expect(count["events"] as? Int == 10)
        #expect(count["matches"] as? Int == 4 && count["matchedEvents"] as? Int == 3)
    }

    @Test("replay takes some rules of a file, and passes over what they cannot match")
    func replayOfChosenRules() throws {
        let more = try folder.file(
            "more",
            lines: [
                #"{"name":"low","pattern":{"detail":{"number":[{"numeric":["<",3]}]}}}"#,
                #"{"name":"nobody","pattern":{"source":["nobody.at.all"]}}"#,
            ])
        let low = try Tool.run("archive", "replay", archive, "--rules", more, "--rule", "low")
        #expect(low.output == "0\tlow\n1\tlow\n2\tlow\n" && low.exitCode == 0)
        // Its events have no source at all, so that any of them may still be what a rule wants.
        let nobody = try Tool.run("archive", "replay", archive, "--rules", more, "--rule", "nobody")
        #expect(nobody.output.isEmpty && nobody.exitCode == 0)
        let missing = try Tool.run("archive", "replay", archive, "--rules", more, "--rule", "x")
        #expect(missing.exitCode == 2 && missing.errors.contains("no usable rule \"x\""))
    }

    @Test("replay at a pace waits, and Ctrl-C ends it at once and says how to go on")
    func replayAtAPace() throws {
        for pace in ["0", "-1", "fast", "inf"] {
            let wrong = try Tool.run("archive", "replay", archive, "--rules", rules, "--pace", pace)
            #expect(wrong.exitCode == 64, "\(pace)")
        }
        let fast = try Tool.run(
            "archive", "replay", archive, "--rules", rules, "--pace", "1e9")
        #expect(fast.output == "0\tlow\n1\tlow\n2\tlow,two\n2499\ttwo\n")
        let slow = try RunningTool([
            "archive", "replay", archive, "--rules", rules, "--pace", "1e-9", "--by-event-time",
        ])
        while slow.isRunning, slow.output.isEmpty { usleep(10_000) }
        slow.signal(SIGINT)
        #expect(slow.waitForEnd() == 130)
        // The first 250 events have one and the same time, and the one behind is a second later.
        #expect(slow.output == "0\tlow\n1\tlow\n2\tlow,two\n")
        #expect(slow.errors.contains("go on with --from 250\n"))
    }

    @Test("verify compares the indexes, and info tells of what it finds without reading everything")
    func indexesAndHeaders() throws {
        #expect(try Tool.run("archive", "compact", archive).exitCode == 0)
        let sound = try Tool.run("archive", "verify", archive, "--json").object()
        #expect(sound["sound"] as? Bool == true && sound["indexes"] as? Int ?? 0 >= 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
        let index = try #require(names.first { $0.hasSuffix(".index") })
        try flip(index, at: 3_000)
        let verify = try Tool.run("archive", "verify", archive)
        #expect(verify.exitCode == 1 && verify.errors.contains(index))
        #expect(try Tool.run("archive", "compact", archive).exitCode == 0)
        #expect(try Tool.run("archive", "verify", archive).exitCode == 0)
        let segment = try #require(names.first { $0.hasSuffix(".segment") })
        try flip(segment, at: 20)
        let info = try Tool.run("archive", "info", archive)
        #expect(info.exitCode == 1 && info.errors.contains("a damaged header"))
        let object = try Tool.run("archive", "info", archive, "--json").object()
        #expect((object["problems"] as? [String])?.count == 1)
    }

    @Test("repair says what it would do, does it, and says what it has done")
    func repair() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
        let segment = try #require(names.first { $0.hasSuffix(".segment") })
        try flip(segment, at: 20)
        let plan = try Tool.run("archive", "repair", archive, "--dry-run")
        #expect(plan.exitCode == 0 && plan.output.hasPrefix("would write \(segment) anew"))
        #expect(try Tool.run("archive", "verify", archive).exitCode == 1)
        let result = try Tool.run("archive", "repair", archive)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("will write \(segment) anew"))
        #expect(result.output.hasSuffix("done: 2,500 records can be read\n"))
        #expect(try Tool.run("archive", "verify", archive).exitCode == 0)
        let again = try Tool.run("archive", "repair", archive, "--json").object()
        #expect((again["steps"] as? [String])?.isEmpty == true)
    }

    @Test("repair says what is lost and exits with 1, the same before, after and without doing it")
    func repairOfLostEvents() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
        let segment = try #require(names.first { $0.hasSuffix(".segment") })
        let info = try Tool.run("archive", "info", archive, "--json").object()
        let segments = try #require(info["segments"] as? [[String: Any]])
        let end = try #require(segments[1]["firstSequence"] as? Int)
        let path = "\(archive)/\(segment)"
        try #require(truncate(path, 600_000) == 0)
        let plan = try Tool.run("archive", "repair", archive, "--dry-run")
        let first = try Tool.run("archive", "repair", archive)
        let second = try Tool.run("archive", "repair", archive)
        #expect(second.output == "nothing to do\n")
        for result in [plan, first, second] {
            #expect(result.exitCode == 1)
            #expect(result.errors.contains("error: \(segment): events "), "\(result.errors)")
            #expect(result.errors.hasSuffix(" to \(end - 1) are lost\n"))
            #expect(!result.errors.contains("can't be mended"))
        }
        #expect(first.errors.hasSuffix(plan.errors) && plan.errors == second.errors)
        #expect(try Tool.run("archive", "verify", archive).exitCode == 1)
    }

    @Test("an identity that is lost or damaged is written anew, and every command says how")
    func identity() throws {
        let path = "\(archive)/archive.identity"
        let before = try #require(readFile(path))
        for damage in ["missing", "damaged"] {
            try FileManager.default.removeItem(atPath: path)
            if damage == "damaged" { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }
            for command in ["info", "verify", "cat", "compact"] {
                let result = try Tool.run("archive", command, archive)
                #expect(result.exitCode == 2 && result.errors.contains(damage))
                #expect(result.errors.contains("switchyard archive repair"), "\(command)")
            }
            let repair = try Tool.run("archive", "repair", archive)
            #expect(repair.exitCode == 0, "\(repair.errors)")
            #expect(readFile(path)?.prefix(28) == before.prefix(28))
            #expect(try Tool.run("archive", "verify", archive).exitCode == 0)
        }
    }

    private func flip(_ file: String, at offset: Int) throws {
        let url = URL(fileURLWithPath: "\(archive)/\(file)")
        var content = try Data(contentsOf: url)
        content[offset] ^= 1
        try content.write(to: url)
    }

    @Test("another run appends to an archive that is there")
    func append() throws {
        let again = try Tool.run(
            "bench", "--events", folder.path("events"), "--repeat", "1", "--rules", rules,
            "--passes", "1", "--archive", archive, "--segment-mebibytes", "1")
        #expect(again.exitCode == 0)
        let result = try Tool.run("archive", "replay", archive, "--rules", rules)
        #expect(result.lines.suffix(4) == ["2500\tlow", "2501\tlow", "2502\tlow,two", "4999\ttwo"])
    }

    @Test("a flipped byte is found: verify names the file and exits with 1, the rest is readable")
    func damage() throws {
        let object = try Tool.run("archive", "info", archive, "--json").object()
        let segments = try #require(object["segments"] as? [[String: Any]])
        let file = try #require(segments.first?["file"] as? String)
        let handle = try #require(FileHandle(forUpdatingAtPath: "\(archive)/\(file)"))
        try handle.seek(toOffset: 300_000)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: 300_000)
        try handle.write(contentsOf: [byte ^ 0x10])
        try handle.close()

        let verify = try Tool.run("archive", "verify", archive)
        #expect(verify.output.hasPrefix("DAMAGED: ") && verify.exitCode == 1)
        #expect(verify.errors.contains(file))
        let json = try Tool.run("archive", "verify", archive, "--json")
        #expect(try json.object()["sound"] as? Bool == false && json.exitCode == 1)

        let cat = try Tool.run("archive", "cat", archive)
        #expect(cat.errors.contains("\(file): event ") && cat.errors.contains(" is lost ("))
        #expect((2_300..<2_500).contains(cat.lines.count) && cat.exitCode == 1)
        let replay = try Tool.run("archive", "replay", archive, "--rules", rules)
        #expect(replay.output.hasSuffix("2499\ttwo\n") && replay.exitCode == 1)

        // What lies behind a limit was not asked for, and what lies before it was.
        let lost = try #require(
            cat.errors.split(separator: " ").compactMap { UInt64($0) }.first, "\(cat.errors)")
        for command in [["cat"], ["replay", "--rules", rules], ["export", "--to", "-"]] {
            for (limit, exitCode) in [(1, 0), (lost, 0), (lost + 1, 1)] as [(UInt64, Int32)] {
                let part = try Tool.run(
                    ["archive", command[0], archive] + command.dropFirst()
                        + ["--from", "0", "--limit", "\(limit)"])
                #expect(part.exitCode == exitCode, "\(command) \(limit): \(part.errors)")
                #expect(part.errors.contains(" is lost") == (exitCode == 1))
            }
        }
    }

    @Test("a range that ends before it begins is an error that says so, for every command")
    func impossibleRanges() throws {
        let ranges = [
            ["--from", "10", "--before", "5"],
            ["--since", "2026-01-31T12:00:01Z", "--until", "2026-01-31T12:00:00Z"],
        ]
        for range in ranges {
            for command in [["cat"], ["replay", "--rules", rules], ["export", "--to", "-"]] {
                let result = try Tool.run(
                    ["archive", command[0], archive] + command.dropFirst() + range)
                #expect(result.exitCode == 64 && result.output.isEmpty, "\(command)")
                #expect(result.errors.contains("\(range[0]) \(range[1]) lies behind \(range[2])"))
            }
        }
    }

    @Test("a missing segment is a gap that every command reports")
    func missingSegment() throws {
        let object = try Tool.run("archive", "info", archive, "--json").object()
        let segments = try #require(object["segments"] as? [[String: Any]])
        try #require(segments.count >= 3)
        let file = try #require(segments[1]["file"] as? String)
        try FileManager.default.removeItem(atPath: "\(archive)/\(file)")
        for command in [["info"], ["verify"], ["cat"], ["replay", "--rules", rules]] {
            let result = try Tool.run(["archive", command[0], archive] + command.dropFirst())
            #expect(result.exitCode == 1 && !result.errors.isEmpty, "\(command)")
        }
    }
}

@Suite("switchyard archive elsewhere", .onThreadsOfItsOwn)
struct ForeignDirectoryTests {
    @Test(
        "what is no archive is refused with 2 and left as it is",
        arguments: ["info", "verify", "cat"])
    func foreignDirectory(command: String) throws {
        let foreign = try TemporaryFolder()
        let file = try foreign.file("letter.txt", Array("dear".utf8))
        let result = try Tool.run("archive", command, foreign.path)
        #expect(
            result.errors == """
                error: \(foreign.path): no archive (it holds files but no archive.identity, so none is begun here)

                """)
        #expect(result.output.isEmpty && result.exitCode == 2)
        let missing = try Tool.run("archive", command, foreign.path("missing"))
        #expect(missing.errors.hasSuffix(": there is no such directory\n"))
        #expect(missing.exitCode == 2)
        let bench = try Tool.run(
            "bench", "--archive", foreign.path, "--events", "10", "--rules", "1", "--passes", "1")
        #expect(bench.exitCode == 2 && bench.errors.hasPrefix("error: \(foreign.path): "))
        #expect(try FileManager.default.contentsOfDirectory(atPath: foreign.path) == ["letter.txt"])
        #expect(readFile(file) == Array("dear".utf8))
    }
}
