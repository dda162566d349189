public import EventInput
public import EventPattern
public import EventSchedule
public import JSONScan

/// What is wrong with the JSON of a target, a rule or another resource, and where.
public struct DefinitionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The text is no JSON object.
        case json(JSONError.Kind)
        /// There is more behind the object.
        case excess
        /// A member is needed that is not there.
        case missing(member: String)
        /// A member is there twice.
        case repeated(member: String)
        /// A member that this version does not know: a slip of the pen, or of a newer version.
        case unknown(member: String)
        /// A member's value is of another kind than it should be.
        case wrongKind(member: String, expected: String)
        /// A member's value can't be used.
        case invalid(member: String, reason: String)
        /// What the target gets can't be used.
        case input(TargetInputError)
        /// The pattern can't be used; the offset is in its own text.
        case pattern(PatternError)
        /// The schedule can't be used; the offset is in its own text.
        case schedule(ScheduleError)
        /// A newer program wrote it, in a way that this one does not know.
        case newerVersion(found: Int, supported: Int)
    }

    /// What is wrong.
    public let reason: Reason
    /// Where: a byte offset into the JSON.
    public let offset: Int

    init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong, without position.
    public var message: String {
        switch reason {
        case .json(let kind): JSONError(kind, offset: offset).message
        case .excess: "there is more behind the object"
        case .missing(let member): "\"\(member)\" is missing"
        case .repeated(let member): "\"\(member)\" is there twice"
        case .unknown(let member):
            "there is no member \"\(member)\"; a newer version may have one"
        case .wrongKind(let member, let expected): "\"\(member)\" has to be \(expected)"
        case .invalid(let member, let reason): "\"\(member)\" can't be used: \(reason)"
        case .input(let error): error.description
        case .pattern(let error): "\"EventPattern\" can't be used: \(error)"
        case .schedule(let error): error.description
        case .newerVersion(let found, let supported):
            "version \(found) of this is newer than \(supported), the newest that this program "
                + "knows; use the program that wrote it, or a newer one"
        }
    }

    /// The message and the byte offset.
    public var description: String { "\(message) (at byte \(offset))" }
}

/// A member that is kept as it was written, for whoever knows what it means.
public struct KeptMember: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value, as JSON.
    public let json: String

    /// Creates a member; `json` has to be a JSON value.
    public init(name: String, json: String) {
        self.name = name
        self.json = json
    }
}

/// Reads the members of one object, each at most once.
struct ObjectReader {
    private var members: [String: JSONValue] = [:]
    /// In the order in which they stand there.
    private let order: [(name: String, offset: Int)]
    private let offset: Int

    /// - Parameter member: what the object is, for errors; nil for the outermost.
    init(_ value: JSONValue, member: String? = nil) throws(DefinitionError) {
        offset = value.offset
        guard value.kind == .object else {
            throw DefinitionError(
                member.map { .wrongKind(member: $0, expected: "an object") }
                    ?? .json(.notAnObject), offset: value.offset)
        }
        var order: [(String, Int)] = []
        for member in value.members {
            let name = member.key.description
            guard members.updateValue(member.value, forKey: name) == nil else {
                throw DefinitionError(.repeated(member: name), offset: member.keyOffset)
            }
            order.append((name, member.keyOffset))
        }
        self.order = order
    }

    subscript(name: String) -> JSONValue? { members[name] }

    func offset(of name: String) -> Int { members[name]?.offset ?? offset }

    /// A string, which may be missing.
    func string(_ name: String) throws(DefinitionError) -> String? {
        guard let value = members[name] else { return nil }
        guard let string = value.string else {
            throw DefinitionError(
                .wrongKind(member: name, expected: "a string"), offset: value.offset)
        }
        return string.description
    }

    func requiredString(_ name: String) throws(DefinitionError) -> String {
        guard let string = try string(name) else {
            throw DefinitionError(.missing(member: name), offset: offset)
        }
        return string
    }

    /// A whole number of at least `minimum`, which may be missing.
    func integer<Number: FixedWidthInteger>(
        _ name: String, from minimum: Number = 0
    ) throws(DefinitionError) -> Number? {
        guard let value = members[name] else { return nil }
        let text = value.kind == .number ? String(decoding: value.text, as: UTF8.self) : ""
        guard let number = Number(text), number >= minimum else {
            throw DefinitionError(
                .wrongKind(
                    member: name, expected: "a whole number from \(minimum) to \(Number.max)"),
                offset: value.offset)
        }
        return number
    }

    /// Checks that there are no members but these, and gives those of them that are to be kept.
    func rest(
        known: Set<String>, kept: Set<String>
    ) throws(DefinitionError) -> [KeptMember] {
        var rest: [KeptMember] = []
        for (name, offset) in order where !known.contains(name) {
            guard kept.contains(name), let value = members[name] else {
                throw DefinitionError(.unknown(member: name), offset: offset)
            }
            rest.append(
                KeptMember(name: name, json: String(decoding: value.text, as: UTF8.self)))
        }
        return rest
    }

    /// Checks `Version`, which stands only where it is not 1.
    func checkVersion(supported: Int = 1) throws(DefinitionError) {
        let version: Int = try integer("Version", from: 1) ?? 1
        guard version <= supported else {
            throw DefinitionError(
                .newerVersion(found: version, supported: supported),
                offset: offset(of: "Version"))
        }
    }
}

/// Scans a JSON object with nothing behind it, and reads it.
func readObject<Result>(
    _ json: [UInt8], _ body: (JSONValue) throws(DefinitionError) -> Result
) throws(DefinitionError) -> Result {
    var scanner = StructuralScanner()
    return try readObject(json, &scanner, body)
}

/// The same with a scanner that is used for many: to make one costs more than to scan a rule.
func readObject<Result>(
    _ json: [UInt8], _ scanner: inout StructuralScanner,
    _ body: (JSONValue) throws(DefinitionError) -> Result
) throws(DefinitionError) -> Result {
    let result = json.withUnsafeBytes { bytes in
        Swift.Result { () throws(DefinitionError) in
            let index: StructuralIndex
            do throws(JSONError) { index = try scanner.scan(bytes) } catch {
                throw DefinitionError(.json(error.kind), offset: error.offset)
            }
            if let excess = bytes[index.textLength...].firstIndex(where: { $0 > 0x20 }) {
                throw DefinitionError(.excess, offset: excess)
            }
            return try body(JSONValue(index))
        }
    }
    return try result.get()
}

extension JSONObjectWriter {
    mutating func members(_ kept: [KeptMember]) {
        for member in kept { self.member(member.name, json: member.json.utf8) }
    }
}
