import EventPattern
import Testing

@Suite("Branches of a pattern")
struct BranchTests {
    @Test(
        "a pattern without $or is one branch, its paths in UTF-16 order",
        arguments: [
            (#"{"a":[1]}"#, ["a=[1]"]),
            (#"{"b":{"c":["x",null]},"a":[1]}"#, ["a=[1]", #"b.c=["x",null]"#]),
            (#"{"a":{"b":[1]},"a!":[2]}"#, ["a!=[2]", "a.b=[1]"]),
            ("{\"\u{FFFF}\":[1],\"\u{10000}\":[2]}", ["\u{10000}=[2]", "\u{FFFF}=[1]"]),
            (#"{"a.b":[1],"a":{"c":[2]}}"#, ["a.b=[1]", "a.c=[2]"]),
        ])
    func singleBranch(pattern: String, conditions: [String]) throws {
        #expect(try branches(pattern) == [conditions])
    }

    @Test(
        "of a path that is written twice the last list counts",
        arguments: [
            (#"{"a":[1],"a":[2]}"#, ["a=[2]"]),
            (#"{"a.b":[1],"a":{"b":[2]}}"#, ["a.b=[2]"]),
            (#"{"a":{"b":[2]},"a.b":[1]}"#, ["a.b=[1]"]),
            (#"{"a":{"b":[1]},"a":{"c":[2]}}"#, ["a.b=[1]", "a.c=[2]"]),
            (#"{"a":{"b":[1]},"c":[0],"a":{"b":[2]}}"#, ["a.b=[2]", "c=[0]"]),
        ])
    func repeatedPaths(pattern: String, conditions: [String]) throws {
        #expect(try branches(pattern) == [conditions])
    }

    @Test(
        "an empty key adds no dot before what follows it",
        arguments: [
            (#"{"":[1]}"#, ["=[1]"]), (#"{"":{"a":[1]}}"#, ["a=[1]"]),
            (#"{"a":{"":[1]}}"#, ["a.=[1]"]), (#"{"":{"":{"a":[1]}}}"#, ["a=[1]"]),
        ])
    func emptyKeys(pattern: String, conditions: [String]) throws {
        #expect(try branches(pattern) == [conditions])
    }

    @Test(
        "$or is multiplied out in text order",
        arguments: [
            (#"{"$or":[{"a":[1]},{"b":[2]}]}"#, [["a=[1]"], ["b=[2]"]]),
            (
                #"{"x":[0],"$or":[{"a":[1]},{"b":[2],"c":[3]}],"y":[9]}"#,
                [["a=[1]", "x=[0]", "y=[9]"], ["b=[2]", "c=[3]", "x=[0]", "y=[9]"]]
            ),
            (
                #"{"$or":[{"a":[1]},{"a":[2]}],"$or":[{"b":[3]},{"b":[4]}]}"#,
                [
                    ["a=[1]", "b=[3]"], ["a=[2]", "b=[3]"], ["a=[1]", "b=[4]"], ["a=[2]", "b=[4]"],
                ]
            ),
            (
                #"{"d":{"x":[0],"$or":[{"a":[1]},{"e":{"b":[2]}}]}}"#,
                [["d.a=[1]", "d.x=[0]"], ["d.e.b=[2]", "d.x=[0]"]]
            ),
            (
                #"{"$or":[{"$or":[{"a":[1]},{"b":[2]}]},{"c":[3]}]}"#,
                [["a=[1]"], ["b=[2]"], ["c=[3]"]]
            ),
            (
                #"{"$or":[{"x":{"$or":[{"a":[1]},{"b":[2]}]},"y":[0]},{"c":[3]}]}"#,
                [["x.a=[1]", "y=[0]"], ["x.b=[2]", "y=[0]"], ["c=[3]"]]
            ),
            (#"{"$or":[{"a":[1]},{"a":[1]}]}"#, [["a=[1]"], ["a=[1]"]]),
        ])
    func expansion(pattern: String, expected: [[String]]) throws {
        #expect(try branches(pattern) == expected)
    }

    @Test(
        "a path inside $or overwrites the one before it, one behind overwrites all",
        arguments: [
            (#"{"a":[9],"$or":[{"a":[1]},{"b":[2]}]}"#, [["a=[1]"], ["a=[9]", "b=[2]"]]),
            (#"{"$or":[{"a":[1]},{"b":[2]}],"a":[9]}"#, [["a=[9]"], ["a=[9]", "b=[2]"]]),
        ])
    func overwriting(pattern: String, expected: [[String]]) throws {
        #expect(try branches(pattern) == expected)
    }

    @Test("1,000 branches are accepted; of 1,001 the error says how many it would take")
    func branchLimit() throws {
        #expect(try branches(product(of: [10, 10, 10])).count == 1_000)
        let error = #expect(throws: PatternError.self) { try branches(product(of: [7, 11, 13])) }
        #expect(error?.reason == .tooManyBranches(count: 1_001, limit: 1_000))
        #expect(error?.message == "$or expands to 1001 branches; the limit is 1000")
    }

    @Test("the limit of branches is the caller's to set, and no number is too large to refuse")
    func ownBranchLimit() throws {
        #expect(try branches(product(of: [2, 3]), limit: 6).count == 6)
        #expect(throws: PatternError.self) { try branches(product(of: [2, 3]), limit: 5) }
        #expect(try branches(product(of: [7, 11, 13]), limit: .max - 1).count == 1_001)
        let error = #expect(throws: PatternError.self) {
            try branches(product(of: Array(repeating: 4, count: 40)))
        }
        #expect(error?.message == "$or expands to too many branches; the limit is 1000")
    }

    @Test("a branch may have 256 paths, not 257")
    func pathLimit() throws {
        func paths(_ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\":[1]" }.joined(separator: ",") + "}"
        }
        #expect(try branches(paths(256))[0].count == 256)
        let error = #expect(throws: PatternError.self) { try branches(paths(257)) }
        #expect(error?.message == "257 paths in one branch; the limit is 256")
    }

    /// A pattern with `$or`s of so many alternatives each.
    private func product(of counts: [Int]) -> String {
        let members = counts.enumerated().map { number, count in
            let alternatives = (0..<count).map { "{\"k\(number)\":[\($0)]}" }
            return "\"$or\":[" + alternatives.joined(separator: ",") + "]"
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
