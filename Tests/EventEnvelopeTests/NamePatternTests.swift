import EventEnvelope
import Testing

@Suite struct NamePatternTests {
    @Test(
        "a pattern's stars stand for any characters, a question mark for one",
        arguments: [
            ("arn:aws:sqs:a:1:q", "arn:aws:sqs:a:1:q", true), ("a:q", "a:qq", false),
            ("arn:aws:lambda:*:*:function:f", "arn:aws:lambda:a:1:function:f", true),
            ("arn:aws:lambda:*:*:function:f", "arn:aws:lambda:a:1:function:g", false),
            ("arn:aws:lambda:*:*:function:f", "arn:aws:lambda:a:1:function:f:live", false),
            ("*", "", true), ("*", "anything", true), ("*q", "qqq", true),
            ("a*a", "a", false), ("a*a", "aa", true), ("a**b", "ab", true),
            ("*b*c*", "abc", true), ("*b*c*", "acb", false), ("", "", true), ("", "a", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("?", "", false), ("*?", "a", true),
        ])
    func matches(pattern: String, name: String, isMatch: Bool) {
        #expect(NamePattern.matches(pattern, name) == isMatch)
    }
}
