internal import InternalSystem

/// What a store holds in memory while it is open, and who watches it. From any thread;
/// the lock is held for a moment only, so that nobody who reads waits for a disk.
package final class OpenTable: Sendable {
    private struct State {
        var table: ConfigurationTable
        var isClosed = false
    }

    private let state: Guarded<State>
    private let watchers = Watchers()

    package init(_ table: ConfigurationTable = ConfigurationTable()) {
        state = Guarded(State(table: table))
    }

    /// That of the last batch; 0 when closed.
    package var revision: UInt64 { state.withLock { $0.table.revision } }

    package func entry(
        _ key: ConfigurationKey
    ) throws(ConfigurationStoreError) -> ConfigurationEntry? {
        try whileOpen { $0[key] }
    }

    package func entries(
        _ prefix: ConfigurationKey?
    ) throws(ConfigurationStoreError) -> [ConfigurationEntry] {
        try whileOpen { $0.entries(prefix) }
    }

    package func watch(
        _ prefix: ConfigurationKey?,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch {
        try whileOpen {
            watchers.begin(prefix, $0.entries(prefix), revision: $0.revision, body)
        }
    }

    /// Makes the changes of a batch and tells those who watch, once `makeDurable` has done its part for
    /// the batch's revision. Meanwhile others read what was before. One caller at a time.
    ///
    /// - Returns: the revision; that of the table as it is if the batch is empty.
    package func apply(
        _ batch: ConfigurationBatch,
        _ makeDurable: (_ revision: UInt64) throws(ConfigurationStoreError) -> Void
    ) throws(ConfigurationStoreError) -> UInt64 {
        let last = try whileOpen { table throws(ConfigurationStoreError) in
            try table.check(batch)
            return table.revision
        }
        guard !batch.isEmpty else { return last }
        let revision = last + 1
        try makeDurable(revision)
        try whileOpen { table in
            table.apply(batch, revision: revision)
            watchers.note(batch, revision: revision)
        }
        return revision
    }

    /// Forgets everything, and ends the watches.
    package func close() {
        state.withLock { $0 = State(table: ConfigurationTable(), isClosed: true) }
        watchers.endAll()
    }

    /// Runs `body` under the lock.
    package func whileOpen<Result>(
        _ body: (inout ConfigurationTable) throws(ConfigurationStoreError) -> Result
    ) throws(ConfigurationStoreError) -> Result {
        try state.withLock { state throws(ConfigurationStoreError) in
            if state.isClosed { throw .closed }
            return try body(&state.table)
        }
    }
}
