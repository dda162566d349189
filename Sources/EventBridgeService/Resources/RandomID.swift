internal import FoundationEssentials

/// Names that nobody else has.
enum RandomID {
    /// A UUID in lower case.
    static func uuid() -> String { UUID().uuidString.lowercased() }

    /// So many letters and digits.
    static func letters(_ count: Int) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in alphabet.randomElement() ?? "a" })
    }
}
