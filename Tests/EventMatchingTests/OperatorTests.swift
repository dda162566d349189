import Testing

/// Each operator with values that it takes and refuses.
@Suite("Operators")
struct OperatorTests {
    @Test("a string takes the same string", arguments: strings)
    func takesStrings(element: ElementCase) throws { try element.check() }

    @Test("a string that spells an IP address takes the same address", arguments: addresses)
    func takesAddresses(element: ElementCase) throws { try element.check() }

    @Test("a number takes equal numbers", arguments: numbers)
    func takesNumbers(element: ElementCase) throws { try element.check() }

    @Test("true, false and null take themselves", arguments: literals)
    func takesLiterals(element: ElementCase) throws { try element.check() }

    @Test("prefix and suffix take strings alone", arguments: ends)
    func takesEnds(element: ElementCase) throws { try element.check() }

    @Test("a wildcard takes strings with anything for its stars", arguments: wildcards)
    func takesWildcards(element: ElementCase) throws { try element.check() }

    @Test("numeric takes comparable numbers within its bounds", arguments: ranges)
    func takesRanges(element: ElementCase) throws { try element.check() }

    @Test("cidr takes strings that spell an address in the block", arguments: blocks)
    func takesBlocks(element: ElementCase) throws { try element.check() }

    @Test("anything-but takes any value that it does not exclude", arguments: exclusions)
    func takesOthers(element: ElementCase) throws { try element.check() }

    @Test("exists looks for a value", arguments: existence)
    func takesExistence(element: ElementCase) throws { try element.check() }

    @Test("a list takes what any of its elements takes", arguments: lists)
    func takesAny(element: ElementCase) throws { try element.check() }

