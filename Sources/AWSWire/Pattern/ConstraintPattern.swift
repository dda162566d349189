/// A pattern of a model, which a text has to match from its first character to its last.
///
/// ```swift
/// let pattern = try ConstraintPattern(#"[\.\-_A-Za-z0-9]+"#)
/// pattern.matches("orders")    // true
/// pattern.matches("or ders")   // false
/// ```
///
/// It means what it means in Java, where AWS matches it: `\d`, `\w` and `\s` are of ASCII, and a line
/// break does not end it. It is matched by walking all its states at once (Thompson 1968), so that no
/// text takes more than O(characters × states), where a backtracking engine takes years for some
/// texts of 500 characters that the models' own patterns and lengths allow
/// (`^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$`). What looks ahead costs as much once
/// more for each character at which it is asked.
///
/// Most patterns are one class of characters, repeated. For these there are no states: a look into 128
/// bits a character.
public struct ConstraintPattern: Sendable {
    /// The pattern as the model writes it.
    public let source: String

    private let program: PatternProgram
    private let repeated: RepeatedClass?

    /// Reads a pattern.
    init(_ source: String) throws(PatternError) {
        self.source = source
        let node = try PatternParser.parse(source)
        program = try PatternProgram(node)
        repeated = Self.repeatedClass(node)
    }

    /// Whether the whole text matches. O(characters × states), O(characters) for a repeated class.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(utf8: $0) }
    }

    /// As ``matches(_:)``, of valid UTF-8.
    func matches(utf8 text: UnsafeBufferPointer<UInt8>) -> Bool {
        repeated?.matches(text) ?? program.matches(text)
    }

    /// `[class]+` and its like, with `^` and `$` around it or not.
    private static func repeatedClass(_ node: PatternNode) -> RepeatedClass? {
        switch node {
        case .set(let set): return RepeatedClass(set, 1, 1)
        case .repeat(.set(let set), let minimum, let maximum):
            return RepeatedClass(set, minimum, maximum ?? .max)
        case .sequence(var nodes):
            if case .start? = nodes.first { nodes.removeFirst() }
            if case .end? = nodes.last { nodes.removeLast() }
            guard nodes.count == 1 else { return nil }
            if case .sequence = nodes[0] { return nil }
            return repeatedClass(nodes[0])
        case .start, .end, .choice, .repeat, .look: return nil
        }
    }
}

/// One class of characters, so and so many times.
private struct RepeatedClass: Sendable {
    private let ascii: ScalarSet.ASCII
    private let set: ScalarSet
    private let minimum: Int
    private let maximum: Int

    init(_ set: ScalarSet, _ minimum: Int, _ maximum: Int) {
        ascii = set.ascii
        self.set = set
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Whether a text is that. O(characters).
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        var count = 0
        while at < text.count {
            if text[at] < 0x80 {
                guard ascii.contains(text[at]) else { return false }
                at &+= 1
            } else {
                guard set.contains(PatternProgram.scalar(text, &at)) else { return false }
            }
            count &+= 1
        }
        return count >= minimum && count <= maximum
    }
}
