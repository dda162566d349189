import Testing

@Suite("Structure of events")
struct StructureTests {
    @Test("all paths have to match, at any depth", arguments: paths)
    func matchesPaths(matchCase: MatchCase) throws { try matchCase.check() }

    @Test("dots in keys, repeated keys and empty keys", arguments: keys)
    func matchesKeys(matchCase: MatchCase) throws { try matchCase.check() }

    @Test("values of two paths come from the same element of an array", arguments: arrays)
    func matchesArrays(matchCase: MatchCase) throws { try matchCase.check() }

    @Test("whether a path is absent is asked of the elements chosen so far", arguments: absence)
    func matchesAbsence(matchCase: MatchCase) throws { try matchCase.check() }

    @Test("one alternative of $or is enough, each with what stands beside it", arguments: ors)
    func matchesOr(matchCase: MatchCase) throws { try matchCase.check() }

    static let paths = [
        MatchCase(#"{"a":[1],"b":[2]}"#, #"{"b":2,"c":3,"a":1}"#, true),
        MatchCase(#"{"a":[1],"b":[2]}"#, #"{"a":1}"#, false),
        MatchCase(#"{"a":[1],"b":[2]}"#, #"{"a":1,"b":3}"#, false),
        MatchCase(#"{"a":{"b":{"c":[1]}}}"#, #"{"a":{"x":[{"c":1}],"b":{"c":1}}}"#, true),
        MatchCase(#"{"a":{"b":{"c":[1]}}}"#, #"{"a":{"c":1},"b":{"c":1},"c":1}"#, false),
        MatchCase(#"{"a":{"b":[1]}}"#, #"{"a":1}"#, false),
        MatchCase(#"{"a":[1]}"#, #"{"a":{"a":1}}"#, false),
        MatchCase(#"{"a":[1]}"#, #"{"A":1}"#, false),
        MatchCase(#"{"a":[1]}"#, #"{"\u0061":1}"#, true),
        MatchCase(#"{"\u0061":[1]}"#, #"{"a":1}"#, true),
        MatchCase("{\"\u{E9}\":[1]}", "{\"e\u{301}\":1}", false),
        MatchCase("{\"\u{E9}\":[1]}", #"{"\u00e9":1}"#, true),
        MatchCase(#"{"detail":{"a":[1]}}"#, #"{"detail":"{\"a\":1}"}"#, false),
        MatchCase(#"{"a":[1]}"#, #"{"a":1} trailing"#, true),
        MatchCase(#"{"a":[1],"a":{"b":[2]}}"#, #"{"a":[1,{"b":2}]}"#, true),
    ]

    static let keys = [
        MatchCase(#"{"a.b":[1]}"#, #"{"a":{"b":1}}"#, true),
        MatchCase(#"{"a":{"b":[1]}}"#, #"{"a.b":1}"#, true),
        MatchCase(#"{"a.b":[1]}"#, #"{"a.b":1}"#, true),
        MatchCase(#"{"a":{"b":{"c":[1]}}}"#, #"{"a.b":{"c":1}}"#, true),
        MatchCase(#"{"a.b":{"c":[1]}}"#, #"{"a":{"b.c":1}}"#, true),
        MatchCase(#"{"a.b":[1]}"#, #"{"a":{"b":2},"a.b":1}"#, true),
        MatchCase(#"{"a":[1]}"#, #"{"a":1,"a":2}"#, true),
        MatchCase(#"{"a":[2]}"#, #"{"a":1,"a":2}"#, true),
        MatchCase(#"{"a":{"b":[1],"c":[2]}}"#, #"{"a":{"b":1},"a":{"c":2}}"#, true),
        MatchCase(#"{"a":[1],"a":[2]}"#, #"{"a":1}"#, false),
        MatchCase(#"{"a":[1],"a":[2]}"#, #"{"a":2}"#, true),
        MatchCase(#"{"a":{"x":[1]},"a":{"y":[2]}}"#, #"{"a":{"x":1,"y":2}}"#, true),
        MatchCase(#"{"a":{"x":[1]},"a":{"y":[2]}}"#, #"{"a":{"y":2}}"#, false),
        MatchCase(#"{"":[1]}"#, #"{"":1}"#, true),
        MatchCase(#"{"":[1]}"#, #"{"a":1}"#, false),
        MatchCase(#"{"":{"a":[1]}}"#, #"{"a":1}"#, true),
        MatchCase(#"{"":[1]}"#, #"{"":{"":1}}"#, true),
        MatchCase(#"{"":[1]}"#, #"{"":{"a":1}}"#, false),
        MatchCase(#"{"a":{"":[1]}}"#, #"{"a":{"":1}}"#, false),
    ]

    static let arrays = [
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[{"a":1,"b":2}]}"#, true),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[{"a":1},{"b":2}]}"#, false),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[{"a":1},{"a":1,"b":2}]}"#, true),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[{"a":1,"b":3},{"a":4,"b":2}]}"#, false),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[{"a":[0,1]},{"b":2}],"r.b":2}"#, true),
        // Scalars are no elements to agree on.
        MatchCase(#"{"r":["a"],"s":["b"]}"#, #"{"r":["a","b"],"s":["a","b"]}"#, true),
        MatchCase(#"{"r":["x"],"r.a":[1]}"#, #"{"r":["x",{"a":1}]}"#, true),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":["x",{"a":1},{"b":2}]}"#, false),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[1,{"a":1,"b":2},"x"]}"#, true),
        // Sibling arrays are independent of each other.
        MatchCase(#"{"r":{"a":[1]},"s":{"a":[1]}}"#, #"{"r":[{},{"a":1}],"s":[{"a":1},{}]}"#, true),
        MatchCase(
            #"{"o":{"r":{"a":[1]},"s":{"b":[2]}}}"#, #"{"o":[{"r":[{"a":1}]},{"s":[{"b":2}]}]}"#,
            false),
        MatchCase(
            #"{"o":{"r":{"a":[1]},"s":{"b":[2]}}}"#, #"{"o":[{"r":[{"a":1}],"s":[{},{"b":2}]}]}"#,
            true),
        // Every level of nested arrays has elements of its own.
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[[{"a":1},{"b":2}]]}"#, false),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[[{"a":1}],[{"b":2}]]}"#, false),
        MatchCase(#"{"r":{"a":[1],"b":[2]}}"#, #"{"r":[[[{"a":1,"b":2}],[]],[]]}"#, true),
        MatchCase(#"{"r":[1],"s":[2]}"#, #"{"r":[[1],[2]],"s":[[1],[2]]}"#, true),
        // A value behind an inner array, in the element around it, goes with all inside.
        MatchCase(
            #"{"r":{"s":{"a":[1],"b":[1]}}}"#,
            #"{"r":[{"s":[{"b":1},{"a":1}],"s.b":1},{}]}"#, true),
        MatchCase(
            #"{"r":{"s":{"a":[1],"b":[1]}}}"#,
            #"{"r":[{"s":[{"b":1},{"a":1}]},{"s.b":1}]}"#, false),
        // One element has to serve a list of alternatives and two more fields.
        MatchCase(
            #"{"r":{"a":[1,2],"b":[2],"c":[3]}}"#,
            #"{"r":[{"a":1,"b":2},{"b":2,"c":3},{"a":2,"c":3}]}"#, false),
        MatchCase(
            #"{"r":{"a":[1,2],"b":[2],"c":[3]}}"#,
            #"{"r":[{"a":1,"b":2},{"b":2,"c":3},{"a":2,"b":2,"c":3}]}"#, true),
        MatchCase(
            #"{"r":{"a":[{"anything-but":1}],"b":[2]}}"#, #"{"r":[{"a":1,"b":2},{"a":3}]}"#, false),
        MatchCase(#"{"r":{"a":[{"exists":true}],"b":[2]}}"#, #"{"r":[{"b":2},{"a":3}]}"#, false),
    ]

    static let absence = [
        MatchCase(
            #"{"r":{"a":[1],"x":[{"exists":false}]}}"#, #"{"r":[{"a":1},{"a":2,"x":3}]}"#, true),
        MatchCase(
            #"{"r":{"y":[1],"x":[{"exists":false}]}}"#, #"{"r":[{"y":1},{"y":2,"x":3}]}"#, false),
        MatchCase(
            #"{"r":{"a":[1],"x":[{"exists":false}]}}"#, #"{"r":[{"a":1,"x":3},{"a":2}]}"#, false),
        MatchCase(
            #"{"r":{"a":[1],"x":[{"exists":false}]}}"#, #"{"r":[{"a":1,"x":3},{"a":1}]}"#, true),
        MatchCase(
            #"{"r":{"a":[1],"x":[{"exists":false},3]}}"#, #"{"r":[{"a":1,"x":3},{"a":2}]}"#, true),
        MatchCase(#"{"r":{"x":[{"exists":false}]}}"#, #"{"r":[{"a":1},{"x":3}]}"#, false),
        MatchCase(#"{"r":{"x":[{"exists":false}]}}"#, #"{"r":[{"a":1},{"b":3}]}"#, true),
        MatchCase(#"{"r":{"x":[{"exists":false}]}}"#, #"{"r":"scalar"}"#, true),
        MatchCase(#"{"r":{"x":[{"exists":false}]}}"#, "{}", true),
        MatchCase(#"{"a":[{"exists":false}],"b":[{"exists":false}]}"#, #"{"c":1}"#, true),
        MatchCase(#"{"a":[{"exists":false}],"b":[{"exists":false}]}"#, #"{"b":1}"#, false),
    ]

    static let ors = [
        MatchCase(#"{"$or":[{"a":[1]},{"b":[2]}]}"#, #"{"b":2}"#, true),
        MatchCase(#"{"$or":[{"a":[1]},{"b":[2]}]}"#, #"{"a":2,"b":1}"#, false),
        MatchCase(#"{"x":[0],"$or":[{"a":[1]},{"b":[2]}]}"#, #"{"a":1}"#, false),
        MatchCase(#"{"x":[0],"$or":[{"a":[1]},{"b":[2]}]}"#, #"{"a":1,"x":0}"#, true),
        MatchCase(#"{"a":[9],"$or":[{"a":[1]},{"b":[2]}]}"#, #"{"a":1}"#, true),
        MatchCase(#"{"$or":[{"a":[1]},{"b":[2]}],"a":[9]}"#, #"{"a":1}"#, false),
        MatchCase(#"{"$or":[{"a":[1]},{"b":[2]}],"a":[9]}"#, #"{"a":9}"#, true),
        MatchCase(#"{"$or":["x"]}"#, #"{"$or":"x"}"#, true),
        MatchCase(#"{"d":{"$or":[{"a":[1]},{"b":[2]}]}}"#, #"{"d":[{"a":0},{"b":2}]}"#, true),
        MatchCase(
            #"{"r":{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}}"#, #"{"r":[{"a":1},{"b":2},{"c":3}]}"#,
            false),
    ]
}
