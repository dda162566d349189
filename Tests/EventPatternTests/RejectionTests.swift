import EventPattern
import Testing

/// A text that is no pattern, and what has to be said of it.
struct Rejected: CustomTestStringConvertible, Sendable {
    var text: String
    var message: String
    var line = 1
    var column: Int
    var testDescription: String { text }

    init(_ text: String, _ message: String, line: Int = 1, column: Int) {
        self.text = text
        self.message = message
        self.line = line
        self.column = column
    }

    /// An element of a field's list, and the character of it (from 0) that is marked.
    init(element: String, _ message: String, at offset: Int = 0) {
        self.init("{\"a\":[\(element)]}", message, column: 7 + offset)
    }
}

@Suite("Rejected patterns")
struct RejectionTests {
    @Test("the structure of a pattern", arguments: structure)
    func rejectsStructure(rejected: Rejected) { check(rejected) }

    @Test("an element of a field's list", arguments: elements)
    func rejectsElements(rejected: Rejected) { check(rejected) }

    @Test("a numeric range", arguments: ranges)
    func rejectsRanges(rejected: Rejected) { check(rejected) }

    @Test("a cidr block", arguments: blocks)
    func rejectsBlocks(rejected: Rejected) { check(rejected) }

    @Test("an anything-but", arguments: exclusions)
    func rejectsExclusions(rejected: Rejected) { check(rejected) }

    @Test("a $or that is no list of alternatives, and no plain field either", arguments: ors)
    func rejectsOrs(rejected: Rejected) { check(rejected) }

    @Test("the position stands behind the message")
    func description() throws {
        let error = try #require(rejection(of: "{\"a\":\n  [\"é\", {}]}"))
        #expect(error.description == "Match expression name not found at line 2, column 9")
        #expect(error.offset == 15)
    }

    private func check(_ rejected: Rejected) {
        let error = rejection(of: rejected.text)
        #expect(error?.message == rejected.message)
        #expect(error?.line == rejected.line)
        #expect(error?.column == rejected.column)
    }

