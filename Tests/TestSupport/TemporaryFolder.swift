internal import Foundation

/// A folder of its own for a test, removed with the last reference.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        path = NSTemporaryDirectory() + "switchyard-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder, whether it is there or not.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and gives its path.
    public func file(_ name: String, _ content: some Collection<UInt8>) throws -> String {
        try Data(content).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes a file of lines, and gives its path.
    public func file(_ name: String, lines: [String]) throws -> String {
        try file(name, Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}
