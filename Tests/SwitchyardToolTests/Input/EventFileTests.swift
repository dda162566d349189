import Foundation
import TestSupport
import Testing

/// Events as people have them in files, through each command that reads them.
@Suite("Files of events", .onThreadsOfItsOwn)
struct EventFileTests {
    private let folder: TemporaryFolder
    private let rules: String
    private let lines: [String]

    private static let ruleLines = [
        #"{"name":"a","pattern":{"source":["com.example.a"]}}"#,
        #"{"name":"detail","pattern":{"detail":{"n":[{"numeric":[">",1]}]}}}"#,
    ]

    init() throws {
        folder = try TemporaryFolder()
        rules = try folder.file("rules.jsonl", lines: Self.ruleLines)
        lines = (1...3).map { number in
            #"{"version":"0","detail-type":"T","source":"com.example.\#(number == 2 ? "b" : "a")","#
                + #""time":"2026-03-02T08:17:41Z","resources":["r"],"detail":{"n":\#(number)}}"#
        }
    }

    private var pretty: [String] {
        get throws {
            try lines.map {
                let value = try JSONSerialization.jsonObject(with: Data($0.utf8))
                let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
                return String(
                    decoding: try JSONSerialization.data(withJSONObject: value, options: options),
                    as: UTF8.self)
            }
        }
    }

    private var entries: [String] {
        (1...3).map { number in
            #"{"Source":"com.example.\#(number == 2 ? "b" : "a")","DetailType":"T","#
                + #""Detail":"{\"n\": \#(number)}","EventBusName":"default","Time":1772439461.5}"#
        }
    }

    private func match(_ text: String, _ options: String...) throws -> Tool.Result {
        try Tool.run(["match", "--rules", rules, "--events", "-"] + options, input: text)
    }

