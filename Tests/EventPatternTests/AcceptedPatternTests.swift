import JSONScan
import TestSupport
import Testing

@testable import EventPattern

@Suite("Accepted patterns")
struct AcceptedPatternTests {
    @Test(
        "an element of a field's list is read as what it is",
        arguments: [
            (#""x""#, .string("x")),
            (#""""#, .string("")),
            (#""\u0041\n""#, .string("A\n")),
            ("true", .literal(.true)), ("false", .literal(.false)), ("null", .literal(.null)),
            ("1.0", .number(number("1.0", 1))),
            ("-0", .number(number("-0", 0))),
            ("9007199254740993", .number(number("9007199254740993", nil))),
            (#"{"exactly":"10.0.0.1"}"#, .exactly("10.0.0.1")),
            (#"{"exists":true}"#, .exists(true)), (#"{"exists":false}"#, .exists(false)),
            (#"{"prefix":""}"#, .text(.prefix(""))), (#"{"suffix":"s"}"#, .text(.suffix("s"))),
            (#"{"equals-ignore-case":"É"}"#, .text(.equalsIgnoreCase("É"))),
            (#"{"prefix":{"equals-ignore-case":"p"}}"#, .text(.prefixIgnoreCase("p"))),
            (#"{"suffix":{"equals-ignore-case":"p"}}"#, .text(.suffixIgnoreCase("p"))),
            (#"{"p\u0072efix":"p"}"#, .text(.prefix("p"))),
            (#"{"anything-but":"a"}"#, .anythingBut(.strings(["a"]))),
            (#"{"anything-but":["a","b","a"]}"#, .anythingBut(.strings(["a", "b", "a"]))),
            (
                #"{"anything-but":[1,2e0]}"#,
                .anythingBut(.numbers([number("1", 1), number("2e0", 2)]))
            ),
            (#"{"anything-but":{"prefix":"a"}}"#, .anythingBut(.text([.prefix("a")]))),
            (
                #"{"anything-but":{"equals-ignore-case":["a","b"]}}"#,
                .anythingBut(.text([.equalsIgnoreCase("a"), .equalsIgnoreCase("b")]))
            ),
        ] as [(String, ValuePattern)])
    func elements(text: String, expected: ValuePattern) throws {
        #expect(try element(text) == expected)
    }

    @Test(
        "a numeric range has the bounds that are written",
        arguments: [
            (#"["=",5]"#, [4.9], [5], [5.1]),
            (#"[">",5]"#, [-1, 5], [5.000001, 1e308], []),
            (#"[">=",5]"#, [4.999999], [5, 6], []),
            (#"["<",5]"#, [], [-1e308, 4.9], [5]),
            (#"["<=",5]"#, [], [5, -5], [5.1]),
            (#"[">",0,"<=",5]"#, [0], [0.1, 5], [5.1]),
            (#"[">=",0,"<",5]"#, [-0.1], [0, -0.0, 4.9], [5]),
            (#"["<",1.7976931348623157e308]"#, [], [1e308], [1.7976931348623157e308]),
            (#"[">",-1.7976931348623157e308]"#, [-1.7976931348623157e308], [0], []),
        ] as [(String, [Double], [Double], [Double])])
    func ranges(operand: String, below: [Double], inside: [Double], above: [Double]) throws {
        guard case .numeric(let range) = try element("{\"numeric\":\(operand)}") else {
            Issue.record("no range")
            return
        }
        #expect(inside.allSatisfy(range.contains))
        #expect(!(below + above).contains(where: range.contains))
    }

    @Test(
        "a wildcard is its pieces, escapes undone",
        arguments: [
            ("", [""]), ("*", ["", ""]), ("a*b", ["a", "b"]), ("*a*", ["", "a", ""]),
            (#"a\*b"#, ["a*b"]), (#"a\\b"#, [#"a\b"#]), (#"\**"#, ["*", ""]), (#"*\*"#, ["", "*"]),
            (#"\\*"#, [#"\"#, ""]), (#"\*\*"#, ["**"]), ("é*€", ["é", "€"]),
        ] as [(String, [ExactString])])
    func wildcards(text: String, pieces: [ExactString]) throws {
        let wildcard = try Wildcard(ExactString(text))
        #expect(wildcard.pieces == pieces)
        #expect(wildcard.text == ExactString(text))
    }

    @Test(
        "a $or that is no list of alternatives is a field like any other",
        arguments: [
            #"{"$or":{"a":[1]}}"#, #"{"$or":["x"]}"#, #"{"$or":[1,2]}"#,
            #"{"$or":[{"prefix":"x"},{"prefix":"y"}]}"#, #"{"$or":[{"exists":true}]}"#,
            #"{"a":{"$or":["x"]}}"#, #"{"$or":["x"],"$or":{"b":[2]}}"#,
        ])
    func plainOr(text: String) throws {
        let pattern = try EventPattern(text)
        #expect(pattern.canonicalJSON == text)
        #expect(try pattern.branches().count == 1)
        #expect(try branches(text)[0].allSatisfy { $0.contains("$or") })
    }

    @Test("bytes behind the closing brace are ignored")
    func trailingBytes() throws {
        #expect(try EventPattern(#"{"a":[1]}}x"#) == EventPattern(#"{"a":[1]}"#))
    }

    @Test(
        "the canonical form has no blanks and the shortest escapes",
        arguments: [
            ("{ \"a\" : [ 1 , \"x\" ] }", #"{"a":[1,"x"]}"#),
            (#"{"\u0061":["\u00e9\/\u000a"]}"#, #"{"a":["é/\n"]}"#),
            (#"{"a":[{"anything-but":1.0}]}"#, #"{"a":[{"anything-but":[1.0]}]}"#),
            (
                #"{"a":[{"anything-but":{"suffix":"x"}}]}"#,
                #"{"a":[{"anything-but":{"suffix":["x"]}}]}"#
            ),
            (#"{"a":[{"numeric":["=",1e2]}]}"#, #"{"a":[{"numeric":["=",1e2]}]}"#),
            (#"{"b":[1],"a":[2],"b":[3]}"#, #"{"b":[1],"a":[2],"b":[3]}"#),
        ])
    func canonicalForm(text: String, canonical: String) throws {
        #expect(try EventPattern(text).canonicalJSON == canonical)
    }

    @Test(
        "the canonical form parses to the same tree",
        arguments: [
            #"{"a":[{"numeric":[">",-1.5,"<=",2e3]},{"numeric":["<",1]},{"numeric":[">=",0]}]}"#,
            #"{"a":[{"wildcard":"\\**\\\\x"},{"prefix":{"equals-ignore-case":"\"q\\"}}]}"#,
            #"{"a":[{"cidr":"10.1.2.3/8"},{"cidr":"fe80::/+10/"},{"exactly":"\u0000"}]}"#,
            #"{"$or":[{"a":[1]},{"$or":[{"b":[null]},{"c":{"d":[{"exists":false}]}}]}],"e":[true]}"#,
            #"{"a":[{"anything-but":{"wildcard":["*a","\\*"]}},{"anything-but":["x","y"]}]}"#,
            #"{"":{"":[""]},"é":["\ud83d"]}"#,
        ])
    func roundTrip(text: String) throws { try checkRoundTrip(EventPattern(text)) }

    @Test(
        "the canonical form of every pattern of the cases parses to the same tree",
        arguments: ConformanceFixture.allCases)
    func roundTripOfCases(fixture: ConformanceFixture) throws {
        var count = 0
        _ = try mapJSONLines(of: fixture.path) { line in
            let text = try #require(line["pattern"]).text
            guard let pattern = try? EventPattern(UnsafeRawBufferPointer(text).bytes) else {
                return
            }
            try checkRoundTrip(pattern)
            count += 1
        }
        #expect(count > 100)
    }

    private func checkRoundTrip(_ pattern: EventPattern) throws {
        let canonical = pattern.canonicalJSON
        let again = try EventPattern(canonical)
        if again == pattern, again.canonicalJSON == canonical { return }
        Issue.record("\(canonical) became \(again)")
    }

    static func number(_ text: ExactString, _ value: Double?) -> PatternNumber {
        PatternNumber(text: text, value: value)
    }
}
