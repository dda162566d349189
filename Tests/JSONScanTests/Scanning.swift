import JSONScan
import TestSupport
import Testing

/// What a scan says of a text.
enum Verdict: Equatable, CustomStringConvertible {
    /// It is an object, the text's first bytes.
    case accepted(length: Int)
    /// It is not.
    case rejected(JSONError.Kind, offset: Int)

    var offset: Int? {
        if case .rejected(_, let offset) = self { offset } else { nil }
    }

    var description: String {
        switch self {
        case .accepted(let length): "accepted up to byte \(length)"
        case .rejected(let kind, let offset): "rejected at byte \(offset): \(kind)"
        }
    }
}

/// Scans a text with every kernel, which have to agree, and gives the verdict.
func verdict(on text: [UInt8]) -> Verdict {
    var verdicts = ScanKernel.supported.map { kernel -> Verdict in
        do throws(JSONError) {
            return .accepted(length: try withIndex(of: text, kernel) { $0.textLength })
        } catch {
            return .rejected(error.kind, offset: error.offset)
        }
    }
    let portable = verdicts.removeFirst()
    for (kernel, other) in zip(ScanKernel.supported.dropFirst(), verdicts) where other != portable {
        Issue.record("\(kernel): \(other), portable: \(portable), on \(printable(text))")
    }
    return portable
}

func verdict(on text: String) -> Verdict { verdict(on: Array(text.utf8)) }

/// Scans a text and reads its index.
func withIndex<Result>(
    of text: [UInt8], _ kernel: ScanKernel = .best, _ body: (StructuralIndex) -> Result
) throws(JSONError) -> Result {
    var scanner = StructuralScanner(kernel: kernel)
    return try text.span.bytes.withUnsafeBytes { bytes throws(JSONError) in
        body(try scanner.scan(bytes))
    }
}

/// The text as a message can show it.
func printable(_ text: [UInt8]) -> String {
    text.count > 300
        ? "\(text.count) bytes"
        : "\(text) (\(String(decoding: text, as: UTF8.self).debugDescription))"
}

/// Bytes of which some are no UTF-8: `"a" + 0xFF + "b"`.
func + (text: String, byte: UInt8) -> [UInt8] { Array(text.utf8) + [byte] }
func + (bytes: [UInt8], text: String) -> [UInt8] { bytes + Array(text.utf8) }
