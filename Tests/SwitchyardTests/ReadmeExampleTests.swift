import Foundation
import JSONScan
import Switchyard
import TestSupport
import Testing

/// README's example, so that it compiles and does what it says.
@Suite struct ReadmeExampleTests {
    @Test("the example in the README compiles, delivers and replays")
    func runsExample() throws {
        let folder = try TemporaryFolder()
        let directory = folder.path + "/orders"
        // README, "Embed it", from here
        let router = try Router(RouterConfiguration(directory: directory))
        try router.putRule(
            RoutingRule(
                name: "stopped",
                pattern: #"{"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}"#))
        try router.putTargets([.closure("log") { print($0.rule, $0.text) }], of: "stopped")
        try router.publish(#"{"source": "aws.ec2", "detail": {"state": "stopped"}}"#)
        try router.close()

        let rules = try RuleSet([Rule(name: "any", pattern: #"{"source": [{"exists": true}]}"#)])
        let archive = try ArchiveReader(directory: directory + "/buses/default.archive")
        var replay = Replay(of: archive, through: rules)
        while try replay.step(deliver: { print($0.sequence, $0.matches.count) }) {}
        // to here
        #expect(try router.statistics(target: "log", of: "stopped").delivered == 1)
        #expect(replay.events == 1 && replay.matches == 1)
    }

    @Test("the example of other targets compiles, and every one gets its events")
    func runsTargets() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.path + "/orders"
        let router = try Router(RouterConfiguration(directory: directory))
        let stored = Inbox()
        @Sendable func store(_ text: String) async throws { stored.take(text) }
        try router.putRule(RoutingRule(name: "stopped", pattern: #"{"source": ["aws.ec2"]}"#))
        // README, "Embed it", targets from here
        try router.putBus("audit")  // unless it is there already
        let matches = MatchStream()
        try router.putTargets(
            [
                .file("lines", path: directory + ".jsonl"),
                .task("details", input: .path(InputPath("$.detail")), concurrency: 8) {
                    try await store($0.text)
                },
                .stream("stream", matches),  // for await match in matches { print(match.text) }
                .bus("audit", named: "audit"),
            ], of: "stopped")
        try router.putRule(
            RoutingRule(name: "hourly", schedule: ScheduleExpression("rate(1 hour)")))

        for letter in try router.deadLetters() { print(letter.target, letter.message) }
        print(try await router.redriveDeadLetters().delivered)
        // targets to here
        try router.publish(#"{"source": "aws.ec2", "detail": {"state": "stopped"}}"#)
        await stored.wait(for: 1)
        #expect(stored.texts == [#"{"state": "stopped"}"#])
        let first = matches.makeAsyncIterator()
        #expect(await first.next()?.rule == "stopped")
        try await wait { try router.statistics(bus: "audit").routed == 1 }
        for target in ["lines", "details", "audit"] {
            try await wait { try router.statistics(target: target, of: "stopped").delivered == 1 }
        }
        #expect(try router.rules().map(\.rule.name) == ["stopped", "hourly"])
        try router.close(within: .milliseconds(500))
    }

    @Test("the example of a replay into the router compiles, and delivers what is in its window")
    func replaysIntoRouter() async throws {
        let folder = try TemporaryFolder()
        let router = try Router(RouterConfiguration(directory: folder.path + "/orders"))
        try router.putRule(RoutingRule(name: "stopped", pattern: #"{"source": ["aws.ec2"]}"#))
        try router.putTargets([.closure("log") { _ in }], of: "stopped")
        for time in ["2026-11-23T17:59:59Z", "2026-11-23T18:00:00Z", "2026-11-23T18:00:01Z"] {
            try router.publish(#"{"source": "aws.ec2", "time": "\#(time)"}"#)
        }
        while try router.statistics().routed < 3 { try await Task.sleep(for: .milliseconds(1)) }
        var deliveries: UInt64?
        if let evening = EventTime("2026-11-23T18:00:00Z"),
            let morning = EventTime("2026-11-24T06:00:00Z")
        {
            let again = try router.startReplay(
                ReplayRequest(
                    name: "last-night", from: evening, until: morning, rules: ["stopped"],
                    pace: .times(10)))
            deliveries = await again.finished().deliveries
        }
        #expect(deliveries == 2)
        try router.close()
    }

    @Test("the example of the matcher alone does what it says")
    func runsMatcherExample() throws {
        let rules = try RuleSet([Rule(name: "on", pattern: #"{"state": ["on"]}"#)])
        var matcher = Matcher(rules)
        #expect(try matcher.matchNames(#"{"state": "on"}"#) == ["on"])
    }

    @Test("the module's article shows the first part of the README's example to the letter")
    func isShownInArticle() throws {
        let folder = projectFolder + "/Sources/Switchyard/Switchyard.docc/"
        let article = String(
            decoding: try #require(readFile(folder + "Switchyard.md")), as: UTF8.self)
        let readme = String(
            decoding: try #require(readFile(projectFolder + "/README.md")), as: UTF8.self)
        let begin = try #require(article.range(of: "```swift\n")?.upperBound)
        let end = try #require(article.range(of: "```\n", range: begin..<article.endIndex))
        #expect(readme.contains(article[begin..<end.lowerBound]))
    }

    @Test("the README shows these examples to the letter", arguments: ["", "targets "])
    func isShown(which: String) throws {
        let here = try #require(readFile(#filePath)).map { $0 }
        let source = String(decoding: here, as: UTF8.self)
        let readme = String(
            decoding: try #require(readFile(projectFolder + "/README.md")), as: UTF8.self)
        let begin = try #require(source.range(of: "\"Embed it\", \(which)from here\n")?.upperBound)
        let end = try #require(source.range(of: "        // \(which)to here")?.lowerBound)
        let example = source[begin..<end].split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : String($0) }
        #expect(readme.contains(example.joined(separator: "\n")))
    }
}
