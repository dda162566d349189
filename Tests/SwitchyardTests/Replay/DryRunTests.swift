import EventArchive
import Foundation
import JSONScan
import Switchyard
import TestSupport
import Testing

@Suite struct DryRunTests {
    @Test("a dry run finds what rules would have matched, and what their targets would have got")
    func runs() throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let inbox = Inbox()
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        for number in 0..<1_000 { try router.publish(event(number)) }
        try router.publish(#"{"n":5,"detail":{"state":"on"}}"#)
        let directory = try #require(try router.archiveDirectory(of: "default"))
        try router.close()
        let low = DryRun.Candidate(
            rule: try Rule(name: "low", pattern: #"{"n":[{"numeric":["<",10]}]}"#),
            targets: [
                .init(id: "whole"),
                .init(id: "part", input: .path(try InputPath("$.detail.state"))),
            ])
        let none = DryRun.Candidate(rule: try Rule(name: "none", pattern: #"{"n":["1"]}"#))
        var run = try DryRun(of: [low, none], over: ArchiveReader(directory: directory))
        var sequences: [UInt64] = []
        var parts: [String] = []
        while try run.step(
            limit: 64,
            event: { found in
                #expect(found.rule == "low" && found.candidate == 0 && found.inputs.count == 2)
                sequences.append(found.sequence)
                if case .success(let bytes) = found.inputs[1] {
                    parts.append(String(decoding: bytes, as: UTF8.self))
                }
            })
        {}
        #expect(sequences == Array(0..<10) + [1_000])
        #expect(parts == [#""on""#])
        #expect(run.events == 1_001 && run.invalid.isEmpty && run.gaps.isEmpty)
        #expect(run.counts[0] == count(matched: 11, deliverable: 12, failed: 10))
        #expect(run.counts[1] == DryRun.Count())
        // Nothing was delivered once more.
        #expect(inbox.count == 1_001)
    }

    private func count(matched: UInt64, deliverable: UInt64, failed: UInt64) -> DryRun.Count {
        var count = DryRun.Count()
        (count.matched, count.deliverable, count.failed) = (matched, deliverable, failed)
        return count
    }

    @Test("a rules file's targets are read as EventBridge has them, and what is wrong has its line")
    func readsTargets() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "rules",
            lines: [
                #"{"name":"a","pattern":{"n":[1]},"targets":[{"Id":"x"},{"Id":"y","InputPath":"$.n"}]}"#,
                #"{"name":"b","pattern":{"n":[1]},"targets":[{"Id":"x","Input":"1","InputPath":"$"}]}"#,
                #"{"name":"c","pattern":{"n":[1]},"targets":[{"Input":"1"}]}"#,
                #"{"name":"d","pattern":{"n":[1]},"targets":[{"Id":"x","InputTransformer":"#
                    + #"{"InputPathsMap":{"n":"$.n"},"InputTemplate":"\"n is <n>\""}}]}"#,
            ])
        let file = try RulesFile(path: path)
        #expect(file.rules.map(\.name) == ["a", "d"])
        #expect(file.targets.map { $0.map(\.id) } == [["x", "y"], ["x"]])
        #expect(file.targets[0].map(\.input) == [.event, .path(try InputPath("$.n"))])
        #expect(file.problems.map(\.line) == [2, 3])
        #expect(
            file.problems[0].message
                == "Only one of Input, InputPath, or InputTransformer must be provided for target x."
        )
    }
}
