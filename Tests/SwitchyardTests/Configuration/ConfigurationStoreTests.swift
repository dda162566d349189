import StoreConformance
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

@Suite struct ConfigurationStoreTests {
    @Test("a store keeps its promises", arguments: StoreConformance.all, StoreKind.allCases)
    func promises(promise: StoreConformance, kind: StoreKind) async throws {
        let folder = try TemporaryFolder()
        try await promise.check(try kind.make(folder))
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
}
