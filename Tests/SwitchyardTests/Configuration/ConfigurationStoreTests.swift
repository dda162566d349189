import Foundation
import Switchyard
import TestSupport
import Testing

/// Both stores of the module, which promise the same.
enum StoreKind: CaseIterable, Sendable {
    case memory, file

    /// An empty store; one in a file needs a folder.
    func make(_ folder: TemporaryFolder) throws -> any ConfigurationStore {
        switch self {
        case .memory: MemoryConfigurationStore()
        case .file: try FileConfigurationStore(directory: folder.path)
        }
    }
}

func key(_ path: String) throws -> ConfigurationKey { try ConfigurationKey(path: path) }

extension ConfigurationBatch {
    /// A batch that puts texts.
    init(_ values: KeyValuePairs<String, String>) throws {
        self.init()
        for (path, text) in values { put(try key(path), Array(text.utf8)) }
    }
}

extension ConfigurationStore {
    /// All keys below a path, and their values as texts.
    func texts(_ prefix: String? = nil) throws -> [String] {
        try entries(prefix.map { try key($0) }).map {
            "\($0.key)=\(String(decoding: $0.value, as: UTF8.self))"
        }
    }
}

@Suite struct ConfigurationStoreTests {
    @Test(
        "what was put is there with its version, and what was removed is not",
        arguments: StoreKind.allCases)
    func keepsValues(kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(folder)
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

    @Test(
        "a path finds itself and what is below it, in order, and nothing beside it",
        arguments: StoreKind.allCases)
    func iteratesByPrefix(kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(folder)
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

    @Test("a batch with one key that others changed changes nothing", arguments: StoreKind.allCases)
    func comparesAndSets(kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(folder)
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

    @Test("a batch names each key once, and has its limit of bytes", arguments: StoreKind.allCases)
    func limitsBatches(kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(folder)
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

    @Test("any text can be a part of a key, and comes back")
    func escapesKeys() throws {
        let parts = ["bus", "aws.partner/shop/1", "50%", "Zoë", "a b\n", "%2F"]
        let key = try ConfigurationKey(parts)
        #expect(key.parts == parts)
        #expect(key.path == "bus/aws.partner%2Fshop%2F1/50%25/Zo%C3%AB/a%20b%0A/%252F")
        #expect(try ConfigurationKey(path: key.path) == key)
    }

    @Test(
        "what can't be a key is refused",
        arguments: ["", "/", "/a", "a/", "a//b", "a b", "a%", "a%2", "a%2f", "a%/bc", "é"])
    func refusesKeys(path: String) {
        #expect(throws: ConfigurationStoreError.self) { try ConfigurationKey(path: path) }
    }

    @Test("a closed store does nothing any more", arguments: StoreKind.allCases)
    func closes(kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        let store = try kind.make(folder)
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
