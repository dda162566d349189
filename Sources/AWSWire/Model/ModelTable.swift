/// A service's model as a table of text, and what was read of it.
///
/// A line is one thing; its words are divided by blanks:
/// ```
/// service NAME DATE protocol=… jsonVersion=… targetPrefix=… signingName=…
/// operation NAME METHOD PATH status=… input=SHAPE output=SHAPE wrapper=… errors=SHAPE,SHAPE
/// structure NAME error=STATUS code=… payload=… MEMBER MEMBER …
/// list NAME SHAPE min=… max=… locationName=…
/// map NAME SHAPE SHAPE min=… max=…
/// string NAME sensitive=true min=… max=… enum=A|B|C pattern=to the end of the line
/// ```
/// with whatever else is a shape, `integer`, `timestamp` and so on, as a string is. What is not said is
/// left out. A member is `*Name:Shape@wireName^location~flag`: required with the asterisk, then its
/// name on the wire if that is another, its location if not the body, and `token`, `json`, or a format of
/// times.
struct ModelTable {
    /// An operation's line.
    struct Operation {
        let name: String
        let method: String
        let requestURI: String
        var status = 200
        var input: String?
        var output: String?
        var wrapper: String?
        var errors: [String] = []
    }

    /// A shape's line.
    struct ShapeLine {
        let name: String
        let kind: Shape.Kind
        var members: [Shape.Member] = []
        var element: Shape.Index?
        var key: Shape.Index?
        var elementName: String?
        var minimum: Int?
        var maximum: Int?
        var pattern: ConstraintPattern?
        var enumeration: [String] = []
        var isSensitive = false
        var payload: String?
        var timestampFormat: Shape.TimestampFormat?
        var error: Shape.ErrorAnswer?
    }

    let name: String
    let version: String
    let wireProtocol: ServiceModel.WireProtocol
    let jsonVersion: String?
    let targetPrefix: String?
    let signingName: String
    private(set) var operations: [Operation] = []
    private(set) var shapes: [Shape] = []
    private(set) var shapeIndexes: [String: Int] = [:]

    /// Reads a table. It was made by a program of ours and is part of the build: one that can't be read
    /// ends the process.
    init(_ text: String) {
        let lines = Self.split(text[...], at: "\n")
        let words = Self.split(lines[0], at: " ")
        let service = Self.attributes(words.dropFirst(3))
        guard words[0] == "service", let signingName = service["signingName"],
            let wireProtocol = service["protocol"].flatMap(ServiceModel.WireProtocol.init)
        else { Self.fail("a service", lines[0]) }
        name = String(words[1])
        version = String(words[2])
        self.wireProtocol = wireProtocol
        self.signingName = signingName
        jsonVersion = service["jsonVersion"]
        targetPrefix = service["targetPrefix"]

        let shapeLines = lines.dropFirst().filter { !$0.utf8.starts(with: "operation ".utf8) }
        for (position, line) in shapeLines.enumerated() {
            let name = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first
            guard let name else { Self.fail("a shape's name", line) }
            shapeIndexes[String(Substring(name))] = position
        }
        shapes = shapeLines.map { Shape(shapeLine($0)) }
        operations = lines.filter { $0.utf8.starts(with: "operation ".utf8) }.map(Self.operation)
    }

