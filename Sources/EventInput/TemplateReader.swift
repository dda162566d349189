package import JSONScan

/// Takes a template apart, and says whether it can give JSON at all.
struct TemplateReader {
    let text: [UInt8]
    let paths: [String: InputPath]
    let target: String

    /// A part of the template, and the offset at which it begins.
    struct PlacedPiece {
        let piece: Piece
        let offset: Int
    }

    func read() throws(TargetInputError) -> [PlacedPiece] {
        var pieces: [PlacedPiece] = []
        var literal: [UInt8] = []
        var isQuoted = false
        var at = 0
        func append(_ piece: Piece, _ offset: Int) {
            pieces.append(PlacedPiece(piece: piece, offset: offset))
        }
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "<"), let end = placeholderEnd(from: at + 1) {
                if !literal.isEmpty { append(.literal(literal), at - literal.count) }
                literal = []
                append(.value(try source(at + 1..<end), isQuoted: isQuoted), at)
                at = end + 1
                continue
            }
            literal.append(byte)
            at += 1
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, byte == UInt8(ascii: "\\"), at < text.count {
                literal.append(text[at])
                at += 1
            }
        }
        if !literal.isEmpty { append(.literal(literal), at - literal.count) }
        return pieces
    }

    /// Refuses a template that gives JSON, or a text, for no event.
    func check(_ pieces: [PlacedPiece], isText: Bool) throws(TargetInputError) {
        let sample = TemplateSample(pieces, isText: isText)
        if isText {
            guard Self.quoteCount(sample.text) % 2 == 0 else {
                throw failure("a quote is not closed", at: text.count)
            }
            return
        }
        if let error = JSONError.first(inValue: sample.text) {
            if error.kind == .emptyText { throw failure("it is empty", at: 0) }
            guard let first = text.first(where: { $0 > 0x20 }),
                first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            else {
                throw failure(
                    "a text needs double quotes around it, and what begins without them is JSON",
                    at: 0)
            }
            throw failure(error.message, at: sample.templateOffset(of: error.offset))
        }
        if let offset = sample.placeholderInKey() {
            throw failure("a placeholder can't be a key, or a part of one", at: offset)
        }
    }

    private func failure(_ reason: String, at offset: Int) -> TargetInputError {
        let template = String(decoding: text, as: UTF8.self)
        return .invalidTemplate(template, offset: min(offset, text.count), reason: reason)
    }

    /// The offset of the `>` that ends a placeholder's name, if there is one.
    private func placeholderEnd(from start: Int) -> Int? {
        var at = start
        while at < text.count, isPlaceholderByte(text[at]) { at += 1 }
        return at > start && at < text.count && text[at] == UInt8(ascii: ">") ? at : nil
    }

    private func source(_ range: Range<Int>) throws(TargetInputError) -> Piece.Source {
        let name = String(decoding: text[range], as: UTF8.self)
        if let path = paths[name] { return .path(path) }
        if let reserved = Piece.Source(reserved: name) { return reserved }
        throw .invalidPlaceholder(target: target, placeholder: name)
    }

    /// How many quotes a text has that no backslash escapes.
    static func quoteCount(_ text: [UInt8]) -> Int {
        var count = 0
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                count += 1
            }
        }
        return count
    }
}

/// A template filled in with empty strings, and what of it stands where in the template.
private struct TemplateSample {
    private(set) var text: [UInt8] = []
    private var starts: [(sample: Int, template: Int, isPlaceholder: Bool)] = []

    init(_ pieces: [TemplateReader.PlacedPiece], isText: Bool) {
        for placed in pieces {
            var isPlaceholder = true
            let start = text.count
            switch placed.piece {
            case .literal(let bytes):
                isPlaceholder = false
                text += bytes
            case .value(_, let isQuoted):
                if !isQuoted && !isText { text += "\"\"".utf8 }
            }
            starts.append((start, placed.offset, isPlaceholder))
        }
    }

    /// Where in the template something of the sample stands, of a placeholder its beginning; beyond
    /// its end what is beyond the sample's.
    func templateOffset(of offset: Int) -> Int {
        guard offset < text.count, let found = starts.last(where: { $0.sample <= offset }) else {
            return .max
        }
        return found.template + (found.isPlaceholder ? 0 : offset - found.sample)
    }

    /// Where in the template a placeholder stands that is a key, or in one; the sample is JSON.
    func placeholderInKey() -> Int? {
        let opening = JSONError.wrapperOpening
        let wrapped = opening + text + [UInt8(ascii: "}")]
        var scanner = StructuralScanner()
        return wrapped.withUnsafeBytes { bytes in
            guard let index = try? scanner.scan(bytes) else { return nil }
            // The wrapper's own brace, key and colon come first.
            for entry in 3..<max(index.count - 1, 3)
            where index.byte(at: entry) == UInt8(ascii: "\"")
                && index.byte(at: entry + 1) == UInt8(ascii: ":")
            {
                let start = index.offset(of: entry) - opening.count
                let end = start + 1 + index.stringBytes(at: entry).count
                if let found = starts.first(where: {
                    $0.isPlaceholder && (start...end).contains($0.sample)
                }) {
                    return found.template
                }
            }
            return nil
        }
    }
}

extension JSONError {
    /// The scanner wants an object, so any other value becomes a member of one.
    fileprivate static let wrapperOpening = Array(#"{"":"#.utf8)

    /// What is wrong with a JSON text of any kind of value; nil where it is good. O(bytes).
    package static func first(inValue text: [UInt8]) -> JSONError? {
        guard let first = text.first(where: { $0 > 0x20 }) else {
            return JSONError(.emptyText, offset: 0)
        }
        var scanner = StructuralScanner()
        if first == UInt8(ascii: "{") {
            return text.withUnsafeBytes { bytes in
                do throws(JSONError) {
                    let end = try scanner.scan(bytes).textLength
                    let excess = bytes[end...].firstIndex { $0 > 0x20 || $0 == 0 }
                    return excess.map { JSONError(.textAfterValue, offset: $0) }
                } catch { return error }
            }
        }
        let wrapped = wrapperOpening + text + [UInt8(ascii: "}")]
        return wrapped.withUnsafeBytes { bytes in
            do throws(JSONError) {
                let index = try scanner.scan(bytes)
                // The brace, the key, the colon, the value; then nothing but the closing brace.
                let end = index.entry(after: 3)
                if index.textLength == bytes.count, end == index.count - 1 { return nil }
                return JSONError(
                    .textAfterValue, offset: index.offset(of: end) - wrapperOpening.count)
            } catch {
                let offset = min(max(0, error.offset - wrapperOpening.count), text.count)
                return JSONError(error.kind, offset: offset)
            }
        }
    }
}
