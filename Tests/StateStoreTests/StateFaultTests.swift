#if Server
    import Foundation
    import GRDB
    import StateStore
    import StoreConformance
    import Switchyard
    import TestSupport
    import Testing

    @Suite("What happens to a store in SQLite", .onThreadsOfItsOwn)
    struct StateFaultTests {
        let folder: TemporaryFolder
        private var path: String { folder.path("state.db") }

        init() throws { folder = try TemporaryFolder() }

        private func open() throws -> SQLiteConfigurationStore {
            try SQLiteConfigurationStore(directory: folder.path)
        }

        private func openingError() -> ConfigurationStoreError? {
            do {
                try open().close()
                return nil
            } catch { return error as? ConfigurationStoreError }
        }

        @Test("a file of something else is refused and left alone")
        func foreignFiles() throws {
            let texts = [
                "{\"name\": \"orders\"}\n", String(repeating: "no database ", count: 1_000),
            ]
            for text in texts {
                try folder.write(text, to: "state.db")
                guard case .foreignFile(path, _) = openingError() else {
                    Issue.record("\(String(describing: openingError()))")
                    return
                }
                #expect(readFile(path) == Array(text.utf8))
            }
        }

        @Test("a database of another program is refused and left alone", arguments: [0, 99])
        func foreignDatabases(applicationID: Int) throws {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                try database.execute(
                    sql: "CREATE TABLE t (x); PRAGMA application_id = \(applicationID)")
            }
            try queue.close()
            let bytes = readFile(path)
            guard case .foreignFile(path, let reason) = openingError() else {
                Issue.record("it was opened, or something else is wrong")
                return
            }
            #expect(reason.hasPrefix("it is a database of another program"))
            #expect(readFile(path) == bytes)
        }

        @Test("an empty file, as a crash at the very beginning leaves, becomes a store")
        func emptyFile() throws {
            try folder.file("state.db", [UInt8]())
            #expect(try open().revision == 0)
        }

        @Test("a database of a newer format is refused and left alone")
        func newerFormat() throws {
            try open().close()
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('7')")
            }
            try queue.close()
            let bytes = readFile(path)
            #expect(
                openingError() == .newerFormat(path: path, version: 7, supported: 1))
            #expect(readFile(path) == bytes)
        }

        @Test("a bit that flips anywhere is an error, or did not matter: values are never others")
        func flippedBits() throws {
            let store = try open()
            for number in 0..<40 {
                var batch = try ConfigurationBatch([
                    "rule/\(number)": String(repeating: "\(number)", count: 60),
                    "large": String(repeating: "\(number)", count: 6_000),
                ])
                if number > 3 { batch.remove(try key("rule/\(number - 3)")) }
                try store.apply(batch)
            }
            let (entries, revision) = (try store.entries(nil), store.revision)
            store.close()
            let good = try #require(readFile(path))
            var random = SeededGenerator(stream: 0x5EED)
            var (refused, harmless) = (0, 0)
            for _ in 0..<1_500 {
                var bytes = good
                let offset = Int.random(in: 0..<good.count, using: &random)
                bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try folder.file("state.db", bytes)
                try? FileManager.default.removeItem(atPath: path + "-wal")
                do {
                    let flipped = try open()
                    harmless += 1
                    let isSame =
                        try flipped.entries(nil) == entries
                        && flipped.revision == revision
                    #expect(isSame, "byte \(offset), SWITCHYARD_SEED=\(testSeed())")
                    flipped.close()
                } catch ConfigurationStoreError.damaged, ConfigurationStoreError.foreignFile,
                    ConfigurationStoreError.newerFormat
                {
                    refused += 1
                } catch {
                    Issue.record("byte \(offset): \(error), SWITCHYARD_SEED=\(testSeed())")
                }
            }
            print("flipped bits: \(refused) refused, \(harmless) that did not matter")
            #expect(refused > 100)
        }

        @Test("rows that are gone, or came from elsewhere, are damage")
        func otherRows() throws {
            let changes = [
                "DELETE FROM entry WHERE key = 'b'", "UPDATE entry SET version = 1 WHERE key = 'b'",
                "UPDATE entry SET value = CAST('3' AS BLOB) WHERE key = 'b'",
                "UPDATE entry SET key = 'c' WHERE key = 'b'", "UPDATE state SET revision = 1",
                "UPDATE state SET checksum = 0", "DELETE FROM state",
                "INSERT INTO entry VALUES ('%', x'', 1, 0)",
            ]
            for change in changes {
                let folder = try TemporaryFolder()
                let store = try SQLiteConfigurationStore(directory: folder.path)
                try store.apply(ConfigurationBatch(["a": "1"]))
                try store.apply(ConfigurationBatch(["b": "2"]))
                store.close()
                let queue = try DatabaseQueue(path: folder.path("state.db"))
                try queue.writeWithoutTransaction { try $0.execute(sql: change) }
                try queue.close()
                let error = #expect(throws: ConfigurationStoreError.self, "\(change)") {
                    try SQLiteConfigurationStore(directory: folder.path)
                }
                guard case .damaged = error else {
                    Issue.record("\(change): \(String(describing: error))")
                    return
                }
            }
        }

        @Test(
            "a full disk is an error that changes nothing, and what has room is taken afterwards",
            .enabled(if: SmallDisk.isPossible))
        func fullDisk() throws {
            let disk = try SmallDisk(kilobytes: 2_048)
            let store = try SQLiteConfigurationStore(directory: disk.path)
            try store.apply(ConfigurationBatch(["a": "1"]))
            var large = try ConfigurationBatch(["a": "2"])
            large.put(try key("large"), [UInt8](repeating: 1, count: 3 << 20))
            #expect(
                throws: ConfigurationStoreError.diskFull(
                    path: "\(disk.path)/state.db", errno: ENOSPC)
            ) { try store.apply(large) }
            #expect(try store.texts() == ["a=1"] && store.revision == 1)
            // Until there is no room for the least.
            var number = 1
            do throws(ConfigurationStoreError) {
                while number < 10_000 {
                    var batch = ConfigurationBatch()
                    batch.put(
                        try ConfigurationKey(path: "fill/\(number)"),
                        [UInt8](repeating: 2, count: 20_000))
                    try store.apply(batch)
                    number += 1
                }
            } catch {
                guard case .diskFull = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            #expect(number > 10 && number < 200)
            #expect(store.revision == UInt64(number))
            let entries = try store.entries(nil)
            store.close()
            let again = try SQLiteConfigurationStore(directory: disk.path)
            #expect(try again.entries(nil) == entries)
            again.close()
        }

        @Test("a kill at any moment loses nothing that was said to be done, and tears no batch")
        func killed() throws {
            var random = SeededGenerator(stream: 0x9111)
            var last = 0
            for _ in 0..<8 {
                let process = Process()
                process.executableURL = builtFolder.appendingPathComponent("StateStoreVictim")
                process.arguments = [folder.path]
                let output = Pipe()
                process.standardOutput = output
                try process.start()
                let wanted = last + Int.random(in: 1...60, using: &random)
                var said = Data()
                while Self.last(said) < wanted {
                    let more = output.fileHandleForReading.availableData
                    if more.isEmpty { break }
                    said += more
                }
                usleep(UInt32.random(in: 0..<3_000, using: &random))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                said += output.fileHandleForReading.readDataToEndOfFile()
                let done = Self.last(said)
                try #require(done >= wanted)
                let store = try open()
                last = Int(store.revision)
                #expect(last == done || last == done + 1)
                let pair = try ["pair/one", "pair/two"].map { try store.entry(key($0))?.value }
                #expect(pair == [Array("\(last)".utf8), Array("\(last)".utf8)])
                #expect(try store.entries(key("each")).count == last)
                store.close()
            }
        }

        /// The last number that was written in whole.
        private static func last(_ said: Data) -> Int {
            let lines = said.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            return lines.dropLast().last.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        }
    }
#endif
