import EventMatching
import EventPattern
import Testing

@Suite("The trie of fields")
struct FieldTrieTests {
    @Test("tables grow with a path's depth, not faster")
    func deepPaths() throws {
        let bytes = try [64, 256, 960].map { depth in
            try RuleSet([Rule(name: "deep", pattern: nested(depth, "1"))]).byteCount
        }
        #expect(bytes[1] < bytes[0] * 5 && bytes[2] < bytes[1] * 5, "\(bytes)")
        #expect(bytes[2] < 960 * 256)
    }

    @Test("paths that begin alike share what they have in common")
    func sharedPaths() throws {
        func byteCount(_ rules: Int) throws -> Int {
            try RuleSet(
                (0..<rules).map { number in
                    let inner = #"{"field \#(number)":[1]}"#
                    return try Rule(name: "\(number)", pattern: nested(300, inner, isLeaf: false))
                }
            ).byteCount
        }
        let (few, many) = (try byteCount(1), try byteCount(500))
        #expect(many - few < 500 * 1_024, "\(few), \(many)")
    }

    @Test("a field at the greatest depth is found, whether by objects or by dots")
    func found() throws {
        let rules = try RuleSet([Rule(name: "deep", pattern: nested(900, "1"))])
        #expect(try rules.matches(nested(900, "1", isPattern: false)) == ["deep"])
        #expect(try rules.matches(nested(900, "2", isPattern: false)) == [])
        #expect(try rules.matches(nested(899, "1", isPattern: false)) == [])
        let dotted = Array(repeating: "k", count: 900).joined(separator: ".")
        #expect(try rules.matches("{\"\(dotted)\":1}") == ["deep"])
    }

    /// Objects with the key `k` inside each other, and at last a value.
    private func nested(
        _ depth: Int, _ value: String, isLeaf: Bool = true, isPattern: Bool = true
    ) -> String {
        let open = String(repeating: #"{"k":"#, count: depth)
        let inner = isPattern && isLeaf ? "[\(value)]" : value
        return open + inner + String(repeating: "}", count: depth)
    }
}
