internal import JSONScan

/// A place in an event: `$.detail.state`, `$.resources[0]`, `$.detail.items[*].name`.
///
/// Dot notation, as EventBridge has it: `$` is the whole event, `.name` a member, `[n]` an element
/// counted from 0, `[*]` all elements, and what follows is looked up in each. Of a repeated member
/// the last one counts.
public struct InputPath: Sendable, Hashable, CustomStringConvertible {
    enum Step: Sendable, Hashable {
        case member(ExactString)
        case element(Int)
        case allElements
    }

    /// The path as it was written.
    public let description: String
    let steps: [Step]
    private let isList: Bool

    /// The most steps of a path: an event is never nested deeper.
    static let stepsMax = JSONLimits.depth

    /// Reads a path. O(length).
    ///
    /// - Throws: ``TargetInputError/invalidPath(_:offset:reason:)``
    public init(_ text: String) throws(TargetInputError) {
        var reader = PathReader(text: Array(text.utf8), path: text)
        steps = try reader.read()
        isList = steps.contains(.allElements)
        description = text
    }

    /// The value at the path; nil where there is none. A path with `[*]` finds a list, an empty one
    /// too. O(members of the objects on the way).
    func value(in event: StructuralIndex) -> InputValue? {
        let whole = JSONValue(event)
        guard isList else {
            var value = whole
            for step in steps {
                guard let next = value.following(step) else { return nil }
                value = next
            }
            return .json(value)
        }
        var values = [whole]
        for step in steps {
            values =
                step == .allElements
                ? values.flatMap(\.elements) : values.compactMap { $0.following(step) }
        }
        return .list(values)
    }
}

extension InputPath {
    /// The value at the path as a text: a string without its quotes and escapes, anything else as JSON;
    /// nil where the event, which is JSON, has nothing there. O(bytes of the event).
    package func text(in event: [UInt8]) -> String? {
        var scanner = StructuralScanner()
        return event.withUnsafeBytes { bytes in
            guard let index = try? scanner.scan(bytes), let found = value(in: index) else {
                return nil
            }
            if case .json(let value) = found, let text = value.string { return text.description }
            var output: [UInt8] = []
            found.appendJSON(to: &output)
            return String(decoding: output, as: UTF8.self)
        }
    }
}

/// Reads the steps of a path.
private struct PathReader {
    let text: [UInt8]
    let path: String
    var at = 0

    private func failure(_ reason: String) -> TargetInputError {
        .invalidPath(path, offset: at, reason: reason)
    }

    mutating func read() throws(TargetInputError) -> [InputPath.Step] {
        guard text.first == UInt8(ascii: "$") else { throw failure("a path begins with \"$\"") }
        at = 1
        var steps: [InputPath.Step] = []
        while at < text.count {
            guard steps.count < InputPath.stepsMax else { throw failure("too many steps") }
            switch text[at] {
            case UInt8(ascii: "."): steps.append(try member())
            case UInt8(ascii: "["): steps.append(try element())
            default: throw failure("expected \".\" or \"[\"")
            }
        }
        return steps
    }

    private mutating func member() throws(TargetInputError) -> InputPath.Step {
        at += 1
        let start = at
        while at < text.count, text[at] != UInt8(ascii: "."), text[at] != UInt8(ascii: "[") {
            at += 1
        }
        guard at > start else { throw failure("expected a member's name") }
        if text[start..<at].elementsEqual("*".utf8) { return .allElements }
        return .member(ExactString(utf8: Array(text[start..<at])))
    }

    private mutating func element() throws(TargetInputError) -> InputPath.Step {
        let start = at + 1
        guard let close = text[start...].firstIndex(of: UInt8(ascii: "]")) else {
            throw failure("\"[\" without \"]\"")
        }
        let inner = String(decoding: text[start..<close], as: UTF8.self)
        if inner == "*" {
            at = close + 1
            return .allElements
        }
        let isNumber = text[start..<close].allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        guard isNumber, let number = Int(inner) else {
            throw failure("expected a number or \"*\" between brackets")
        }
        at = close + 1
        return .element(number)
    }
}

extension JSONValue {
    /// The member or element that a step leads to.
    fileprivate func following(_ step: InputPath.Step) -> JSONValue? {
        switch step {
        case .member(let name): return member(named: name)
        case .element(let number):
            guard kind == .array else { return nil }
            var left = number
            for element in index.elements(of: entry) {
                if left == 0 { return JSONValue(index, at: element) }
                left -= 1
            }
            return nil
        case .allElements: return nil
        }
    }

    /// The last member with a name; copies no key unless it has escapes.
    private func member(named name: ExactString) -> JSONValue? {
        guard kind == .object else { return nil }
        var found: JSONValue?
        for member in index.members(of: entry) {
            let raw = index.stringBytes(at: member.key)
            let isEqual =
                index.mayHaveEscapes(at: member.key, raw.count)
                ? JSONString.unescaped(raw) == name : raw.elementsEqual(name.utf8)
            if isEqual { found = JSONValue(index, at: member.value) }
        }
        return found
    }
}