    @Test("events match alike in every layout, compressed or not, and are numbered")
    func layouts() throws {
        let byLine = "1\ta\n2\tdetail\n3\ta,detail\n"
        let list = "[" + lines.joined(separator: ",") + "]"
        let pretty = try pretty
        let prettyList: String = "[\n" + pretty.joined(separator: ",\n") + "\n]\n"
        let entryList: String = "[" + entries.joined(separator: ",\n") + "]"
        let printed = lines.enumerated().map { offset, line -> String in
            #"{"sequence":\#(offset),"ingestTime":"","eventTime":"","event":\#(line)}"#
        }
        let texts: [String] = [
            lines.joined(separator: "\n"), lines.joined(), list, list + "\n",
            pretty.joined(separator: "\n"), prettyList, entries.joined(separator: "\n"), entryList,
            "{\"Entries\": \(entryList)}", printed.joined(separator: "\n"),
        ]
        for text in texts {
            let piped = try match(text)
            #expect(piped.output == byLine && piped.errors.isEmpty, "\(text)\n\(piped)")
            let file = try folder.file("events.gz", Gzip.stored(Array(text.utf8)))
            let read = try Tool.run("match", "--rules", rules, "--events", file)
            #expect(read.output == byLine && read.errors.isEmpty, "\(text)\n\(read)")
        }
        // Where events are lines, the number is the line's.
        #expect(
            try match("\n" + lines.joined(separator: "\n\n")).lines.map(\.first) == ["2", "4", "6"])
    }

    @Test("explain and the benchmarks read the same files")
    func otherCommands() throws {
        let list = try folder.file("list.json", Array(try pretty.joined(separator: "\n").utf8))
        let explained = try Tool.run(
            "explain", "--rules", rules, "--rule", "a", "--events", list, "--event", "2")
        #expect(
            explained.output == """
                event 2, a: does not match
                  no  source is "com.example.b"; the rule wants "com.example.a"

                """)
        let entries = try folder.file(
            "entries.json", Array("[\(entries.joined(separator: ","))]".utf8))
        for (command, file) in [(["bench"], list), (["bench", "match"], entries)] {
            let run = try Tool.run(
                command + [
                    "--rules", rules, "--events", file, "--repeat", "2", "--passes", "1", "--json",
                ])
            let report = try run.object()
            #expect(report["distinctEvents"] as? Int == 3 && report["events"] as? Int == 6)
            #expect(report["matches"] as? Int == 8, "\(run)")
        }
    }

    @Test("an entry of PutEvents becomes the event that the service makes of it")
    func makesEnvelopes() throws {
        let pattern =
            #"{"version":["0"],"id":[{"exists":true}],"detail-type":["T"],"source":["com.example.a"],"#
            + #""account":[{"exists":true}],"time":["2026-03-02T08:17:41Z"],"#
            + #""region":[{"exists":true}],"resources":["r:1"],"detail":{"n":[1]}}"#
        let entry =
            #"{"Time":"2026-03-02T09:17:41.5+01:00","Resources":["r:1"],"Detail":"{\"n\":1}","#
            + #""DetailType":"T","Source":"com.example.a"}"#
        let run = try Tool.run("explain", "--pattern", pattern, "--events", "-", input: entry)
        #expect(run.output.hasPrefix("event 1, pattern: matches\n"), "\(run)")
    }

    @Test("an entry that PutEvents would refuse is told of, and skipped")
    func refusesEntries() throws {
        let wrong = [
            #"{"DetailType":"T","Detail":"{}"}"#, #"{"Source":"s","Detail":"{}"}"#,
            #"{"Source":"s","DetailType":"T","Detail":"[]"}"#,
            #"{"Source":"s","DetailType":"T","Detail":"{}","Time":"today"}"#,
        ]
        let run = try match(wrong.joined(separator: "\n"))
        #expect(
            run.errors == """
                error: standard input:1:1: Parameter Source is not valid. Reason: Source is a \
                required argument.
                error: standard input:2:1: Parameter DetailType is not valid. Reason: DetailType is \
                a required argument.
                error: standard input:3:41: Detail is malformed: it has to be a JSON object
                error: standard input:4:53: Time is RFC 3339 in quotes, or a number of seconds since \
                1970
                4 lines were skipped

                """)
        #expect(run.output.isEmpty && run.exitCode == 1)
    }

    @Test("an entry whose Detail is no string is told of, and skipped; so is one without any")
    func refusesDetails() throws {
        let object = #"{"Source":"com.example.a","DetailType":"T","Detail":{"n":1}}"#
        let wrong = try match(object + "\n" + entries[0] + "\n")
        #expect(
            wrong.errors == """
                error: standard input:1:53: Detail has to be a string that holds JSON
                1 line was skipped

                """)
        #expect(wrong.output == "2\ta\n" && wrong.exitCode == 1)
        let listed = try match(
            #"{"Entries":[\#(entries[0]),{"Source":"s","Detail":{}},{"DetailType":"T","Source":"s"}]}"#
        )
        #expect(listed.output == "1\ta\n" && listed.exitCode == 1)
        #expect(listed.errors.contains("Parameter DetailType is not valid"), "\(listed)")
        #expect(listed.errors.contains("Parameter Detail is not valid"), "\(listed)")
        #expect(listed.errors.hasSuffix("\n2 lines were skipped\n"), "\(listed)")
    }

    @Test("a comma that is missing in a list is told of, and every event is read")
    func missingCommas() throws {
        let list = "[\n  \(lines[0]),\n  \(lines[1])\n  \(lines[2])\n]\n"
        let run = try match(list)
        #expect(run.output == "1\ta\n2\tdetail\n3\ta,detail\n")
        #expect(
            run.errors == """
                error: standard input:4:3: a ',' or ']' was expected
                1 line was skipped

                """)
        #expect(run.exitCode == 1)
        let left = try match("[\n  \(lines[0])\n  7,\n  \(lines[2])\n]\n")
        #expect(left.output == "1\ta\n" && left.exitCode == 1)
        #expect(
            left.errors.hasPrefix(
                "error: standard input:3:3: a ',' or ']' was expected; the rest of the list is "),
            "\(left)")
    }

    @Test(
        "an empty list of events holds none",
        arguments: [#"{"Records": []}"#, "{\n \"Entries\": [\n ]\n}\n", "[]"])
    func emptyLists(text: String) throws {
        let run = try match(text)
        #expect(run.output.isEmpty && run.errors.isEmpty && run.exitCode == 0, "\(run)")
    }

    @Test(
        "events in Records are taken as they are; what is no record of CloudTrail gets a word")
    func otherRecords() throws {
        let events = try match("{\"Records\": [\(lines.joined(separator: ","))]}")
        #expect(events.output == "1\ta\n2\tdetail\n3\ta,detail\n", "\(events)")
        #expect(events.errors.isEmpty && events.exitCode == 0, "\(events)")
        let others = try match(#"{"Records":[{"source":"com.example.a"},{"detail":{"n":2}}]}"#)
        #expect(others.output == "1\ta\n2\tdetail\n" && others.exitCode == 0, "\(others)")
        #expect(
            others.errors == """
                note: standard input:1:13: this is taken as one event, although it is in "Records" \
                and is no CloudTrail record; if it is none, give the events alone

                """)
    }

    @Test(
        "what archive export writes for CloudTrail is read back as the events that it was made of")
    func readsCloudTrailExport() throws {
        let events = projectFolder + "/data/events.jsonl"
        let archive = folder.path("archive")
        let out = folder.path("logs")
        let made = try Tool.run(
            "bench", "--rules", rules, "--events", events, "--repeat", "3", "--archive", archive)
        #expect(made.exitCode == 0, "\(made.errors)")
        let export = try Tool.run(
            "archive", "export", archive, "--layout", "cloudtrail", "--to", out)
        #expect(export.exitCode == 0, "\(export.errors)")
        let files = try #require(FileManager.default.subpaths(atPath: out)).filter {
            $0.hasSuffix(".json.gz")
        }
        let original = try #require(
            String(decoding: readFile(events) ?? [], as: UTF8.self).split(separator: "\n").first {
                $0.contains("via CloudTrail")
            })
        let kept = try #require(
            JSONSerialization.jsonObject(with: Data(original.utf8)) as? [String: Any])
        var pattern: [String: Any] = ["detail": ["eventName": [["exists": true]]]]
        for key in ["detail-type", "source", "account", "time", "region"] {
            pattern[key] = [try #require(kept[key])]
        }
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: pattern), as: UTF8.self)
        try #require(files.count == 1)
        let run = try Tool.run(
            "explain", "--pattern", text, "--events", "\(out)/\(files[0])", "--json")
        #expect(run.errors.isEmpty && run.lines.count == 3, "\(run)")
        #expect(run.lines.allSatisfy { $0.contains(#""matches":true"#) }, "\(run)")
    }

    @Test(
        "what is taken as one event and looks like something around events gets a word",
        arguments: [
            (#"{"Events": [{"detail-type": "T"}]}"#, "Events"),
            (#"{"NextToken": "x", "events": [{"message": "{}"}]}"#, "events"),
            (#"{"Messages": [{"Body": "{}"}]}"#, "Messages"),
            (#"{"Message": "{\"detail\": {}}"}"#, "Message"),
            (#"{"payload": {"detail-type": "T", "detail": {}}}"#, "payload"),
            (#"{"Records": [{"eventName": "Put", "s3": {}}]}"#, "Records"),
        ])
    func warns(text: String, member: String) throws {
        let run = try match(text + "\n" + text)
        #expect(run.output == "1\t-\n2\t-\n" && run.exitCode == 0)
        #expect(
            run.errors == """
                note: standard input:1:1: this is taken as one event, although its member \
                "\(member)" looks like the place of events; if it is, give the events alone

                """)
    }

    @Test(
        "an event that only has such members gets none",
        arguments: [
            #"{"source": "s", "Events": [{"detail-type": "T"}]}"#, #"{"a": [{"b": 1}]}"#,
            #"{"message": "text"}"#, #"{"events": [1, 2]}"#, #"{"detail": {"Records": [{}]}}"#,
        ])
    func doesNotWarn(text: String) throws {
        #expect(try match(text).errors.isEmpty)
    }

    @Test("a record of CloudTrail by itself is taken as it is, with a word")
    func warnsOfRecords() throws {
        let run = try match(
            #"{"eventVersion":"1","eventSource":"iam.amazonaws.com","eventName":"x"}"#)
        #expect(run.errors.contains("a CloudTrail record outside of {\"Records\": [...]}"))
        #expect(run.output == "1\t-\n" && run.exitCode == 0)
    }

    @Test("UTF-16 is named, and so is gzip data that is cut off")
    func namesEncodings() throws {
        let text = lines.joined(separator: "\n")
        let wide: [UInt8] =
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for (name, bytes) in [("wide", wide), ("wide.gz", Gzip.stored(wide))] {
            let wide = try folder.file(name, bytes)
            for command in ["match --rules R", "explain --rules R", "bench"] {
                let words = command.split(separator: " ").map { $0 == "R" ? rules : String($0) }
                let run = try Tool.run(words + ["--events", wide])
                #expect(
                    run.errors.hasPrefix("error: can't read \(wide): it is UTF-16, "), "\(run)")
                #expect(run.exitCode == 2)
            }
        }
        let cut = try folder.file("cut", Gzip.stored(Array(text.utf8)).dropLast(12))
        let run = try Tool.run("match", "--rules", rules, "--events", cut)
        #expect(run.errors.hasSuffix("the gzip data ends early: the file is cut off\n"))
        #expect(run.exitCode == 2)
    }

    @Test("rules that are left out are named on standard error, and are no failure")
    func namesDisabledRules() throws {
        let some = try folder.file(
            "some",
            lines: Self.ruleLines + [
                #"{"Name":"off","State":"DISABLED","EventPattern":"{\"source\":[\"x\"]}"}"#
            ])
        let expected = "note: \(some):3:1: rule \"off\" is DISABLED, and left out\n"
        let run = try Tool.run("match", "--rules", some, "--events", "-", input: lines[0])
        #expect(run.output == "1\ta\n" && run.errors == expected && run.exitCode == 0)
        let check = try Tool.run("check", "--rules", some)
        #expect(check.errors == expected + "2 valid rules, 0 invalid\n" && check.exitCode == 0)
    }

    @Test("an empty list of rules has no rule, and none that is wrong")
    func emptyRules() throws {
        let none = try folder.file("none", lines: [#"{"Rules": []}"#])
        let run = try Tool.run("match", "--rules", none, "--events", "-", input: lines[0])
        #expect(run.errors == "error: \(none) has no usable rule\n" && run.exitCode == 2)
        #expect(run.output.isEmpty)
    }
}
