public import Switchyard
public import Testing

/// What every ``ConfigurationStore`` promises, as tests that any store can be put through: each
/// gets a store that is empty.
///
/// ```swift
/// @Test("keeps what every store promises", arguments: StoreConformance.all)
/// func promises(case: StoreConformance) async throws { try await `case`.check(store) }
/// ```
public struct StoreConformance: Sendable, CustomTestStringConvertible {
    /// The promise, as a sentence.
    public let testDescription: String
    private let body: @Sendable (any ConfigurationStore) async throws -> Void

    /// Puts an empty store through it.
    public func check(_ store: any ConfigurationStore) async throws { try await body(store) }

    /// All of them.
    public static let all = [
        StoreConformance(
            testDescription: "what was put is there with its version, and what was removed is not",
            body: keepsValues),
        StoreConformance(
            testDescription:
                "a path finds itself and what is below it, in order, and nothing beside it",
            body: iteratesByPrefix),
        StoreConformance(
            testDescription: "a batch with one key that others changed changes nothing",
            body: comparesAndSets),
        StoreConformance(
            testDescription: "a batch names each key once, and has its limit of bytes",
            body: limitsBatches),
        StoreConformance(testDescription: "a closed store does nothing any more", body: closes),
        StoreConformance(
            testDescription: "a watch is told what there is, and then what changes below its path",
            body: tells),
        StoreConformance(
            testDescription:
                "a watch that is held up gets the last of each key, and nothing waits twice",
            body: coalesces),
        StoreConformance(
            testDescription:
                "changes of many threads all reach a watch, which never sees half a batch",
            body: concurrent),
    ]
}

extension StoreConformance {
    /// What was put is there with its version, and what was removed is not.
    static func keepsValues(_ store: any ConfigurationStore) throws {
        #expect(store.revision == 0)
        #expect(try store.entry(key("a")) == nil)
        #expect(try store.apply(ConfigurationBatch(["a": "1", "b/c": "2"])) == 1)
        #expect(try store.apply(ConfigurationBatch(["a": "3"])) == 2)
        let entry = try #require(try store.entry(key("a")))
        #expect(entry.value == Array("3".utf8) && entry.version == 2)
        #expect(try store.entry(key("b/c"))?.version == 1)
        var batch = ConfigurationBatch()
        batch.remove(try key("a"))
        batch.remove(try key("never/there"))
        #expect(try store.apply(batch) == 3)
        #expect(try store.texts() == ["b/c=2"])
        #expect(try store.apply(ConfigurationBatch()) == 3)
    }

    /// A path finds itself and what is below it, in order, and nothing beside it.
    static func iteratesByPrefix(_ store: any ConfigurationStore) throws {
        try store.apply(
            ConfigurationBatch([
                "rule/b/2": "", "rule/b": "", "rule/b-x": "", "rule/b.x": "", "rule/a/1": "",
                "rule/bc/1": "", "rule/b/1": "", "target/b": "",
            ]))
        #expect(try store.texts("rule/b") == ["rule/b=", "rule/b/1=", "rule/b/2="])
        #expect(try store.texts("rule/c").isEmpty)
        #expect(try store.texts().count == 8)
        // Also after changes between two looks, one of which brings back what was gone.
        var batch = try ConfigurationBatch(["rule/b/0": "", "rule/b/3": ""])
        batch.remove(try key("rule/b/1"))
        try store.apply(batch)
        #expect(try store.texts("rule/b") == ["rule/b=", "rule/b/0=", "rule/b/2=", "rule/b/3="])
        batch = ConfigurationBatch()
        batch.remove(try key("rule/b/0"))
        try store.apply(batch)
        try store.apply(ConfigurationBatch(["rule/b/0": "new"]))
        #expect(
            try store.texts("rule/b") == ["rule/b=", "rule/b/0=new", "rule/b/2=", "rule/b/3="])
    }

    /// A batch with one key that others changed changes nothing.
    static func comparesAndSets(_ store: any ConfigurationStore) throws {
        try store.apply(ConfigurationBatch(["a": "1"]))
        let first = try key("a")
        for (condition, found) in [(.absent, 1), (.version(2), 1)]
            as [(ConfigurationBatch.Condition, UInt64?)]
        {
            var batch = try ConfigurationBatch(["b": "2"])
            batch.put(first, [], if: condition)
            #expect(
                throws: ConfigurationStoreError.conflict(first, wanted: condition, found: found)
            ) {
                try store.apply(batch)
            }
        }
        #expect(try store.texts() == ["a=1"])
        var batch = ConfigurationBatch()
        batch.put(first, Array("2".utf8), if: .version(1))
        batch.put(try key("b"), Array("3".utf8), if: .absent)
        batch.remove(try key("c"), if: .absent)
        try store.apply(batch)
        #expect(try store.texts() == ["a=2", "b=3"])
        var removal = ConfigurationBatch()
        removal.remove(try key("z"), if: .version(1))
        #expect(
            throws: ConfigurationStoreError.conflict(
                try key("z"), wanted: .version(1), found: nil)
        ) {
            try store.apply(removal)
        }
    }

    /// A batch names each key once, and has its limit of bytes.
    static func limitsBatches(_ store: any ConfigurationStore) throws {
        var twice = try ConfigurationBatch(["a": "1"])
        twice.remove(try key("a"))
        #expect(throws: ConfigurationStoreError.repeatedKey(try key("a"))) {
            try store.apply(twice)
        }
        var large = ConfigurationBatch()
        let value = [UInt8](repeating: 0x20, count: ConfigurationBatch.bytesMax)
        large.put(try key("a"), value)
        #expect(
            throws: ConfigurationStoreError.batchTooLarge(
                bytes: ConfigurationBatch.bytesMax + 1, limit: ConfigurationBatch.bytesMax)
        ) {
            try store.apply(large)
        }
        large = ConfigurationBatch()
        large.put(try key("a"), Array(value.dropLast()))
        #expect(try store.apply(large) == 1)
    }

    /// A closed store does nothing any more.
    static func closes(_ store: any ConfigurationStore) throws {
        try store.apply(ConfigurationBatch(["a": "1"]))
        try store.close()
        try store.close()
        #expect(throws: ConfigurationStoreError.closed) { try store.entry(key("a")) }
        #expect(throws: ConfigurationStoreError.closed) { try store.entries(nil) }
        #expect(throws: ConfigurationStoreError.closed) {
            try store.apply(ConfigurationBatch(["a": "1"]))
        }
        #expect(throws: ConfigurationStoreError.closed) { try store.watch(nil) { _ in } }
    }
}
