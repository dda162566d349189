import EventMatching
import TestSupport
import Testing

/// A matcher remembers its way through events of the same structure and keys.
@Suite("Events of known structures")
struct KnownWalkTests {
    /// Alike in length, in their first or last bytes, or only in the middle different.
    static let keys = [
        "a", "b", "ab", "abcdefgh", "abcdefgx", "abcdefghi", "abcdefghijklmnopq",
        "abcdefghXjklmnopq", "abcdefghijklmnop", "abcdef", "abcdeX", "abcdefg", "abcdefghijklmn",
        "abcdefghijklmno", "abcdefgXijklmno", "abcdefghijklmnopqrstuvwxyz0123",
        "abcdefghijklmnopqrsXuvwxyz0123", "abcdefghijklmnopqrstuvwxyz01234",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ",
        "abcdefghijklmnXpqrstuvwxyz0123456789ABCDEFGHIJ",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIX",
        #"\u0061"#, #"a\n"#, "", "a.b", "é", "ab ", "A",
    ]

    @Test("one key is not taken for another, in any order", arguments: [0, 1, 2, 3])
    func keysDiffer(stream: UInt64) throws {
        var random = SeededGenerator(stream: 95 + stream)
        let rules = try RuleSet(
            Self.keys.enumerated().map {
                try Rule(name: "\($0.offset)", pattern: "{\"\($0.element)\":[\"x\",1,true]}")
            })
        var reused = Matcher(rules)
        for _ in 0..<4_000 {
            let key = Self.keys.randomElement(using: &random) ?? ""
            let value =
                ["\"x\"", "1", "true", "\"y\"", "2", "null", #""\u0078""#]
                .randomElement(using: &random) ?? "1"
            let blank = Int.random(in: 0..<10, using: &random) == 0 ? " " : ""
            // The key at the text's end, in its middle, and twice.
            let event =
                [
                    "{\"\(key)\"\(blank):\(value)\(blank)}",
                    "{\"\(key)\"\(blank):\(value)\(blank),\"other, long enough for any look\":0}",
                    "{\"first\":0,\"\(key)\":\(value),\"\(key)\":\(value)}",
                ].randomElement(using: &random) ?? "{}"
            let found = try reused.matchNames(event)
            #expect(try found == rules.matches(event), "\(event)")
        }
    }

    @Test("values of other kinds at the same place are looked up as what they are")
    func kindsDiffer() throws {
        let elements = [
            #""10.0.0.1""#, "5", "true", "null", #"{"numeric":[">",3]}"#, #"{"prefix":"p"}"#,
            #"{"suffix":"s"}"#, #"{"equals-ignore-case":"Word"}"#, #"{"wildcard":"*m*"}"#,
            #"{"wildcard":"w*"}"#, #"{"wildcard":"*w"}"#, #"{"cidr":"10.0.0.0/8"}"#,
            #"{"exists":true}"#, #"{"anything-but":"x"}"#, #"{"prefix":""}"#, #""""#,
            #"{"prefix":{"equals-ignore-case":"pre"}}"#,
            #"{"suffix":{"equals-ignore-case":"suf"}}"#,
            #"{"equals-ignore-case":"straße"}"#,
        ]
        let values = [
            #""10.0.0.1""#, #""010.0.0.01""#, #""::ffff:a00:1""#, "5", "5.0", "1", "true", "false",
            "null", #""p""#, #""s""#, #""word""#, #""WORD""#, #""m""#, #""wx""#, #""xw""#, #""x""#,
            #""""#, #""PREfix""#, #""xSUF""#, #""STRASSE""#, #""\u0070""#, #""s\u0073""#,
        ]
        // Each alternative alone, so that every field has a filter of its own.
        for element in elements {
            let rules = try RuleSet([Rule(name: "rule", pattern: "{\"f\":[\(element)]}")])
            var reused = Matcher(rules)
            for value in values + values + values + values {
                let event = "{\"f\":\(value),\"more than eight bytes behind\":0}"
                let found = try reused.matchNames(event)
                #expect(try found == rules.matches(event), "\(element) and \(value)")
            }
        }
    }
}
