/// The keys and values of a store in memory, as they are after some batch.
///
/// A dictionary, and its keys in order as far as they have been asked for: a change costs O(1), the
/// next look at a range O(keys) once, and after that O(log keys + keys found).
package struct ConfigurationTable {
    package private(set) var revision: UInt64 = 0
    /// The bytes of all keys and values, and what a file needs besides for each.
    private(set) var byteCount = 0
    private var entries: [ConfigurationKey: ConfigurationEntry] = [:]
    /// All keys but `added`, sorted; some may be gone.
    private var ordered: [ConfigurationKey] = []
    /// Keys that came since they were sorted, once each.
    private var added: [ConfigurationKey] = []
    /// Keys of `ordered` and `added` without a value; one that comes again is where it was.
    private var gone: Set<ConfigurationKey> = []

    /// A table of nothing.
    package init() {}

    package var count: Int { entries.count }

    package subscript(key: ConfigurationKey) -> ConfigurationEntry? { entries[key] }

    package mutating func reserve(_ count: Int) { entries.reserveCapacity(count) }

    /// Checks that a batch can be made.
    func check(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) {
        var bytes = 0
        var keys: Set<ConfigurationKey> = []
        keys.reserveCapacity(batch.count)
        for change in batch.changes {
            guard keys.insert(change.key).inserted else { throw .repeatedKey(change.key) }
            bytes += change.key.path.utf8.count + (change.value?.count ?? 0)
            let found = entries[change.key]?.version
            let holds =
                switch change.condition {
                case .any: true
                case .absent: found == nil
                case .version(let wanted): found == wanted
                }
            guard holds else {
                throw .conflict(change.key, wanted: change.condition, found: found)
            }
        }
        guard bytes <= ConfigurationBatch.bytesMax else {
            throw .batchTooLarge(bytes: bytes, limit: ConfigurationBatch.bytesMax)
        }
    }

    /// Makes the changes of a batch that was checked.
    mutating func apply(_ batch: ConfigurationBatch, revision: UInt64) {
        self.revision = revision
        for change in batch.changes {
            set(
                change.key,
                to: change.value.map {
                    ConfigurationEntry(key: change.key, value: $0, version: revision)
                })
        }
    }

    /// Makes a change that was read.
    package mutating func set(_ key: ConfigurationKey, to entry: ConfigurationEntry?) {
        let old = entries[key]
        entries[key] = entry
        byteCount += (entry?.byteCount ?? 0) - (old?.byteCount ?? 0)
        if entry == nil, old != nil {
            gone.insert(key)
        } else if entry != nil, old == nil, gone.remove(key) == nil {
            added.append(key)
        }
    }

    package mutating func set(revision: UInt64) { self.revision = revision }

    /// What is a path or below it, sorted; all for nil.
    mutating func entries(_ prefix: ConfigurationKey?) -> [ConfigurationEntry] {
        sort()
        guard let prefix else { return ordered.compactMap { entries[$0] } }
        var found: [ConfigurationEntry] = []
        if let own = entries[prefix] { found.append(own) }
        // What is below a path begins with it and a slash; that is one run of keys.
        let start = prefix.path + "/"
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if ordered[middle].path < start { low = middle + 1 } else { high = middle }
        }
        while low < ordered.count, ordered[low].path.utf8.starts(with: start.utf8) {
            if let entry = entries[ordered[low]] { found.append(entry) }
            low += 1
        }
        return found
    }

    /// Brings the keys in order.
    private mutating func sort() {
        if added.isEmpty, gone.isEmpty { return }
        added.sort()
        var merged: [ConfigurationKey] = []
        merged.reserveCapacity(entries.count)
        var (one, other) = (ordered[...], added[...])
        while let next = one.first ?? other.first {
            let isOfOther = one.isEmpty || (other.first.map { $0 < next } ?? false)
            let key = isOfOther ? other.removeFirst() : one.removeFirst()
            if entries[key] != nil { merged.append(key) }
        }
        ordered = merged
        added = []
        gone = []
    }
}

extension ConfigurationEntry {
    fileprivate var byteCount: Int {
        ConfigurationFileFormat.changeHeaderBytes + key.path.utf8.count + value.count
    }
}
