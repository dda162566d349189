import Foundation
import TestSupport
import Testing

@Suite("switchyard archive compact, export and cat --follow", .onThreadsOfItsOwn)
struct ArchiveUpkeepTests {
    private let folder: TemporaryFolder
    private let archive: String

    /// 1,500 events of about 1 KB, two thirds of them CloudTrail's, in two segments of 1 MiB.
    init() throws {
        folder = try TemporaryFolder()
        archive = folder.path("archive")
        let filler = String(repeating: "x", count: 900)
        let events = (0..<1_500).map { number in
            let type = number % 3 == 0 ? "Order Placed" : "AWS API Call via CloudTrail"
            return
                "{\"detail-type\":\"\(type)\",\"source\":\"shop.\(number % 50)\","
                + "\"account\":\"11112222333\(number % 2)\",\"time\":\"2026-01-3\(number % 2)T12:00:00Z\","
                + "\"region\":\"eu-west-1\",\"detail\":{\"number\":\(number),\"f\":\"\(filler)\"}}"
        }
        let rules = try folder.file("rules", lines: [#"{"name":"all","pattern":{"source":["a"]}}"#])
        let bench = try Tool.run(
            "bench", "--events", try folder.file("events", lines: events), "--repeat", "1",
            "--rules", rules, "--passes", "1", "--archive", archive, "--segment-mebibytes", "1")
        try #require(bench.exitCode == 0, "\(bench.errors)")
    }

    @Test("compact writes indexes, and compresses what is then read as before")
    func compact() throws {
        let before = try Tool.run("archive", "cat", archive).output
        let result = try Tool.run("archive", "compact", archive, "--compress", "--json")
        try #require(result.exitCode == 0, "\(result.errors)")
        let object = try result.object()
        let count = try #require(object["compressed"] as? Int)
        #expect(count >= 2 && object["indexesWritten"] as? Int == count)
        #expect(try Tool.run("archive", "cat", archive).output == before)
        #expect(try Tool.run("archive", "verify", archive).output.hasPrefix("sound: 1,500 records"))
        let chosen = try Tool.run(
            "archive", "cat", archive, "--source", "shop.7", "--detail-type", "Order Placed")
        #expect(chosen.lines.count == 10 && chosen.lines.allSatisfy { $0.contains("\"shop.7\"") })
    }

    @Test("how hard to compress is refused where nothing is compressed")
    func levelWithoutCompress() throws {
        let run = try Tool.run("archive", "compact", archive, "--level", "9")
        #expect(run.exitCode == 64 && run.errors.contains("--level is for --compress"))
        let hard = try Tool.run("archive", "compact", archive, "--level", "9", "--compress")
        #expect(hard.exitCode == 0, "\(hard.errors)")
    }

    @Test("an index that can't be written is an error that names the archive and the file")
    func namesTheArchive() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: archive)
        let segment = try #require(names.sorted().first { $0.hasSuffix(".segment") })
        // A folder where the index would be written first.
        let inTheWay = "\(segment.dropLast(".segment".count)).index.new"
        try FileManager.default.createDirectory(
            atPath: "\(archive)/\(inTheWay)/full", withIntermediateDirectories: true)
        let run = try Tool.run("archive", "compact", archive)
        #expect(run.errors.contains("error: \(archive): \(inTheWay): "), "\(run)")
        #expect(run.exitCode == 2)
    }

