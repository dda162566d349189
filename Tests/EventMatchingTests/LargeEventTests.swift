import EventMatching
import JSONScan
import TestSupport
import Testing

@Suite("Large events", .onThreadsOfItsOwn)
struct LargeEventTests {
    @Test("a value of 1 MB is compared whole")
    func longValue() throws {
        let long = String(repeating: "x", count: 1_000_000)
        let event = "{\"f\":\"a\(long)z\"}"
        for (element, expected) in [
            (#"{"prefix":"ax"}"#, true), (#"{"suffix":"xz"}"#, true),
            (#"{"wildcard":"a*x*z"}"#, true),
            (#"{"wildcard":"a*y*z"}"#, false), (#"{"anything-but":"a"}"#, true),
            ("\"a\(long)z\"", true), ("\"a\(long)y\"", false),
            (#"{"prefix":{"equals-ignore-case":"AX"}}"#, true),
            (#"{"suffix":{"equals-ignore-case":"XÉ"}}"#, false),
        ] {
            #expect(try matches("{\"f\":[\(element)]}", event) == expected, "\(element.prefix(40))")
        }
    }

    @Test("a value full of escapes is compared without them")
    func escapedValue() throws {
        let escapes = String(repeating: #"\u0078"#, count: 150_000)
        #expect(try matches(#"{"f":[{"wildcard":"*x"}]}"#, "{\"f\":\"\(escapes)\"}"))
        #expect(try matches(#"{"f":[{"wildcard":"*u*"}]}"#, "{\"f\":\"\(escapes)\"}") == false)
        let key = String(repeating: #"\u006b"#, count: 8_000)
        let plainKey = String(repeating: "k", count: 8_000)
        #expect(try matches("{\"\(plainKey)\":[1]}", "{\"\(key)\":1}"))
    }

    @Test("the last of 10,000 elements is found, scalars and objects")
    func longArrays() throws {
        let scalars = (0..<10_000).map(String.init).joined(separator: ",")
        #expect(try matches(#"{"f":[9999]}"#, "{\"f\":[\(scalars)]}"))
        #expect(try matches(#"{"f":[10000]}"#, "{\"f\":[\(scalars)]}") == false)
        let objects = (0..<10_000).map { "{\"id\":\($0),\"kind\":\"k\"}" }.joined(separator: ",")
        #expect(try matches(#"{"f":{"id":[9999],"kind":["k"]}}"#, "{\"f\":[\(objects)]}"))
        #expect(
            try matches(#"{"f":{"id":[9999],"kind":["x"]}}"#, "{\"f\":[\(objects)]}") == false)
    }

    @Test("two fields in different elements of a long array do not go together")
    func longDisagreement() throws {
        let apart =
            Array(repeating: #"{"a":1}"#, count: 100) + Array(repeating: #"{"b":2}"#, count: 9_900)
        let pattern = #"{"r":{"a":[1],"b":[2]}}"#
        #expect(try matches(pattern, "{\"r\":[\(apart.joined(separator: ","))]}") == false)
        let together = apart + [#"{"b":2,"a":1}"#]
        #expect(try matches(pattern, "{\"r\":[\(together.joined(separator: ","))]}"))
    }

    @Test("10,000 members are passed over, and repeated ones all count")
    func manyMembers() throws {
        let others = (0..<10_000).map { "\"k\($0)\":{\"a\":[\($0)]}" }.joined(separator: ",")
        #expect(try matches(#"{"k9999":{"a":[9999]},"k0":{"a":[0]}}"#, "{\(others)}"))
        let repeated = (0..<10_000).map { "\"k\":\($0)" }.joined(separator: ",")
        #expect(try matches(#"{"k":[5000]}"#, "{\(repeated)}"))
    }

    @Test("1,000 levels of objects and of arrays are walked", arguments: [10, 500, 999])
    func deepEvents(levels: Int) throws {
        let objects =
            String(repeating: #"{"a":"#, count: levels) + "1"
            + String(repeating: "}", count: levels)
        let pattern =
            String(repeating: #"{"a":"#, count: levels) + "[1]"
            + String(repeating: "}", count: levels)
        #expect(try matches(pattern, objects))
        let arrays =
            String(repeating: "[0,", count: levels) + "1" + String(repeating: "]", count: levels)
        #expect(try matches(#"{"a":[1]}"#, "{\"a\":\(arrays)}"))
        #expect(try matches(#"{"a":[2]}"#, "{\"a\":\(arrays)}") == false)
    }
}