    /// By bytes: by characters of Unicode it takes several times as long.
    private static func split(_ text: Substring, at mark: Unicode.Scalar) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: mark)).map { Substring($0) }
    }

    /// The position of a shape that another line names.
    func index(of name: some StringProtocol) -> Int {
        guard let index = shapeIndexes[String(name)] else { Self.fail("a known shape", name) }
        return index
    }

    private static func fail(_ expected: String, _ found: some StringProtocol) -> Never {
        preconditionFailure("a table of operations: \(expected) was expected, found \(found)")
    }

    private static func attributes(_ words: ArraySlice<Substring>) -> [String: String] {
        var attributes: [String: String] = [:]
        for word in words {
            guard let sign = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                fail("name=value", word)
            }
            attributes[String(word[..<sign])] = String(word[word.index(after: sign)...])
        }
        return attributes
    }

    private static func operation(_ line: Substring) -> Operation {
        let words = split(line, at: " ")
        guard words.count >= 4 else { fail("an operation", line) }
        let attributes = attributes(words.dropFirst(4))
        return Operation(
            name: String(words[1]), method: String(words[2]), requestURI: String(words[3]),
            status: attributes["status"].flatMap { Int($0) } ?? 200, input: attributes["input"],
            output: attributes["output"], wrapper: attributes["wrapper"],
            errors: attributes["errors"].map { split($0[...], at: ",").map(String.init) } ?? [])
    }

    private func shapeLine(_ whole: Substring) -> ShapeLine {
        var line = whole
        var pattern: Substring?
        if let found = Self.range(of: " pattern=", in: whole) {
            pattern = whole[found.upperBound...]
            line = whole[..<found.lowerBound]
        }
        var words = Self.split(line, at: " ")[...]
        guard words.count >= 2, let kind = Shape.Kind(rawValue: String(words.removeFirst())) else {
            Self.fail("a shape", whole)
        }
        var shape = ShapeLine(name: String(words.removeFirst()), kind: kind)
        if kind == .map { shape.key = Shape.Index(position: index(of: words.removeFirst())) }
        if kind == .map || kind == .list {
            shape.element = Shape.Index(position: index(of: words.removeFirst()))
        }
        func isAttribute(_ word: Substring) -> Bool { word.utf8.contains(UInt8(ascii: "=")) }
        for word in words where !isAttribute(word) { shape.members.append(member(word)) }
        let attributes = Self.attributes(words.filter(isAttribute)[...])
        shape.minimum = attributes["min"].map { Self.number($0) }
        shape.maximum = attributes["max"].map { Self.number($0) }
        shape.isSensitive = attributes["sensitive"] == "true"
        shape.payload = attributes["payload"]
        shape.elementName = attributes["locationName"]
        shape.timestampFormat = attributes["timestampFormat"].map(Self.timestampFormat)
        shape.enumeration =
            attributes["enum"].map { Self.split($0[...], at: "|").map(String.init) } ?? []
        shape.error = attributes["error"].map {
            Shape.ErrorAnswer(
                code: attributes["code"] ?? shape.name, status: Self.number($0))
        }
        if let pattern {
            do {
                shape.pattern = try ConstraintPattern(String(pattern))
            } catch {
                Self.fail("a pattern (\(error))", pattern)
            }
        }
        return shape
    }

    private func member(_ word: Substring) -> Shape.Member {
        var rest = word
        // From the end: what comes last was appended last.
        var flags: Set<Substring> = []
        while let mark = rest.utf8.lastIndex(of: UInt8(ascii: "~")) {
            flags.insert(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        func cut(_ mark: Unicode.Scalar) -> Substring? {
            guard let at = rest.utf8.lastIndex(of: UInt8(ascii: mark)) else { return nil }
            defer { rest = rest[..<at] }
            return rest[rest.utf8.index(after: at)...]
        }
        let location = cut("^")
        let wireName = cut("@")
        guard let shape = cut(":") else { Self.fail("a member", word) }
        let isRequired = rest.hasPrefix("*")
        let name = String(isRequired ? rest.dropFirst() : rest)
        return Shape.Member(
            name: name, wireName: wireName.map(String.init) ?? name,
            messageName: name.prefix(1).lowercased() + name.dropFirst(),
            shape: Shape.Index(position: index(of: shape)), isRequired: isRequired,
            location: location.map {
                guard let location = Shape.Location(rawValue: String($0)) else {
                    Self.fail("a location", word)
                }
                return location
            },
            isIdempotencyToken: flags.contains("token"), holdsJSON: flags.contains("json"),
            timestampFormat: flags.lazy.compactMap {
                Shape.TimestampFormat(rawValue: String($0))
            }.first)
    }

    private static func timestampFormat(_ name: String) -> Shape.TimestampFormat {
        guard let format = Shape.TimestampFormat(rawValue: name) else { fail("a format", name) }
        return format
    }

    private static func number(_ text: String) -> Int {
        guard let number = Int(text) else { fail("a whole number", text) }
        return number
    }

    private static func range(of text: String, in whole: Substring) -> Range<Substring.Index>? {
        var start = whole.startIndex
        while let at = whole.utf8[start...].firstIndex(of: UInt8(ascii: " ")) {
            if whole.utf8[at...].starts(with: text.utf8) {
                return at..<whole.utf8.index(at, offsetBy: text.utf8.count)
            }
            start = whole.utf8.index(after: at)
        }
        return nil
    }
}
