import EventArchive
import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery
@testable import Switchyard

/// Targets that refuse everything.
private struct RefusingAdapter: TargetAdapter {
    func target(
        for definition: TargetDefinition, of rule: RuleID
    ) throws(TargetAdapterError) -> Target? {
        guard case .other = definition.destination else { return nil }
        return .closure(definition.id, input: definition.input) { _ in
            throw DeliveryError(.noResource, "refused")
        }
    }
}

/// Keeps what it is told.
private final class LetterBox: DeadLetterObserver {
    private let letters = Guarded<[DeadLetter]>([])
    var all: [DeadLetter] { letters.withLock { $0 } }
    func gaveUp(_ letter: DeadLetter) { letters.withLock { $0.append(letter) } }
}

@Suite struct DeadLetterObserverTests {
    @Test(
        "who observes dead letters gets each, with its target's ARN and queue",
        arguments: [true, false])
    func observes(hasDirectory: Bool) async throws {
        let folder = try TemporaryFolder()
        let box = LetterBox()
        var configuration = RouterConfiguration(
            directory: hasDirectory ? folder.path + "/router" : nil,
            archive: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none))
        configuration.adapters = TargetAdapters([RefusingAdapter()])
        configuration.deadLetterObserver = box
        let router = try Router(configuration)
        try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
        let queue = "arn:aws:sqs:local:000000000000:dead"
        let arn = "arn:aws:lambda:local:000000000000:function:f"
        let json = #"{"Id":"t","Arn":"\#(arn)","Input":"1","DeadLetterConfig":{"Arn":"\#(queue)"}}"#
        try router.putTargets([TargetDefinition(json: Array(json.utf8))], of: "all")
        try router.putTargets(
            [.closure("code") { _ in throw DeliveryError(.noPermissions, "never") }], of: "all")
        try router.publish(event(7))
        await wait { box.all.count == 2 }
        let letters = box.all.sorted { $0.target > $1.target }
        #expect(letters.map(\.targetARN) == [arn, ""])
        #expect(letters.map(\.deadLetterARN) == [queue, nil])
        #expect(letters.map(\.code) == [.noResource, .noPermissions])
        #expect(letters.allSatisfy { $0.event == Array(event(7).utf8) })
        if hasDirectory {
            let kept = try router.deadLetters().sorted { $0.target > $1.target }
            #expect(kept.map(\.targetARN) == [arn, ""])
        }
        try router.close()
    }
}
