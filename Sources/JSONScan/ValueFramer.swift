/// Finds where a JSON value ends, in a text that comes piece by piece, or that it can't go on: the
/// brackets, the strings, and which token may follow which. Whether the value is right, a
/// ``StructuralScanner`` says afterwards. O(bytes); holds one byte for each open bracket.
struct ValueFramer {
    /// What became of the bytes so far.
    enum Progress: Equatable {
        /// The value is not over.
        case unfinished
        /// It is, just before this offset.
        case finished(Int)
        /// What stands at this offset can't belong to it.
        case broken(Int)
    }

    private enum Token { case beginning, open, comma, colon, value }

    private var brackets: [UInt8] = []
    private var last = Token.beginning
    private var isInString = false
    private var isEscaped = false
    private var isInScalar = false

    /// Begins before a value.
    init() {}

    /// Begins behind a member of an object.
    static func behindMember() -> ValueFramer {
        var framer = ValueFramer()
        framer.brackets = [UInt8(ascii: "{")]
        framer.last = .value
        return framer
    }

    /// Whether the text may end here: behind a number or a word that has no bracket around it.
    var mayEnd: Bool { brackets.isEmpty && last == .value && !isInString }

    /// Goes on with the bytes of `range`.
    mutating func advance(
        over text: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Progress {
        var at = range.lowerBound
        while at < range.upperBound {
            let byte = text[at]
            if isInString {
                if let progress = advanceInString(byte, at) { return progress }
            } else if let progress = advance(byte, at) {
                return progress
            }
            at += 1
        }
        return .unfinished
    }

    @inline(__always)
    private mutating func advanceInString(_ byte: UInt8, _ at: Int) -> Progress? {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            last = .value
            if brackets.isEmpty { return .finished(at + 1) }
        }
        // No string goes on in the next line.
        return byte == UInt8(ascii: "\n") ? .broken(at) : nil
    }

    @inline(__always)
    private mutating func advance(_ byte: UInt8, _ at: Int) -> Progress? {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            if isInScalar, brackets.isEmpty { return .finished(at) }
            isInScalar = false
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard mayBeValue, last != .comma || isInArray, brackets.count <= JSONLimits.depth else {
                return .broken(at)
            }
            if last == .open, !isInArray { return .broken(at) }
            brackets.append(byte)
            last = .open
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if isInScalar, brackets.isEmpty { return .finished(at) }
            isInScalar = false
            guard let open = brackets.popLast(), open &+ 2 == byte else { return .broken(at) }
            last = .value
            if brackets.isEmpty { return .finished(at + 1) }
        case UInt8(ascii: "\""):
            guard mayBeValue else { return .broken(at) }
            isInString = true
        case UInt8(ascii: ","), UInt8(ascii: ":"):
            if isInScalar, brackets.isEmpty { return .finished(at) }
            isInScalar = false
            guard last == .value, !brackets.isEmpty else { return .broken(at) }
            last = byte == UInt8(ascii: ",") ? .comma : .colon
        default:
            guard isInScalar || mayBeValue else { return .broken(at) }
            isInScalar = true
            last = .value
        }
        return nil
    }

    private var mayBeValue: Bool { last != .value }
    private var isInArray: Bool { brackets.last == UInt8(ascii: "[") }
}
