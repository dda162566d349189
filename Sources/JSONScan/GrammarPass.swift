/// The careful second stage of a scan: walks the entries one by one, checks RFC 8259's grammar, finds
/// what is wrong first, and records for each opening bracket the entry that closes it.
/// O(entries + bytes of numbers).
///
/// It owns nothing: all pointers are the scanner's, valid for the length of ``check()``. `positions`
/// has `entries` offsets, all of them below `textLength`, and then the text's length.
struct GrammarPass {
    let bytes: UnsafePointer<UInt8>
    let textLength: Int
    let positions: UnsafePointer<UInt32>
    let tokens: UnsafePointer<UInt8>
    let links: UnsafeMutablePointer<UInt32>
    let entries: Int
    /// Entries of the brackets that are open: room for ``JSONLimits/depth``.
    let openBrackets: UnsafeMutablePointer<UInt32>
    /// What stopped the kernel, to be reported when the walk gets that far.
    let kernelError: JSONError?

    private static var end: UInt8 { 0 }

    /// The first byte of an entry, or ``end`` behind the last one. (A text that holds a NUL outside
    /// strings meets the same errors: no grammar rule allows it.)
    @inline(__always)
    private func byte(_ entry: Int) -> UInt8 {
        entry < entries ? tokens[entry] : Self.end
    }

    private func fail(_ kind: JSONError.Kind, at entry: Int) -> JSONError {
        guard entry >= entries else { return JSONError(kind, offset: Int(positions[entry])) }
        return kernelError ?? JSONError(.unexpectedEnd, offset: textLength)
    }

    /// Walks the text's first value.
    ///
    /// - Returns: how many entries that value has.
    func check() throws(JSONError) -> Int {
        guard byte(0) == UInt8(ascii: "{") else {
            throw entries == 0 && kernelError == nil
                ? JSONError(.emptyText, offset: 0) : fail(.notAnObject, at: 0)
        }
        for entry in 0..<entries { links[entry] = UInt32(truncatingIfNeeded: entry) }
        var depth = 0
        var entry = 0
        while true {
            // Here `entry` has to be a value.
            switch byte(entry) {
            case UInt8(ascii: "\""):
                try checkStringLength(entry, limit: JSONLimits.stringBytes, .stringTooLong)
                entry += 1
            case UInt8(ascii: "{"):
                try open(entry, depth: &depth)
                entry += 1
                if byte(entry) != UInt8(ascii: "}") {
                    entry = try enterMember(entry)
                    continue
                }
            case UInt8(ascii: "["):
                try open(entry, depth: &depth)
                entry += 1
                if byte(entry) != UInt8(ascii: "]") { continue }
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"),
                Self.end:
                throw fail(.expectedValue, at: entry)
            default:
                try checkScalar(entry)
                entry += 1
            }
            // Behind a value: close what closes here, then step over one comma.
            while true {
                let open = Int(openBrackets[depth - 1])
                let inObject = tokens[open] == UInt8(ascii: "{")
                let here = byte(entry)
                if here == UInt8(ascii: ",") {
                    entry = inObject ? try enterMember(entry + 1) : entry + 1
                    break
                }
                guard here == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw fail(
                        inObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: entry)
                }
                links[open] = UInt32(truncatingIfNeeded: entry)
                depth -= 1
                entry += 1
                if depth == 0 { return entry }
            }
        }
    }

    @inline(__always)
    private func open(_ entry: Int, depth: inout Int) throws(JSONError) {
        guard depth < JSONLimits.depth else { throw fail(.tooDeep, at: entry) }
        openBrackets[depth] = UInt32(truncatingIfNeeded: entry)
        depth += 1
    }

    /// Steps over a key and its colon.
    @inline(__always)
    private func enterMember(_ entry: Int) throws(JSONError) -> Int {
        guard byte(entry) == UInt8(ascii: "\"") else { throw fail(.expectedKey, at: entry) }
        guard byte(entry + 1) == UInt8(ascii: ":") else {
            throw fail(.expectedColon, at: entry + 1)
        }
        try checkStringLength(entry, limit: JSONLimits.keyBytes, .keyTooLong)
        return entry + 2
    }

    @inline(__always)
    private func checkStringLength(
        _ entry: Int, limit: Int, _ kind: JSONError.Kind
    ) throws(JSONError) {
        // Most texts are shorter than any limit; and the distance to the next entry bounds the
        // string, so that only a long run looks for the exact end.
        let start = Int(positions[entry])
        guard Int(positions[entry + 1]) - start > limit else { return }
        var end = Int(positions[entry + 1]) - 1
        while end > start, bytes[end] != UInt8(ascii: "\"") { end -= 1 }
        if end - start - 1 > limit { throw JSONError(kind, offset: start) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }

    private func checkScalar(_ entry: Int) throws(JSONError) {
        let start = Int(positions[entry])
        // A run ends at blanks or at the next entry: without a later entry it may reach the text's
        // end, or the place where the kernel stopped, which can be at a string's quote.
        var end = start + 1
        let bound = entry + 1 < entries ? Int(positions[entry + 1]) : textLength
        while end < bound, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "\"") { end += 1 }
        // Of the control characters only four are blanks; any other belongs to the run and spoils it.
        if end < bound, bytes[end] < 0x20, !Self.isBlank(bytes[end]) { end += 1 }
        let run = UnsafeBufferPointer(start: bytes + start, count: end - start)
        let first = run[0]
        if first == UInt8(ascii: "-") || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9"))
        {
            guard JSONNumber.isValid(run) else { throw JSONError(.invalidNumber, offset: start) }
            guard run.count <= JSONLimits.numberBytes else {
                throw JSONError(.numberTooLong, offset: start)
            }
        } else {
            let isLiteral =
                run.elementsEqual("true".utf8) || run.elementsEqual("false".utf8)
                || run.elementsEqual("null".utf8)
            guard isLiteral else { throw JSONError(.invalidLiteral, offset: start) }
        }
    }
}
