import EventEnvelope
import Switchyard
import TestSupport
import Testing

/// A store whose disk is full while a switch is on.
final class FullStore: ConfigurationStore {
    let memory = MemoryConfigurationStore()
    let isFull = Switch(false)

    var revision: UInt64 { memory.revision }

    func entry(
        _ key: ConfigurationKey
    ) throws(ConfigurationStoreError) -> ConfigurationEntry? { try memory.entry(key) }

    func entries(
        _ prefix: ConfigurationKey?
    ) throws(ConfigurationStoreError) -> [ConfigurationEntry] { try memory.entries(prefix) }

    func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64 {
        if isFull.isOn { throw .diskFull(path: "store", errno: 28) }
        return try memory.apply(batch)
    }

    func watch(
        _ prefix: ConfigurationKey?, _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch { try memory.watch(prefix, body) }

    func close() throws(ConfigurationStoreError) { memory.close() }
}

@Suite("A router whose configuration can't be kept")
struct FullStoreTests {
    @Test("refuses each change, does as before, and takes the change when there is room")
    func refusesChanges() async throws {
        let store = FullStore()
        var configuration = configuration(nil)
        configuration.store = store
        let router = try Router(configuration)
        let (inbox, other) = (Inbox(), Inbox())
        try router.createBus("own")
        try router.putRule(RoutingRule(name: "one", pattern: #"{"n":[1]}"#))
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "one")
        let wider = try RoutingRule(name: "one", pattern: #"{"n":[1,2]}"#)
        let two = try RoutingRule(name: "two", pattern: #"{"n":[2]}"#)
        let changes: [() throws -> Void] = [
            { try router.createBus("new") },
            { try router.putRules([wider, two]) },
            { try router.setRule("one", isEnabled: false) },
            { try router.putTargets([.inline("t") { other.take($0.text) }], of: "one") },
            { try router.removeTargets(["t"], of: "one") },
            { try router.removeBus("own") },
        ]
        store.isFull.isOn = true
        for change in changes {
            do {
                try change()
                Issue.record("it was taken")
            } catch RouterError.configuration(.diskFull) {}
        }
        #expect(router.buses.map(\.name) == ["default", "own"])
        #expect(try router.rules().map(\.rule.name) == ["one"])
        for number in 1...2 { try await router.publishAndConfirm(event(number)) }
        #expect(inbox.texts == [event(1)] && other.texts.isEmpty)
        store.isFull.isOn = false
        try router.putRules([wider, two])
        for number in 1...2 { try await router.publishAndConfirm(event(number)) }
        #expect(inbox.texts == [event(1), event(1), event(2)])
        for change in changes { try change() }
        #expect(router.buses.map(\.name) == ["default", "new"])
        #expect(try router.targets(of: "one").isEmpty)
        try router.removeRule("one")
        try router.close()
        #expect(throws: RouterError.self) { try router.removeRule("two") }
        // The router did not close a store that it was given.
        #expect(
            try store.entry(
                RouterKey.bus(
                    BusID(
                        "new",
                        in: BusID(
                            account: configuration.account, region: configuration.region
                        ).scope)
                ).key()) != nil)
    }
}
