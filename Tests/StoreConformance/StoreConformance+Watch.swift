internal import Foundation
internal import Switchyard
internal import TestSupport
internal import Testing

/// What a watch told, from its queue.
private final class Told: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var list: [ConfigurationUpdate] = []

    var updates: [ConfigurationUpdate] { lock.withLock { list.map { $0 } } }
    func take(_ update: ConfigurationUpdate) { lock.withLock { list.append(update) } }

    /// What a reader of all updates knows by now.
    var state: [String] {
        var state: [ConfigurationKey: String] = [:]
        for update in updates {
            for entry in update.entries {
                state[entry.key] = String(decoding: entry.value, as: UTF8.self)
            }
            for key in update.removed { state[key] = nil }
        }
        return state.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}

extension StoreConformance {
    /// A watch is told what there is, and then what changes below its path.
    static func tells(_ store: any ConfigurationStore) async throws {
        try store.apply(ConfigurationBatch(["rule/a": "1", "bus/x": "1"]))
        let told = Told()
        let watch = try store.watch(key("rule")) { told.take($0) }
        await wait { told.updates.count == 1 }
        let first = try #require(told.updates.first)
        #expect(first.isFirst && first.revision == 1)
        #expect(first.entries.map(\.key.path) == ["rule/a"])
        try store.apply(ConfigurationBatch(["bus/x": "2"]))
        var batch = try ConfigurationBatch(["rule/b": "2"])
        batch.remove(try key("rule/a"))
        try store.apply(batch)
        await wait { told.updates.count == 2 }
        let second = try #require(told.updates.last)
        #expect(!second.isFirst && second.revision == 3)
        #expect(second.entries.map(\.key.path) == ["rule/b"])
        #expect(second.removed.map(\.path) == ["rule/a"])
        watch.cancel()
        try store.apply(ConfigurationBatch(["rule/c": "3"]))
        let later = Told()
        let other = try store.watch(nil) { later.take($0) }
        await wait { later.updates.count == 1 }
        #expect(later.state == ["bus/x=2", "rule/b=2", "rule/c=3"])
        #expect(told.updates.count == 2)
        other.cancel()
    }

    /// A watch that is held up gets the last of each key, and nothing waits twice.
    static func coalesces(_ store: any ConfigurationStore) async throws {
        let told = Told()
        let gate = Gate()
        let watch = try store.watch(nil) { update in
            if update.isFirst { gate.wait() }
            told.take(update)
        }
        for number in 0..<50 {
            try store.apply(ConfigurationBatch(["a": "\(number)", "b\(number % 3)": "\(number)"]))
        }
        gate.open()
        await wait { told.state == ["a=49", "b0=48", "b1=49", "b2=47"] }
        // The first call, which may have begun after some changes, and one for all that came then.
        #expect(told.updates.count <= 2)
        watch.cancel()
    }

    /// Changes of many threads all reach a watch, which never sees half a batch.
    static func concurrent(_ store: any ConfigurationStore) async throws {
        let told = Told()
        let watch = try store.watch(nil) { told.take($0) }
        let pair = [try key("one"), try key("two")]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for number in 0..<100 {
                        var batch = ConfigurationBatch()
                        for key in pair { batch.put(key, Array("\(worker)-\(number)".utf8)) }
                        try store.apply(batch)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(store.revision == 400)
        await wait { told.updates.last?.revision == 400 }
        for update in told.updates where !update.entries.isEmpty {
            #expect(Set(update.entries.map(\.value)).count == 1)
        }
        watch.cancel()
    }
}