    static let structure = [
        Rejected("[]", "Filter is not an object", column: 1),
        Rejected(" \"a\"", "Filter is not an object", column: 2),
        Rejected("{}", "Empty objects are not allowed", column: 1),
        Rejected(#"{"a":{}}"#, "Empty objects are not allowed", column: 6),
        Rejected(#"{"a":[]}"#, "Empty arrays are not allowed", column: 6),
        Rejected(#"{"a":1}"#, "\"a\" must be an object or an array", column: 6),
        Rejected(#"{"a":{"b":"x"}}"#, "\"b\" must be an object or an array", column: 11),
        Rejected(#"{"é":null}"#, "\"é\" must be an object or an array", column: 6),
        Rejected(#"{"a":true}"#, "\"a\" must be an object or an array", column: 6),
        Rejected("", "the text is empty; an object was expected", column: 1),
        Rejected(#"{"a":[1,]}"#, "a value was expected", column: 9),
        Rejected(#"{"a":[1]"#, "the text ends inside the object", column: 9),
        Rejected(#"{"a":[NaN]}"#, invalidWord, column: 7),
        Rejected(
            "{\n  \"a\": [\"é\"],\n  \"é\": {}\n}", "Empty objects are not allowed", line: 3,
            column: 8),
    ]

    static let invalidWord = "unknown word; only true, false and null may stand without quotes"
    static let notMatchable = "Match value must be String, number, true, false, or null"
    static let oneKey = "Only one key allowed in match expression"
    static let notBoolean = "exists match pattern must be either true or false"

    static let elements =
        [
            Rejected(element: "[1]", notMatchable),
            Rejected(element: "1,[]", notMatchable, at: 2),
            Rejected(element: "{}", "Match expression name not found"),
            Rejected(element: #"{"foo":"a"}"#, "Unrecognized match type foo"),
            Rejected(element: #"{"Prefix":"a"}"#, "Unrecognized match type Prefix"),
            Rejected(element: #"{"a":[1]}"#, "Unrecognized match type a"),
            Rejected(element: #"{"prefix":"a","suffix":"b"}"#, oneKey, at: 14),
            Rejected(element: #"{"exists":true,"x":1}"#, oneKey, at: 15),
            Rejected(element: #"{"exists":"true"}"#, notBoolean, at: 10),
            Rejected(element: #"{"exists":null}"#, notBoolean, at: 10),
            Rejected(element: #"{"exists":[true]}"#, notBoolean, at: 10),
            Rejected(element: #"{"exactly":1}"#, "exact match pattern must be a string", at: 11),
            Rejected(
                element: #"{"prefix":{"suffix":"a"}}"#,
                "Unsupported prefix match pattern: suffix; only equals-ignore-case can stand here",
                at: 10),
            Rejected(
                element: #"{"suffix":{"wildcard":"a"}}"#,
                "Unsupported suffix match pattern: wildcard; only equals-ignore-case can stand here",
                at: 10),
            Rejected(element: #"{"prefix":{}}"#, "Match expression name not found", at: 10),
            Rejected(
                element: #"{"prefix":{"equals-ignore-case":"a","x":1}}"#, oneKey, at: 36),
            Rejected(
                element: #"{"prefix":{"equals-ignore-case":1}}"#,
                "equals-ignore-case match pattern must be a string", at: 32),
            Rejected(
                element: #"{"wildcard":"a**b"}"#, "Consecutive wildcard characters at pos 2",
                at: 12),
            Rejected(
                element: #"{"wildcard":"é€**"}"#, "Consecutive wildcard characters at pos 3",
                at: 12),
            Rejected(
                element: #"{"wildcard":"\\x"}"#, "Invalid escape character at pos 0", at: 12),
            Rejected(
                element: #"{"wildcard":"*€\\"}"#, "Invalid escape character at pos 2", at: 12),
        ]
        + ["prefix", "suffix", "wildcard", "equals-ignore-case"].flatMap { name in
            ["1", "null", "[\"a\"]", "true"].map { operand in
                Rejected(
                    element: "{\"\(name)\":\(operand)}", "\(name) match pattern must be a string",
                    at: name.count + 4)
            }
        }

    static let ranges =
        [
            ("1", "a list of operators and numbers was expected", 0),
            ("{}", "a list of operators and numbers was expected", 0),
            ("[]", "the list is empty", 0),
            (#"["=","1"]"#, "= wants a number", 5),
            (#"["!=",1]"#, "one of =, <, <=, > and >= was expected", 1),
            (#"["==",1]"#, "one of =, <, <=, > and >= was expected", 1),
            (#"[1,"="]"#, "one of =, <, <=, > and >= was expected", 1),
            (#"["="]"#, "= has no number", 0),
            (#"["<",1,">",0]"#, "too many terms", 7),
            (#"["=",1,2]"#, "too many terms", 7),
            (#"[">",1,">",2]"#, "after a lower bound only < or <= can follow", 7),
            (#"[">",1,"=",2]"#, "after a lower bound only < or <= can follow", 7),
            (#"[">",1,"<"]"#, "< has no number", 0),
            (#"[">",1,"<",2,"<",3]"#, "too many terms", 13),
        ].map { operand, message, offset in
            Rejected(
                element: "{\"numeric\":\(operand)}", "Invalid numeric match: " + message,
                at: 11 + offset)
        }
        + [
            (#"[">",2,"<",1]"#, "Bottom must be less than top", 0),
            (#"[">=",5,"<=",5.0]"#, "Bottom must be less than top", 0),
            (#"["=",1e400]"#, "Cannot compare number : 1e400 \(notShortest)", 5),
            (#"["<",1,2]"#, "Invalid numeric match: too many terms", 7),
            (
                #"[">",9007199254740993]"#,
                "Cannot compare number : 9007199254740993 \(notShortest)", 5
            ),
        ].map { operand, message, offset in
            Rejected(element: "{\"numeric\":\(operand)}", message, at: 11 + offset)
        }

    static let notShortest = "is not the shortest form of a 64-bit number"

    static let blocks =
        [
            "10.0.0.0", "10.0.0.0/8/8", "10.0.0/8", "x/8", "10.0.0.0/x", "/8", "", "/", "::1",
            "256.0.0.0/8", "fe80::1%eth0/64", "::ffff:1.2.3.4/96", "10.0.0.0/ 8", "10.0.0.0//8",
            "10.0.0.0/8.0",
        ].map { text in
            Rejected(
                element: "{\"cidr\":\"\(text)\"}",
                "Malformed CIDR \"\(text)\": an IP address, '/' and one number were expected", at: 8
            )
        }
        + ["10.0.0.0/32", "10.0.0.0/-1", "::1/128", "::1/-5", "10.0.0.0/99"].map { text in
            Rejected(
                element: "{\"cidr\":\"\(text)\"}",
                "Malformed CIDR \"\(text)\": mask bits must be 0 to 31 for IPv4, 0 to 127 for IPv6",
                at: 8)
        }
        + [
            Rejected(element: #"{"cidr":1}"#, "cidr match pattern must be a string", at: 8),
            Rejected(
                element: #"{"cidr":["10.0.0.0/8"]}"#, "cidr match pattern must be a string", at: 8),
        ]

    static let exclusions =
        [
            ("true", "a string, a number or a list of either was expected", 0),
            ("null", "a string, a number or a list of either was expected", 0),
            ("[]", "an empty list excludes nothing", 0),
            (#"["a",1]"#, "its list may hold strings or numbers, not both", 0),
            ("[null]", "its list may hold strings or numbers only", 1),
            (#"[["a"]]"#, "its list may hold strings or numbers only", 1),
            (#"["a",{"prefix":"b"}]"#, "its list may hold strings or numbers only", 5),
            (#"{"numeric":["=",1]}"#, "numeric cannot stand inside anything-but", 0),
            (#"{"exists":true}"#, "exists cannot stand inside anything-but", 0),
            (#"{"cidr":"10.0.0.0/8"}"#, "cidr cannot stand inside anything-but", 0),
            (#"{"prefix":""}"#, "Null prefix/suffix not allowed", 10),
            (#"{"suffix":["a",""]}"#, "Null prefix/suffix not allowed", 15),
            (#"{"prefix":[]}"#, "an empty list excludes nothing", 10),
        ].map { operand, message, offset in
            Rejected(
                element: "{\"anything-but\":\(operand)}",
                "Invalid anything-but pattern: " + message,
                at: 16 + offset)
        }
        + [
            ("{}", "Match expression name not found", 0),
            (#"{"prefix":"a","suffix":"b"}"#, oneKey, 14),
            (#"{"prefix":1}"#, "anything-but prefix match pattern must be a string", 10),
            (
                #"{"wildcard":["a",null]}"#, "anything-but wildcard match pattern must be a string",
                17
            ),
            (
                #"{"prefix":{"equals-ignore-case":"a"}}"#,
                "anything-but prefix match pattern must be a string", 10
            ),
            (#"{"wildcard":"**"}"#, "Consecutive wildcard characters at pos 1", 12),
            ("1e400", "Cannot compare number : 1e400 \(notShortest)", 0),
            ("[1,1e-400]", "Cannot compare number : 1e-400 \(notShortest)", 3),
        ].map { operand, message, offset in
            Rejected(element: "{\"anything-but\":\(operand)}", message, at: 16 + offset)
        }

    static let ors =
        [
            ("1", "Invalid $or: a list of at least two objects was expected", 0),
            ("{}", "Invalid $or: a list of at least two objects was expected", 0),
            ("[]", "Invalid $or: a list of at least two objects was expected", 0),
            (#"[{"a":[1]}]"#, "Invalid $or: a list of at least two objects was expected", 0),
            (#"[{"a":[1]},1]"#, "Invalid $or: each alternative has to be an object", 11),
            (#"[{"a":[1]},{}]"#, "Empty objects are not allowed", 11),
            (#"[{"a":[1]},{"b":[]}]"#, "Empty arrays are not allowed", 16),
            (#"[{"a":[1]},{"b":1}]"#, "\"b\" must be an object or an array", 16),
            (#"[{"a":[1]},{"b":{"prefix":[1]}}]"#, reserved("prefix"), 17),
            (
                #"[{"a":[1]},{"$or":[{"b":[1]}]}]"#,
                "Invalid $or: a list of at least two objects was expected", 18
            ),
        ].map { operand, message, offset in
            Rejected("{\"$or\":\(operand)}", message, column: 8 + offset)
        }
        + [
            "exactly", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
            "equals-ignore-case", "=", "<", "<=", ">", ">=", "regex", "not-wildcard",
            "not-equals-ignore-case", "date-before", "date-", "in-date-range", "ip-address-in",
        ].map { name in
            Rejected("{\"$or\":[{\"a\":[1]},{\"\(name)\":[1]}]}", reserved(name), column: 20)
        }

    static func reserved(_ name: String) -> String {
        "\"\(name)\" is reserved and cannot be a field inside $or"
    }
}
