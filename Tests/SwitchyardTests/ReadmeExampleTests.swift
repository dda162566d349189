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
        let directory = folder.path + "/archive"
        // README, "Embed it", from here
        let rules = try RuleSet([
            Rule(
                name: "stopped",
                pattern: #"{"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}"#)
        ])
        let bus = try EventBus(
            rules: rules, configuration: .init(archive: .init(directory: directory))
        ) {
            for position in $0.matches.indices { print(rules.names[Int($0.matches[position])]) }
        }
        try bus.publish(#"{"source": "aws.ec2", "detail": {"state": "stopped"}}"#)
        try bus.close()

        var replay = Replay(of: try ArchiveReader(directory: directory), through: rules)
        while try replay.step(deliver: { print($0.sequence, $0.matches.count) }) {}
        // to here
        #expect(bus.statistics.matches == 1)
        #expect(replay.events == 1 && replay.matches == 1)
    }

    @Test("the example of the matcher alone does what it says")
    func runsMatcherExample() throws {
        let rules = try RuleSet([Rule(name: "on", pattern: #"{"state": ["on"]}"#)])
        var matcher = Matcher(rules)
        #expect(try matcher.matchNames(#"{"state": "on"}"#) == ["on"])
    }

    @Test("the README shows this example to the letter")
    func isShown() throws {
        let here = try #require(readFile(#filePath)).map { $0 }
        let source = String(decoding: here, as: UTF8.self)
        let readme = String(
            decoding: try #require(readFile(projectFolder + "/README.md")), as: UTF8.self)
        let begin = try #require(source.range(of: "from here\n")?.upperBound)
        let end = try #require(source.range(of: "        // to here")?.lowerBound)
        let example = source[begin..<end].split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : String($0) }
        #expect(readme.contains(example.joined(separator: "\n")))
    }
}
