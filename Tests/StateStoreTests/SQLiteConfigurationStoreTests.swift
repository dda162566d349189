#if Server
    import Foundation
    import StateStore
    import StoreConformance
    import Switchyard
    import TestSupport
    import Testing

    @Suite("A store in SQLite")
    struct SQLiteConfigurationStoreTests {
        let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func open() throws -> SQLiteConfigurationStore {
            try SQLiteConfigurationStore(directory: folder.path)
        }

        @Test("keeps what every store promises", arguments: StoreConformance.all)
        func promises(promise: StoreConformance) async throws {
            try await promise.check(open())
        }

        @Test("that is opened again has its values, versions and revision")
        func survives() throws {
            let store = try open()
            try store.apply(ConfigurationBatch(["a": "1", "b": "2"]))
            var batch = ConfigurationBatch()
            batch.remove(try key("b"))
            try store.apply(batch)
            store.close()
            let again = try open()
            #expect(again.revision == 2)
            #expect(try again.texts() == ["a=1"])
            #expect(try again.entry(key("a"))?.version == 1)
            #expect(try again.apply(ConfigurationBatch(["c": "3"])) == 3)
            again.close()
            #expect(try open().texts() == ["a=1", "c=3"])
        }

        @Test("keeps any bytes, none and many, in the order of the keys' bytes")
        func keepsBytes() throws {
            let store = try open()
            var batch = ConfigurationBatch()
            batch.put(try key("B"), [])
            batch.put(try key("a"), Array(0...255))
            batch.put(try key("a-"), [UInt8](repeating: 7, count: 1 << 20))
            batch.put(try key("a/b"), [0])
            try store.apply(batch)
            let entries = try store.entries(nil)
            #expect(entries.map(\.key.path) == ["B", "a", "a-", "a/b"])
            store.close()
            #expect(try open().entries(nil) == entries)
        }

        @Test("is refused to a second one, until the first is closed or gone")
        func locks() throws {
            let path = folder.path("state.db")
            var store: SQLiteConfigurationStore? = try open()
            #expect(throws: ConfigurationStoreError.locked(path: path)) { try open() }
            store?.close()
            store = try open()
            #expect(throws: ConfigurationStoreError.locked(path: path)) { try open() }
            _ = consume store
            try open().close()
        }

        @Test("needs a folder that exists, and names the one that does not")
        func needsFolder() throws {
            #expect(
                throws: ConfigurationStoreError.system(
                    call: "open", path: folder.path("none"), errno: ENOENT)
            ) { try SQLiteConfigurationStore(directory: folder.path("none")) }
        }

        @Test("leaves no log behind when it is closed, and nothing else")
        func closesFiles() throws {
            let store = try open()
            try store.apply(ConfigurationBatch(["a": "1"]))
            store.close()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                    == ["state.db", "state.lock"])
        }

        @Test("that is copied while it is open, as a crash would leave it, has all that was done")
        func abandoned() throws {
            let store = try open()
            for number in 1...50 {
                try store.apply(ConfigurationBatch(["a/\(number % 7)": "\(number)"]))
                let left = try TemporaryFolder()
                for name in ["state.db", "state.db-wal"] {
                    try left.file(name, try #require(readFile(folder.path(name))))
                }
                let again = try SQLiteConfigurationStore(directory: left.path)
                #expect(again.revision == UInt64(number))
                #expect(try again.entries(nil) == store.entries(nil))
            }
        }

        @Test("holds a router's 10,000 rules, which are there when it is opened again")
        func holdsRules() throws {
            var store = try open()
            var configuration = RouterConfiguration()
            configuration.store = store
            var router = try Router(configuration)
            try router.putRules(
                (0..<10_000).map {
                    try RoutingRule(name: "rule-\($0)", pattern: #"{"detail":{"n":[\#($0)]}}"#)
                })
            try router.close()
            store.close()
            store = try open()
            configuration.store = store
            router = try Router(configuration)
            let rules = try router.rules()
            #expect(rules.count == 10_000)
            #expect(rules.contains { $0.rule.name == "rule-9999" })
            try router.close()
        }

        @Test("reads 20,000 entries at once when it is opened")
        func opensLarge() throws {
            var store = try open()
            var batch = ConfigurationBatch()
            let value = [UInt8](repeating: 0x61, count: 400)
            for number in 0..<20_000 {
                batch.put(
                    try key("rule/111122223333/eu-west-1/default/rule-\(number)"), value)
            }
            try store.apply(batch)
            store.close()
            let clock = ContinuousClock()
            let time = try clock.measure { store = try open() }
            print("opened 20,000 entries in \(time)")
            #expect(try store.entries(nil).count == 20_000)
            let single = try clock.measure { try store.apply(ConfigurationBatch(["a": "1"])) }
            print("a batch of one change took \(single)")
        }
    }
#endif
