internal import Dispatch
internal import InternalSystem

/// A watch over keys of a store, which ends when it is cancelled or released.
public final class ConfigurationWatch: Sendable {
    private let state: WatchState

    init(_ state: WatchState) { self.state = state }

    deinit { state.end() }

    /// Ends it: after it returns, no further call begins. One that goes on comes to its end.
    public func cancel() { state.end() }
}

/// What a watch has still to tell. For each key it is the last that is known: bounded by the keys.
final class WatchState: Sendable {
    private let prefix: ConfigurationKey?
    private let body: @Sendable (ConfigurationUpdate) -> Void
    private let queue = DispatchQueue(label: "switchyard.configuration.watch")

    private struct State {
        var pending: [ConfigurationKey: ConfigurationEntry?] = [:]
        var revision: UInt64 = 0
        var isFirst = true
        var isScheduled = false
        var hasEnded = false
    }

    private let state = Guarded(State())

    init(
        _ prefix: ConfigurationKey?, _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) {
        self.prefix = prefix
        self.body = body
    }

    func begin(_ entries: [ConfigurationEntry], revision: UInt64) {
        note(entries.map { ($0.key, $0) }, revision: revision, always: true)
    }

    func note(_ batch: ConfigurationBatch, revision: UInt64) {
        let changes: [(ConfigurationKey, ConfigurationEntry?)] = batch.changes.compactMap {
            change in
            if let prefix, !change.key.isWithin(prefix) { return nil }
            return (
                change.key,
                change.value.map {
                    ConfigurationEntry(key: change.key, value: $0, version: revision)
                }
            )
        }
        note(changes, revision: revision, always: false)
    }

    private func note(
        _ changes: [(ConfigurationKey, ConfigurationEntry?)], revision: UInt64, always: Bool
    ) {
        if changes.isEmpty, !always { return }
        let isFree = state.withLock { state in
            if state.hasEnded { return false }
            for (key, entry) in changes { state.pending[key] = .some(entry) }
            state.revision = revision
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFree { queue.async { self.tell() } }
    }

    private func tell() {
        let update: ConfigurationUpdate? = state.withLock { state in
            state.isScheduled = false
            if state.hasEnded { return nil }
            defer {
                state.pending = [:]
                state.isFirst = false
            }
            // What came and went before anybody was told of it is not told of.
            let removed = state.pending.filter { $0.value == nil }.map(\.key).sorted()
            return ConfigurationUpdate(
                revision: state.revision, isFirst: state.isFirst,
                entries: state.pending.values.compactMap { $0 }.sorted { $0.key < $1.key },
                removed: state.isFirst ? [] : removed)
        }
        if let update { body(update) }
    }

    func end() {
        state.withLock { state in
            state.hasEnded = true
            state.pending = [:]
        }
    }
}

/// The watches of a store. Held weakly: each ends with its ``ConfigurationWatch``.
final class Watchers: Sendable {
    private final class Place {
        weak var state: WatchState?; init(_ state: WatchState) { self.state = state }
    }

    private let places = Guarded<[Place]>([])

    /// Begins a watch. Called under the lock of the store, so that no batch comes in between.
    func begin(
        _ prefix: ConfigurationKey?, _ entries: [ConfigurationEntry], revision: UInt64,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) -> ConfigurationWatch {
        let state = WatchState(prefix, body)
        places.withLock { places in
            places.removeAll { $0.state == nil }
            places.append(Place(state))
        }
        state.begin(entries, revision: revision)
        return ConfigurationWatch(state)
    }

    /// Notes a batch for all, under the lock of the store.
    func note(_ batch: ConfigurationBatch, revision: UInt64) {
        for state in places.withLock({ $0.compactMap(\.state) }) {
            state.note(batch, revision: revision)
        }
    }

    func endAll() {
        let states = places.withLock { places in
            defer { places = [] }
            return places.compactMap(\.state)
        }
        for state in states { state.end() }
    }
}
