import EventMatching
import EventPattern
import JSONScan
import TestSupport
import Testing

@Suite("Explanations", .onThreadsOfItsOwn)
struct ExplanationTests {
    @Test(
        "a field's sentence says what the event has and what the rule wants",
        arguments: [
            (#"{"a":["x"]}"#, #"{"a":"x"}"#, #"a is "x", as the rule wants: "x""#),
            (#"{"a":["x","y"]}"#, #"{"a":"z"}"#, #"a is "z"; the rule wants "x" or "y""#),
            (#"{"a":["x"]}"#, #"{"b":"x"}"#, #"a is absent; the rule wants "x""#),
            (#"{"a":["x"]}"#, #"{"a":[]}"#, #"a is []; the rule wants "x""#),
            (
                #"{"a":["x"]}"#, #"{"a":{"b":"x"}}"#,
                #"a is an object, which has no value of its own; the rule wants "x""#
            ),
            (#"{"d":{"a":[1]}}"#, #"{"d":[{"a":2}]}"#, "d.a is 2 at d[0].a; the rule wants 1"),
            (
                #"{"a":[1]}"#, #"{"a":[2,[3],4,5,6]}"#,
                "a is 2 at a[0], 3 at a[1][0], 4 at a[2] and 2 more; the rule wants 1"
            ),
            (
                #"{"a":[{"exists":false}]}"#, #"{"a":null}"#,
                "a is null; the rule wants no value at all"
            ),
            (
                #"{"a":[{"exists":false}]}"#, "{}",
                "a is absent, as the rule wants: no value at all"
            ),
            (
                #"{"a":[{"numeric":[">",1,"<=",5]}]}"#, #"{"a":7}"#,
                "a is 7; the rule wants a number > 1 and <= 5"
            ),
            (
                #"{"a":[{"numeric":["=",5]},null,true]}"#, #"{"a":7}"#,
                "a is 7; the rule wants a number equal to 5 or null or true"
            ),
            (
                #"{"a":[{"prefix":"p"},{"suffix":{"equals-ignore-case":"s"}}]}"#, #"{"a":7}"#,
                "a is 7; the rule wants a string that begins with \"p\" or a string that ends with "
                    + "\"s\" in upper or lower case"
            ),
            (
                #"{"a":[{"wildcard":"*\"*"},{"cidr":"10.0.0.0/8"}]}"#, #"{"a":7}"#,
                #"a is 7; the rule wants a string like "*\"*" or an IP address in 10.0.0.0/8"#
            ),
            (
                #"{"a":[{"anything-but":["x",  "y"]}]}"#, #"{"a":"x"}"#,
                #"a is "x"; the rule wants a value that is not "x" or "y""#
            ),
            (
                #"{"a":["10.0.0.1"]}"#, #"{"a":1}"#,
                #"a is 1; the rule wants "10.0.0.1" or the same IP address written differently"#
            ),
        ])
    func sentences(pattern: String, event: String, sentence: String) throws {
        let fields = try explanation(pattern, event).branches.flatMap(\.fields)
        #expect(fields.map(\.sentence) == [sentence])
    }

    @Test("a long value is cut")
    func longValue() throws {
        let long = String(repeating: "x", count: 1_000)
        let fields = try explanation(#"{"a":[1]}"#, "{\"a\":\"\(long)\"}").branches[0].fields
        #expect(fields[0].sentence == "a is \"\(long.prefix(99))...; the rule wants 1")
        #expect(fields[0].values[0].text == "\"\(long)\"")
    }

    @Test("each value says whether it alone would do")
    func values() throws {
        let why = try explanation(#"{"r":{"a":[1]}}"#, #"{"r":[{"a":0},{"a":[2,1]},{"a":{}}]}"#)
        let field = try #require(why.branches.first?.fields.first)
        #expect(field.path == "r.a" && field.holds && field.pattern == "[1]")
        #expect(field.values.map(\.location) == ["r[0].a", "r[1].a[0]", "r[1].a[1]", "r[2].a"])
        #expect(field.values.map(\.matches) == [false, false, true, false])
    }

    @Test("a rule is explained field by field")
    func description() throws {
        let why = try explanation(#"{"b":[1],"a":["x"]}"#, #"{"a":"x","b":2}"#)
        #expect(
            why.description == """
                rule: does not match
                  ok  a is "x", as the rule wants: "x"
                  no  b is 2; the rule wants 1
                """)
    }

    @Test("fields that hold in different elements of an array are said to disagree, with places")
    func disagreement() throws {
        let why = try explanation(
            #"{"r":{"a":[1],"b":[2]},"c":[3]}"#, #"{"r":[{"a":1},{"b":2}],"c":3}"#)
        #expect(!why.matches && why.branches[0].fieldsDisagree)
        #expect(
            why.description == """
                rule: does not match
                  ok  c is 3, as the rule wants: 3
                  ok  r.a is 1 at r[0].a, as the rule wants: 1
                  ok  r.b is 2 at r[1].b, as the rule wants: 2
                  no  each field is as wanted, but not in the same element of an array:
                        r.a at r[0].a
                        r.b at r[1].b
                """)
    }

    @Test("the alternatives of $or are explained one by one")
    func alternatives() throws {
        let why = try explanation(#"{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}"#, #"{"b":2,"c":3}"#)
        #expect(why.matches)
        #expect(why.branches.map(\.holds) == [false, true])
        #expect(
            why.description == """
                rule: matches
                  alternative 1 of 2:
                  no  a is absent; the rule wants 1
                  ok  c is 3, as the rule wants: 3
                  alternative 2 of 2: matches
                  ok  b is 2, as the rule wants: 2
                  ok  c is 3, as the rule wants: 3
                """)
    }

    @Test(
        "a number that can't be compared is named where numbers are wanted",
        arguments: [
            (#"{"a":[{"numeric":[">",1]}]}"#, "9007199254740993"),
            (#"{"a":[9007199254740992]}"#, "9007199254740993"),
            (#"{"a":[{"numeric":["<",1]}]}"#, "0.1000000000000000055"),
        ])
    func incomparableNumbers(pattern: String, number: String) throws {
        let why = try explanation(pattern, "{\"a\":[7,\(number)]}")
        let field = try #require(why.branches.first?.fields.first)
        #expect(field.comparesNumbers && field.values.map(\.isIncomparable) == [false, true])
        #expect(
            field.sentence.hasSuffix(
                "; \(number) can't be compared with other numbers: a double does not have it exactly "
                    + "as it is written"))
        for other in [#"{"a":["x"]}"#, #"{"a":[{"exists":true}]}"#, #"{"a":[\#(number)]}"#] {
            let why = try explanation(other, "{\"a\":\(number)}")
            #expect(!"\(why)".contains("compared"), "\(why)")
        }
    }

    @Test("an event that is no JSON can't be explained")
    func brokenEvent() throws {
        #expect(throws: ExplanationError.self) { try explanation(#"{"a":[1]}"#, #"{"a":}"#) }
    }

    @Test("an explanation gives the verdict of the matcher for every case")
    func verdicts() throws {
        for fixtureCase in FixtureCase.all {
            let why = try Explanation(of: fixtureCase.rule, for: fixtureCase.event.span.bytes)
            // Which values count as absent depends on the elements that other fields choose, so in a
            // branch that holds such a field may not hold alone.
            let isConsistent = why.branches.allSatisfy { branch in
                !branch.holds
                    || branch.fields.allSatisfy {
                        $0.holds || $0.pattern.contains(#""exists":false"#)
                    }
            }
            if why.matches == fixtureCase.expected, isConsistent { continue }
            Issue.record("\(why)")
        }
    }

    private func explanation(_ pattern: String, _ event: String) throws -> Explanation {
        try Explanation(of: Rule(name: "rule", pattern: pattern), for: event.utf8Span.span.bytes)
    }
}
