import JSONScan
import Testing

@testable import EventReplay

@Suite struct ReplayEnvelopeTests {
    private func replayed(_ text: String, name: String = "again") throws -> String {
        var scanner = StructuralScanner()
        var output: [UInt8] = [1, 2, 3]
        try Array(text.utf8).withUnsafeBytes {
            ReplayEnvelope(name: name).write(try scanner.scan($0), to: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "the name stands behind the region, or first, or in place of an earlier one",
        arguments: [
            (
                #"{"id":"1","region":"eu","resources":[],"detail":{}}"#,
                #"{"id":"1","region":"eu","replay-name":"again","resources":[],"detail":{}}"#
            ),
            (#"{"n":1}"#, #"{"replay-name":"again","n":1}"#),
            (#"{}"#, #"{"replay-name":"again"}"#),
            (#"{ }"#, #"{"replay-name":"again" }"#),
            (
                #"{"region" : "eu" , "detail":{"region":"x"}}"#,
                #"{"region" : "eu","replay-name":"again" , "detail":{"region":"x"}}"#
            ),
            (
                #"{"region":"eu","replay-name":"before","resources":[]}"#,
                #"{"region":"eu","replay-name":"again","resources":[]}"#
            ),
            (#"{"replay-name":{"a":[1]},"n":1}"#, #"{"replay-name":"again","n":1}"#),
            (#"{"n":1,"replay-name":17 }"#, #"{"n":1,"replay-name":"again" }"#),
            (#"{"region":null}"#, #"{"region":null,"replay-name":"again"}"#),
        ])
    func place(text: String, expected: String) throws {
        #expect(try replayed(text) == expected)
        var scanner = StructuralScanner()
        #expect(throws: Never.self) {
            try Array(expected.utf8).withUnsafeBytes { _ = try scanner.scan($0) }
        }
    }

    @Test("names are escaped as JSON wants it")
    func escapes() throws {
        #expect(try replayed("{}", name: "a\"b\\") == #"{"replay-name":"a\"b\\"}"#)
    }
}