    @Test("a sealed segment without its footer is not called open")
    func missingFooter() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: archive)
        let segment = try #require(names.sorted().first { $0.hasSuffix(".segment") })
        var bytes = try #require(readFile("\(archive)/\(segment)"))
        bytes[bytes.count - 30] ^= 0xFF
        try Data(bytes).write(to: URL(fileURLWithPath: "\(archive)/\(segment)"))
        let table = try Tool.run("archive", "info", archive)
        #expect(table.output.contains("no footer   \(segment)"), "\(table.output)")
        #expect(!table.output.contains("  open  ") && table.exitCode == 1)
        let object = try Tool.run("archive", "info", archive, "--json").object()
        let first = try #require((object["segments"] as? [[String: Any]])?.first)
        #expect(first["sealed"] as? Bool == true && first["footer"] as? Bool == false)
    }

    @Test("compact removes the oldest segments beyond a size, and says so")
    func retention() throws {
        let result = try Tool.run("archive", "compact", archive, "--keep-mebibytes", "1")
        #expect(result.exitCode == 0 && result.output.contains(" removed ("))
        let first = try Tool.run("archive", "info", archive, "--json").object()["firstSequence"]
        #expect(try #require(first as? Int) > 0)
        let verify = try Tool.run("archive", "verify", archive)
        #expect(verify.exitCode == 0 && verify.errors.contains("it begins with event"))
    }

    @Test("export writes JSON Lines, byte for byte")
    func lines() throws {
        let result = try Tool.run("archive", "export", archive, "--to", folder.path("out"))
        #expect(result.exitCode == 0 && result.output == "1,500 events in 1 file\n")
        #expect(readFile(folder.path("out")) == readFile(folder.path("events")))
    }

    @Test("export leaves what is there alone, and says so before it reads anything")
    func exportTargets() throws {
        let there = try folder.file("there", lines: ["mine"])
        let refused = try Tool.run("archive", "export", archive, "--to", there)
        #expect(refused.exitCode == 2 && refused.errors.contains("exists; choose another name"))
        #expect(readFile(there).map { String(decoding: $0, as: UTF8.self) } == "mine\n")
        let forced = try Tool.run("archive", "export", archive, "--to", there, "--overwrite")
        #expect(forced.exitCode == 0 && readFile(there) == readFile(folder.path("events")))
        for to in [folder.path("no/such/folder/file"), folder.path] {
            let result = try Tool.run("archive", "export", archive, "--to", to)
            #expect(result.exitCode == 2 && result.output.isEmpty, "\(to)")
        }
        let logs = try Tool.run(
            "archive", "export", archive, "--layout", "cloudtrail", "--to", there)
        #expect(logs.exitCode == 2 && logs.output.isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasSuffix(".part") })
    }

    @Test("export replaces a regular file, also behind a link, and nothing else")
    func exportOverwrites() throws {
        let events = readFile(folder.path("events"))
        let there = try folder.file("there", lines: ["mine"])
        chmod(there, 0o640)
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: there)
        #expect(try Tool.run("archive", "export", archive, "--to", link).exitCode == 2)
        let linked = try Tool.run("archive", "export", archive, "--to", link, "--overwrite")
        #expect(linked.exitCode == 0 && readFile(there) == events, "\(linked.errors)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == there)
        var status = stat()
        #expect(stat(there, &status) == 0 && status.st_mode & 0o777 == 0o640)

        let pipe = folder.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let broken = folder.path("broken")
        try FileManager.default.createSymbolicLink(
            atPath: broken, withDestinationPath: folder.path("nothing"))
        let names = try FileManager.default.contentsOfDirectory(atPath: archive).sorted()
        let segment = try #require(names.first { $0.hasSuffix(".segment") })
        let content = readFile("\(archive)/\(segment)")
        let refused = [
            (pipe, "no regular file"), (broken, "a link to nothing"),
            ("\(archive)/\(segment)", "inside an archive"), ("\(archive)/new", "inside an archive"),
        ]
        for (path, reason) in refused {
            let result = try Tool.run("archive", "export", archive, "--to", path, "--overwrite")
            #expect(result.exitCode == 2 && result.errors.contains(reason), "\(result.errors)")
        }
        #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        #expect(readFile("\(archive)/\(segment)") == content)
        let logs = try Tool.run(
            "archive", "export", archive, "--layout", "cloudtrail", "--to", archive)
        #expect(logs.exitCode == 2 && logs.errors.contains("inside an archive"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: archive).sorted() == names)
    }

    @Test("export to - writes the events to standard output, and says the rest beside it")
    func exportToOutput() throws {
        let result = try Tool.run("archive", "export", archive, "--to", "-")
        let isSame = Array(result.output.utf8) == readFile(folder.path("events"))
        #expect(isSame)
        #expect(result.errors == "1,500 events in 1 file\n" && result.exitCode == 0)
        let logs = try Tool.run("archive", "export", archive, "--layout", "cloudtrail", "--to", "-")
        #expect(logs.exitCode == 64 && logs.output.isEmpty)
    }

    @Test(
        "export to a full disk is an error, and leaves no part of a file",
        .enabled(if: SmallDisk.isPossible), arguments: ["lines", "cloudtrail"])
    func exportToFullDisk(layout: String) throws {
        let disk = try SmallDisk(kilobytes: layout == "lines" ? 64 : 4)
        let to = disk.path + "/out"
        let result = try Tool.run(
            "archive", "export", archive, "--layout", layout, "--to", to)
        #expect(result.exitCode == 2 && result.output.isEmpty)
        #expect(result.errors.contains("No space left"), "\(result.errors)")
        let left = FileManager.default.enumerator(atPath: disk.path)?.compactMap { "\($0)" } ?? []
        #expect(!left.contains { $0.contains(".part") }, "\(left)")
    }

    @Test("info names compressed segments as they are, with the size that they have")
    func compressedInfo() throws {
        try #require(try Tool.run("archive", "compact", archive, "--compress").exitCode == 0)
        let object = try Tool.run("archive", "info", archive, "--json").object()
        let segments = try #require(object["segments"] as? [[String: Any]])
        let compressed = segments.filter { $0["compressed"] as? Bool == true }
        #expect(compressed.count >= 2)
        for segment in compressed {
            let file = try #require(segment["file"] as? String)
            let size = try #require(readFile("\(archive)/\(file)")?.count)
            #expect(file.hasSuffix(".zst") && segment["fileBytes"] as? Int == size)
        }
        let table = try Tool.run("archive", "info", archive)
        #expect(table.lines.contains { $0.contains("compressed") && $0.hasSuffix(".zst") })
    }

    @Test("export in CloudTrail's layout has a folder a day, and gzip files of Records")
    func cloudTrail() throws {
        let result = try Tool.run(
            "archive", "export", archive, "--layout", "cloudtrail", "--to", folder.path("logs"))
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output == "1,000 events in 2 files, 500 left out\n")
        let day = folder.path("logs/AWSLogs/111122223330/CloudTrail/eu-west-1/2026/01/30")
        let files = try FileManager.default.contentsOfDirectory(atPath: day)
        let file = try #require(files.first)
        #expect(file.hasPrefix("111122223330_CloudTrail_eu-west-1_20260130T1200Z_"))
        #expect(file.hasSuffix(".json.gz"))
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
        gzip.arguments = ["-dc", "\(day)/\(file)"]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.start()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        let object = try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]]
        let numbers = try #require(object?["Records"]).compactMap { $0["number"] as? Int }
        #expect(numbers == (0..<1_500).filter { $0 % 2 == 0 && $0 % 3 != 0 })
    }

    @Test("cat --follow prints what is there, waits, and ends with 130 when it is interrupted")
    func follow() throws {
        let run = try RunningTool(["archive", "cat", archive, "--from", "1490", "--follow"])
        try run.wait { run.output.split(separator: "\n").count == 10 }
        usleep(50_000)
        #expect(run.isRunning)
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
    }
}
