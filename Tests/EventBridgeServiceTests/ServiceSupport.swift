import AWSWire
import EventBridgeService
import EventEnvelope
import Foundation
import InternalSystem
import Switchyard
import TestSupport
import Testing

/// The service on a router of its own, with a clock that the test moves, and no wire.
final class Service: Sendable {
    let folder: TemporaryFolder
    let clock: ManualClock
    let router: Router
    let bridge: EventBridge
    let wire: WireService
    let store: any ConfigurationStore

    static let account = "111111111111"
    static let other = "222222222222"
    static let region = "eu-west-1"

    /// - Parameter earlier: the service whose folder and store this one goes on with.
    /// - Parameter durability: of the logs of buses.
    init(after earlier: Service? = nil, durability: ArchiveDurability = .none) throws {
        folder = try earlier?.folder ?? TemporaryFolder()
        clock = earlier?.clock ?? ManualClock()
        store = try FileConfigurationStore(directory: folder.path)
        let gate = BusGate()
        var configuration = RouterConfiguration(
            directory: folder.path,
            archive: ArchiveConfiguration(
                segmentBytes: 4 << 20, durability: durability, prefaultBytes: 0,
                preparedSegmentsMax: 1))
        configuration.account = "000000000000"
        configuration.region = Self.region
        configuration.slabBytes = 64 << 10
        configuration.slabCount = 8
        configuration.store = store
        configuration.otherKeys = EventBridge.storedKinds
        configuration.clock = clock
        configuration.busAccess = gate
        router = try Router(configuration)
        bridge = try EventBridge(router, store: store, secrets: Sealing(), gate: gate)
        wire = bridge.service
    }

    func close() throws {
        try router.close()
        try store.close()
    }

    /// Does an operation; members are JSON.
    @discardableResult
    func call(
        _ operation: String, _ input: String = "{}", as account: String = Service.account,
        in region: String = Service.region
    ) async throws -> Answer {
        let caller = Caller(ResourceScope(account: account, region: region))
        return Answer(
            json: String(
                decoding: try await wire.answer(operation, Array(input.utf8), caller),
                as: UTF8.self))
    }

    /// What an operation is refused with.
    func refusal(
        _ operation: String, _ input: String = "{}", as account: String = Service.account
    ) async -> String {
        do {
            return "it was done: \(try await call(operation, input, as: account).json)"
        } catch { return "\(error)" }
    }

    /// Puts a rule with a file as target, and gives what reads the file's lines.
    func collect(
        _ pattern: String, rule: String = "all", on bus: String = "default",
        as account: String = Service.account, in region: String = Service.region
    ) async throws -> Lines {
        let path = folder.path("\(rule)-\(account)-\(region).lines")
        let text = try JSONEncoder().encode(pattern)
        try await call(
            "PutRule",
            #"{"Name":"\#(rule)","EventBusName":"\#(bus)","EventPattern":\#(String(decoding: text, as: UTF8.self))}"#,
            as: account, in: region)
        try await call(
            "PutTargets",
            #"{"Rule":"\#(rule)","EventBusName":"\#(bus)","Targets":[{"Id":"file","Arn":"file://\#(path)"}]}"#,
            as: account, in: region)
        return Lines(path: path)
    }

    private struct Sealing: SecretSealing {
        // What is sealed can be told from what is not.
        func seal(_ secret: [UInt8], for context: String) -> [UInt8] { secret.map { ~$0 } }
        func open(_ sealed: [UInt8], for context: String) -> [UInt8] { sealed.map { ~$0 } }
    }
}

/// An operation's answer.
struct Answer {
    let json: String

    /// A member, looked up by names and positions: `"Rules.0.Name"`.
    subscript(path: String) -> String? {
        var value = try? JSONSerialization.jsonObject(
            with: Data(json.utf8), options: [.fragmentsAllowed])
        for part in path.split(separator: ".") {
            if let list = value as? [Any], let position = Int(part) {
                value = list.indices.contains(position) ? list[position] : nil
            } else {
                value = (value as? [String: Any])?[String(part)]
            }
        }
        switch value {
        case let text as String: return text
        case let list as [Any]: return "\(list.count) elements"
        case nil: return nil
        case let other?: return "\(other)"
        }
    }
}

/// The lines of a file that a target writes.
struct Lines {
    let path: String

    var all: [String] {
        String(decoding: readFile(path) ?? [], as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    /// Waits until there is one, and gives it.
    func first(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try #require(
            await wait(for: 1, sourceLocation: sourceLocation).first, sourceLocation: sourceLocation
        )
    }

    /// Waits until there are so many.
    func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async -> [String] {
        var lines = all
        for _ in 0..<3_000 {
            if lines.count >= count { return lines }
            try? await Task.sleep(for: .milliseconds(10))
            lines = all
        }
        #expect(lines.count >= count, sourceLocation: sourceLocation)
        return lines
    }
}
