import CSwitchyard

/// What a structural scan must yield.
struct ScanOutcome: Equatable {
    /// Entries below `errorOffset`.
    var positions: [UInt32] = []
    var error = SW_SCAN_OK
    var errorOffset: Int
    var hasBackslash = false
    var hasNonASCII = false
}

/// The structural scan in the words of `switchyard.h`, as slow and as plain as can be.
func referenceScan(_ text: [UInt8]) -> ScanOutcome {
    var outcome = ScanOutcome(errorOffset: text.count)
    var openQuote: Int?
    var firstControl: Int?
    var escaped = false
    var inRun = false
    for (offset, byte) in text.enumerated() {
        outcome.hasBackslash = outcome.hasBackslash || byte == 0x5C
        outcome.hasNonASCII = outcome.hasNonASCII || byte >= 0x80
        if openQuote != nil {
            if byte < 0x20, firstControl == nil { firstControl = offset }
            if escaped {
                escaped = false
            } else if byte == 0x5C {
                escaped = true
            } else if byte == 0x22 {
                openQuote = nil
            }
            continue
        }
        switch byte {
        case 0x22:
            openQuote = offset
            outcome.positions.append(UInt32(offset))
            inRun = false
        case 0x7B, 0x7D, 0x5B, 0x5D, 0x3A, 0x2C:
            outcome.positions.append(UInt32(offset))
            inRun = false
        case 0x20, 0x09, 0x0A, 0x0D:
            inRun = false
        default:
            if !inRun { outcome.positions.append(UInt32(offset)) }
            inRun = true
        }
    }
    let candidates: [(sw_scan_error, Int?)] = [
        (SW_SCAN_UNTERMINATED_STRING, openQuote),
        (SW_SCAN_CONTROL_CHARACTER, firstControl),
        (SW_SCAN_INVALID_UTF8, firstInvalidUTF8(text)),
    ]
    for case (let error, let offset?) in candidates where offset < outcome.errorOffset {
        outcome.error = error
        outcome.errorOffset = offset
    }
    outcome.positions.removeAll { $0 >= outcome.errorOffset }
    return outcome
}

/// The first byte of the first sequence that is not UTF-8: decoded to a number, whose size then
/// tells whether the form was the shortest and the number allowed.
func firstInvalidUTF8(_ text: [UInt8]) -> Int? {
    var offset = 0
    while offset < text.count {
        let lead = text[offset]
        let (length, smallest): (Int, UInt32)
        switch lead {
        case 0x00...0x7F: (length, smallest) = (1, 0)
        case 0xC0...0xDF: (length, smallest) = (2, 0x80)
        case 0xE0...0xEF: (length, smallest) = (3, 0x800)
        case 0xF0...0xF7: (length, smallest) = (4, 0x1_0000)
        default: return offset
        }
        guard offset + length <= text.count else { return offset }
        var number = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
        for follower in text[(offset + 1)..<(offset + length)] {
            guard follower & 0xC0 == 0x80 else { return offset }
            number = number << 6 | UInt32(follower & 0x3F)
        }
        let isSurrogate = (0xD800...0xDFFF).contains(number)
        guard number >= smallest, number <= 0x10_FFFF, !isSurrogate else { return offset }
        offset += length
    }
    return nil
}
