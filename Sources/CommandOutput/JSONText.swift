import Foundation
import JSONScan

/// JSON for `--json`.
package enum JSONText {
    /// A string with its quotes and escapes.
    package static func quoted(_ text: String) -> String {
        var output: [UInt8] = []
        JSONString.appendQuoted(ExactString(text), to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// A value on one line, members sorted by name.
    package static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
