public import JSONScan

/// A wildcard pattern: pieces of plain text with `*` between them, each `*` any run of characters,
/// the empty one included.
public struct Wildcard: Hashable, Sendable {
    /// The text between the stars, escapes undone; a pattern without a star has one piece.
    ///
    /// Only the first and the last one can be empty.
    public let pieces: [ExactString]

    /// Parses `a*b\*c`. O(bytes).
    ///
    /// - Throws: which rule of the syntax is broken, and at which character (from 0).
    init(_ text: ExactString) throws(PatternError.Reason) {
        var pieces: [ExactString] = []
        var piece: [UInt8] = []
        var isAfterStar = false
        var at = 0
        while at < text.utf8.count {
            let byte = text.utf8[at]
            switch byte {
            case UInt8(ascii: "*"):
                guard !isAfterStar else {
                    throw .consecutiveWildcards(position: Self.characterCount(text.utf8[..<at]))
                }
                pieces.append(ExactString(utf8: piece))
                piece = []
                isAfterStar = true
            case UInt8(ascii: "\\"):
                at += 1
                guard at < text.utf8.count,
                    text.utf8[at] == UInt8(ascii: "*") || text.utf8[at] == UInt8(ascii: "\\")
                else {
                    throw .invalidWildcardEscape(
                        position: Self.characterCount(text.utf8[..<(at - 1)]))
                }
                piece.append(text.utf8[at])
                isAfterStar = false
            default:
                piece.append(byte)
                isAfterStar = false
            }
            at += 1
        }
        pieces.append(ExactString(utf8: piece))
        self.pieces = pieces
    }

    /// The pattern as it is written in a rule.
    public var text: ExactString {
        var text: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            if number > 0 { text.append(UInt8(ascii: "*")) }
            for byte in piece.utf8 {
                if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\\") {
                    text.append(UInt8(ascii: "\\"))
                }
                text.append(byte)
            }
        }
        return ExactString(utf8: text)
    }

    private static func characterCount(_ utf8: ArraySlice<UInt8>) -> Int {
        utf8.count { $0 & 0xC0 != 0x80 }
    }
}
