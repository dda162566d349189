internal import Foundation

/// A folder of its own for a test, removed with the last reference.
public final class TemporaryFolder: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("switchyard-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder, whether it is there or not.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and gives its path.
    @discardableResult
    public func file(_ name: String, _ content: some Collection<UInt8>) throws -> String {
        try Data(content).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes a file of lines, and gives its path.
    @discardableResult
    public func file(_ name: String, lines: [String]) throws -> String {
        try file(name, Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// Writes a text file.
    public func write(_ text: String, to name: String) throws {
        try file(name, Array(text.utf8))
    }
}
