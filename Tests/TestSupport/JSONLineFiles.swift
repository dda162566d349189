internal import Foundation
package import JSONScan

/// Why a file of cases could not be read.
public struct UnreadableFile: Error {
    /// The file.
    public let path: String
}

/// Calls `body` with each line of a JSON Lines file, and gives the results.
package func mapJSONLines<Result>(
    of path: String, _ body: (JSONValue) throws -> Result
) throws -> [Result] {
    guard let text = readFile(path) else { throw UnreadableFile(path: path) }
    var scanner = StructuralScanner()
    return try text.withUnsafeBytes { bytes in
        try JSONLines(bytes).map { try body(JSONValue(scanner.scan($0.text))) }
    }
}

/// The committed files of conformance cases.
public enum ConformanceFixture: String, CaseIterable, Sendable {
    /// 5,000 cases of all kinds.
    case sample
    /// Cases in which the reference implementation is wrong.
    case quirks

    /// Where the file is.
    public var path: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("EventMatchingTests/Fixtures/conformance-\(rawValue).jsonl")
            .path
    }
}
