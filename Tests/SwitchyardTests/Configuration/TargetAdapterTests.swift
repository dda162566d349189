import Foundation
import TestSupport
import Testing

@testable import EventDelivery
@testable import Switchyard

/// Claims everything whose ARN begins as it says, and gives what it got to an inbox.
private struct InboxAdapter: TargetAdapter {
    let prefix: String
    let inbox: Inbox

    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard definition.arn.hasPrefix(prefix) else { return nil }
        if definition.arn.hasSuffix(":none") {
            throw .refused(target: definition.id, arn: definition.arn, reason: "no such queue")
        }
        let inbox = inbox
        return .closure(definition.id, input: definition.input, retry: definition.retryPolicy) {
            inbox.take($0.text)
        }
    }
}

@Suite struct TargetAdapterTests {
    private static let rule = RuleID("all", of: BusID(account: "000000000000", region: "local"))

    private static func definition(_ arn: String, _ more: String = "") throws -> TargetDefinition {
        try TargetDefinition(json: Array(#"{"Id":"t","Arn":"\#(arn)"\#(more)}"#.utf8))
    }

    @Test("files, processes and buses that are data get the events, each its input")
    func delivers() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter()
        try router.createBus("audit")
        try router.createBus("other")
        let adapters = TargetAdapters()
        let input = #","InputPath":"$.n""#
        let definitions = [
            #"{"Id":"file","Arn":"file://\#(folder.path)/a%20b.jsonl"\#(input)}"#,
            #"{"Id":"process","Arn":"process:///bin/sh?arg=-c&arg=cat%20%3E%20%22$0%22&arg=\#(folder.path)/cat"}"#
                .replacingOccurrences(of: "$0", with: "%240"),
            #"{"Id":"bus","Arn":"bus:audit"}"#,
            #"{"Id":"arn","Arn":"arn:aws:events:local:000000000000:event-bus/other"}"#,
            #"{"Id":"nobody","Arn":"discard:"}"#,
        ]
        let targets = try definitions.map {
            try adapters.target(
                for: TargetDefinition(json: Array($0.utf8)), of: Self.rule)
        }
        try router.putTargets(targets, of: "all")
        for number in 0..<3 { try router.publish(event(number)) }
        try await router.confirm()
        try await wait {
            try router.statistics(bus: "audit").routed == 3
                && router.statistics(bus: "other").routed == 3
                && readFile(folder.path("a b.jsonl")) == Array("0\n1\n2\n".utf8)
                && router.statistics(target: "nobody", of: "all").delivered == 3
        }
        try router.close()
        let expected = (0..<3).map { event($0) + "\n" }.joined()
        await wait { readFile(folder.path("cat")) == Array(expected.utf8) }
    }

    @Test("the retry policy is the definition's")
    func keepsPolicy() throws {
        let policy = #","RetryPolicy":{"MaximumRetryAttempts":2}"#
        for arn in ["file:///x", "process:///x", "bus:default", "log:", "discard:"] {
            let target = try TargetAdapters().target(
                for: Self.definition(arn, policy), of: Self.rule)
            #expect(target.retryPolicy == RetryPolicy(maximumRetries: 2))
            #expect(target.id == "t")
        }
    }

    @Test("what the log gets is a line for each event, also where an event has several")
    func logs() throws {
        let pipe = Pipe()
        let log = LogTarget(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let names = TargetNames(bus: "b", rule: "r", target: "t", ruleARN: "")
        for text in [#"{"n":1}"#, "{\n\"n\":2}"] {
            try Array(text.utf8).withUnsafeBytes { bytes in
                try log.deliver(
                    MatchedEvent(
                        bytes: bytes, sequence: 0, attempt: 1, publishTime: 0, hops: 0,
                        names: names))
            }
        }
        try log.finishRun()
        try log.finishRun()
        try pipe.fileHandleForWriting.close()
        let written = try pipe.fileHandleForReading.readToEnd() ?? Data()
        #expect(String(decoding: written, as: UTF8.self) == "{\"n\":1}\n{ \"n\":2}\n")
    }

    @Test(
        "the first adapter that knows a kind makes the target, a program's own before those built in"
    )
    func order() async throws {
        let inbox = Inbox()
        let own = TargetAdapters([InboxAdapter(prefix: "log:", inbox: inbox)])
        let router = try makeRouter()
        try router.putTargets(
            [own.target(for: Self.definition("log:"), of: Self.rule)], of: "all")
        try router.publish(event(1))
        await inbox.wait(for: 1)
        try router.close()
        #expect(inbox.texts == [event(1)])
    }

    @Test("what nobody can make is an error that says so")
    func refuses() throws {
        let adapters = TargetAdapters([InboxAdapter(prefix: "arn:aws:sqs:", inbox: Inbox())])
        for (arn, error) in [
            (
                "arn:aws:lambda:r:1:function:f",
                .unknownKind(target: "t", arn: "arn:aws:lambda:r:1:function:f")
            ),
            ("closure:", .putByCode(target: "t")),
            (
                "arn:aws:sqs:r:1:none",
                .refused(target: "t", arn: "arn:aws:sqs:r:1:none", reason: "no such queue")
            ),
        ] as [(String, TargetAdapterError)] {
            #expect(throws: error) {
                try adapters.target(for: Self.definition(arn), of: Self.rule)
            }
        }
    }
}