    static let absent = ElementCase.absent
    static let noValue = [absent, "{}", "[]", "[[]]", #"{"b":1}"#, #"[{"b":1}]"#]

    static let strings = [
        ElementCase(
            #""a""#, takes: [#""a""#, #""\u0061""#, #"["b","a"]"#, #"[["a"]]"#],
            refuses: [#""A""#, #""""#, #""a ""#, #""ab""#, "1", "null"] + noValue),
        ElementCase(#""""#, takes: [#""""#], refuses: [#"" ""#, "null", "false"] + noValue),
        ElementCase(#""1""#, takes: [#""1""#], refuses: ["1", "1.0"]),
        ElementCase(#""true""#, takes: [#""true""#], refuses: ["true"]),
        ElementCase("\"\u{E9}\"", takes: ["\"\u{E9}\"", #""\u00e9""#], refuses: ["\"e\u{301}\""]),
        ElementCase(#""a\"b\\\n\u0000""#, takes: [#""\u0061\u0022b\u005c\u000A\u0000""#]),
        ElementCase(#""\ud83d\ude89""#, takes: ["\"\u{1F689}\""], refuses: ["\"\u{1F68A}\""]),
        ElementCase(#"{"exactly":"a"}"#, takes: [#""a""#], refuses: [#""A""#, "1", absent]),
        ElementCase(
            #"{"exactly":"10.0.0.1"}"#, takes: [#""10.0.0.1""#], refuses: [#""010.0.0.1""#]),
    ]

    static let addresses = [
        ElementCase(
            #""10.0.0.1""#,
            takes: [#""10.0.0.1""#, #""010.0.0.01""#, #""::ffff:a00:1""#, #""::FFFF:0a00:0001""#],
            refuses: [#""10.0.0.2""#, #""10.0.0.1 ""#, #""::a00:1""#, "10.0", "167772161"]),
        ElementCase(
            #""fe80:0::1""#, takes: [#""FE80::1""#, #""fe80:0:0:0:0:0:0:1""#],
            refuses: [#""fe80::2""#, #""fe80::1%eth0""#]),
        ElementCase(#""::ffff:a00:1""#, takes: [#""10.0.0.1""#], refuses: [#""10.0.0.2""#]),
    ]

    static let numbers = [
        ElementCase(
            "1", takes: ["1", "1.0", "1e0", "10e-1", "[2,1.00]"],
            refuses: ["2", "-1", "1.0000001", #""1""#, "true"] + noValue),
        ElementCase(
            "0", takes: ["0", "-0", "-0.0", "0e400", "0E-5"], refuses: ["1e-400", "null"]),
        ElementCase("-1.5e3", takes: ["-1500", "-15e2"], refuses: ["1500"]),
        ElementCase(
            "9007199254740993", takes: ["9007199254740993"],
            refuses: ["9007199254740993.0", "9007199254740992", "9007199254740993e0"]),
        ElementCase("9007199254740992", takes: ["9007199254740992.0"]),
        ElementCase("1e400", takes: ["1e400"], refuses: ["10e399", "1E400", "1e401"]),
        ElementCase("0.1000000000000000055", takes: ["0.1000000000000000055"], refuses: ["0.1"]),
        ElementCase("4.9E-324", takes: ["4.9e-324", "49e-325"], refuses: ["5e-324"]),
        ElementCase("5e-324", takes: ["5e-324"], refuses: ["4.9e-324", "0"]),
        ElementCase("1e23", takes: ["1e23", "100000000000000000000000"]),
    ]

    static let literals = [
        ElementCase("true", takes: ["true", "[false,true]"], refuses: ["false", "1", #""true""#]),
        ElementCase("false", takes: ["false"], refuses: ["true", "0", "null", absent]),
        ElementCase("null", takes: ["null", "[null]"], refuses: [#""""#, "0", "false"] + noValue),
    ]

    static let ends = [
        ElementCase(
            #"{"prefix":"ab"}"#, takes: [#""ab""#, #""abc""#, #""\u0061bc""#, #"["x","ab"]"#],
            refuses: [#""a""#, #""xab""#, #""Ab""#] + noValue),
        ElementCase(
            #"{"suffix":"ab"}"#, takes: [#""ab""#, #""xab""#, #""x\u0061b""#],
            refuses: [#""b""#, #""abx""#, #""AB""#] + noValue),
        ElementCase(
            #"{"prefix":""}"#, takes: [#""""#, #""x""#], refuses: ["1", "null", "true"] + noValue),
        ElementCase(#"{"suffix":""}"#, takes: [#""""#, #""x""#], refuses: ["1", "null", absent]),
        ElementCase(#"{"prefix":"1"}"#, takes: [#""12""#], refuses: ["12", "1"]),
        ElementCase(#"{"suffix":"2"}"#, takes: [#""12""#], refuses: ["12", "2"]),
        ElementCase(#"{"prefix":"\""}"#, takes: [#""\"x""#], refuses: [#""x""#, #""""#]),
        ElementCase(#"{"suffix":"\""}"#, takes: [#""x\"""#], refuses: [#""x""#, #""""#]),
        ElementCase("{\"suffix\":\"\u{301}\"}", takes: ["\"e\u{301}\""], refuses: ["\"\u{E9}\""]),
    ]

    static let wildcards = [
        ElementCase(
            #"{"wildcard":"a*b"}"#, takes: [#""ab""#, #""aXb""#, #""abab""#, #""a\nb""#],
            refuses: [#""a""#, #""b""#, #""abx""#, #""xab""#, #""AB""#] + noValue),
        ElementCase(
            #"{"wildcard":"*"}"#, takes: [#""""#, #""x""#], refuses: ["1", "null", absent]),
        ElementCase(#"{"wildcard":""}"#, takes: [#""""#], refuses: [#""x""#, "null"]),
        ElementCase(#"{"wildcard":"abc"}"#, takes: [#""abc""#], refuses: [#""abcd""#, #""ab""#]),
        ElementCase(
            #"{"wildcard":"*a*b*"}"#, takes: [#""ab""#, #""xaxbx""#, #""bab""#],
            refuses: [#""ba""#, #""a""#, #""""#]),
        ElementCase(
            #"{"wildcard":"a*a"}"#, takes: [#""aa""#, #""aba""#], refuses: [#""a""#, #""ab""#]),
        ElementCase(
            #"{"wildcard":"ab*ba"}"#, takes: [#""abba""#, #""abXba""#], refuses: [#""aba""#]),
        ElementCase(
            #"{"wildcard":"*aab*"}"#, takes: [#""aaab""#, #""aabb""#], refuses: [#""abab""#]),
        ElementCase(
            #"{"wildcard":"a\\*b"}"#, takes: [#""a*b""#], refuses: [#""aXb""#, #""a\\*b""#]),
        ElementCase(
            #"{"wildcard":"a\\\\*"}"#, takes: [#""a\\""#, #""a\\x""#], refuses: [#""ax""#]),
        ElementCase(#"{"wildcard":"é*€"}"#, takes: [#""é€""#, #""é\u20ac\u20ac""#]),
    ]

    static let ranges = [
        ElementCase(
            #"{"numeric":["=",5]}"#, takes: ["5", "5.0", "50e-1"],
            refuses: ["5.1", #""5""#, "true"] + noValue),
        ElementCase(
            #"{"numeric":[">",0,"<=",5]}"#, takes: ["0.001", "5", "5e0", "[9,3]"],
            refuses: ["0", "-0", "5.0001", "-1", "[9,-3]"]),
        ElementCase(
            #"{"numeric":[">=",-1.5]}"#, takes: ["-1.5", "0", "1e308"],
            refuses: ["-1.6", "1e400", "9007199254740993", "0.1000000000000000055"]),
        ElementCase(
            #"{"numeric":["<",0]}"#, takes: ["-1", "-1e-300"], refuses: ["0", "-0.0", "1"]),
        ElementCase(
            #"{"numeric":["<=",1.7976931348623157e308]}"#, takes: ["1.7976931348623157e308", "0"],
            refuses: ["1.7976931348623158e308", "2e308"]),
        ElementCase(#"{"numeric":[">",1.7976931348623157e308]}"#, refuses: ["1e308", "1e400"]),
    ]

    static let blocks = [
        ElementCase(
            #"{"cidr":"10.1.2.3/8"}"#,
            takes: [#""10.0.0.0""#, #""10.255.255.255""#, #""010.0.0.1""#, #""::ffff:a00:1""#],
            refuses: [#""11.0.0.0""#, #""a00::""#, #""::a00:1""#, #""x""#, #""10.0.0""#, "10.0"]
                + noValue),
        ElementCase(
            #"{"cidr":"0.0.0.0/0"}"#, takes: [#""255.255.255.255""#],
            refuses: [#""::1""#, "1", #""""#]),
        ElementCase(
            #"{"cidr":"fe80::/10"}"#, takes: [#""FEBF::1""#],
            refuses: [#""fec0::""#, #""10.0.0.1""#]),
        ElementCase(
            #"{"cidr":"::/0"}"#, takes: [#""::""#, #""ffff::""#],
            refuses: [#""10.0.0.1""#, #""::ffff:a00:1""#]),
    ]

    static let exclusions = [
        ElementCase(
            #"{"anything-but":"x"}"#,
            takes: [#""y""#, "1", "null", "true", #""""#, #"["x","y"]"#, #""X""#],
            refuses: [#""x""#, #""\u0078""#, #"["x"]"#, #"["x","x"]"#] + noValue),
        ElementCase(
            #"{"anything-but":["x","y"]}"#, takes: [#""z""#, "1", #"["x","z"]"#],
            refuses: [#""x""#, #""y""#, #"["x","y"]"#]),
        ElementCase(
            #"{"anything-but":1}"#, takes: [#""1""#, "2", "9007199254740993", "null", "1e400"],
            refuses: ["1", "1.0", "10e-1", absent]),
        ElementCase(
            #"{"anything-but":[0,1e3]}"#, takes: ["1", "[0,1]"],
            refuses: ["-0.0", "1000", "[0,1000]"]),
        ElementCase(
            #"{"anything-but":"10.0.0.1"}"#, takes: [#""010.0.0.1""#], refuses: [#""10.0.0.1""#]),
        ElementCase(
            #"{"anything-but":{"prefix":"a"}}"#, takes: [#""b""#, #""A""#, "1", "null", #""""#],
            refuses: [#""a""#, #""ab""#, absent, "[]"]),
        ElementCase(
            #"{"anything-but":{"suffix":["a","b"]}}"#, takes: [#""ac""#, "1"],
            refuses: [#""xa""#, #""xb""#]),
        ElementCase(
            #"{"anything-but":{"equals-ignore-case":["a","straße"]}}"#,
            takes: [#""b""#, "1", #""strasse""#], refuses: [#""A""#, #""STRASSE""#, absent]),
        ElementCase(
            #"{"anything-but":{"wildcard":"a*z"}}"#, takes: [#""a""#, "1", "null"],
            refuses: [#""az""#, #""a-z""#]),
        ElementCase(
            #"{"anything-but":{"wildcard":"*"}}"#, takes: ["1", "null", "true"],
            refuses: [#""""#, #""x""#, absent]),
    ]

    static let existence = [
        ElementCase(
            #"{"exists":true}"#,
            takes: ["1", "null", #""""#, "false", "[null]", "[[1]]", #"[{"b":1},2]"#],
            refuses: noValue),
        ElementCase(
            #"{"exists":false}"#, takes: noValue,
            refuses: ["1", "null", #""""#, "[null]", #"[{"b":1},2]"#]),
        ElementCase(#"{"exists":false},1"#, takes: noValue + ["1"], refuses: ["2", "null"]),
    ]

    static let lists = [
        ElementCase(
            #""a",1,{"prefix":"p"},null,{"numeric":[">",9]}"#,
            takes: [#""a""#, "1", #""pq""#, "null", "10", #"["z",10]"#],
            refuses: [#""b""#, "2", "true", #"["z",3]"#] + noValue),
        ElementCase(
            #"{"prefix":"ab"},{"prefix":"abc"},{"suffix":"z"},{"wildcard":"*m*"}"#,
            takes: [#""abz""#, #""abc""#, #""m""#, #""z""#], refuses: [#""a""#, #""bab""#]),
    ]
}
