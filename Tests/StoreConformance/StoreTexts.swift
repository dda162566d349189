public import Switchyard

/// A key of a path.
public func key(_ path: String) throws -> ConfigurationKey { try ConfigurationKey(path: path) }

extension ConfigurationBatch {
    /// A batch that puts texts.
    public init(_ values: KeyValuePairs<String, String>) throws {
        self.init()
        for (path, text) in values { put(try key(path), Array(text.utf8)) }
    }
}

extension ConfigurationStore {
    /// All keys below a path, and their values as texts.
    public func texts(_ prefix: String? = nil) throws -> [String] {
        try entries(prefix.map { try key($0) }).map {
            "\($0.key)=\(String(decoding: $0.value, as: UTF8.self))"
        }
    }
}
