import EventArchive
import EventEnvelope
import JSONScan
import Testing

@Suite struct EnvelopeFieldsTests {
    private func envelope(_ text: String) throws -> EnvelopeFields {
        var scanner = StructuralScanner()
        var reader = EnvelopeReader()
        return try Array(text.utf8).withUnsafeBytes { reader.read(try scanner.scan($0)) }
    }

    private func hash(_ text: String) -> UInt32 {
        Array(text.utf8).withUnsafeBufferPointer { EnvelopeFields.hash($0) }
    }

    @Test("source, detail-type, account and time are read from the outermost object alone")
    func readsOutermostMembers() throws {
        let envelope = try envelope(
            #"""
            {"detail":{"source":"inner","time":"2020-01-01T00:00:00Z"}, "source" : "aws.ec2",
             "detail-type":"State \u0043hange","account":"111122223333","time":"2026-01-31T12:30:45Z"}
            """#)
        #expect(envelope.keys.source == hash("aws.ec2"))
        #expect(envelope.keys.detailType == hash("State Change"))
        #expect(envelope.keys.account == hash("111122223333"))
        #expect(envelope.time == EventTime("2026-01-31T12:30:45Z")?.nanoseconds)
    }

    @Test("what is missing, or no string, has no hash and no time")
    func leavesOutWhatIsMissing() throws {
        let envelope = try envelope(#"{"source":1,"account":null,"time":"yesterday"}"#)
        #expect(envelope.keys == .init())
        #expect(envelope.time == nil)
    }

    @Test(
        "where a rule can match more than one string, there is no hash",
        arguments: [
            #"{"source":["a"],"n":1}"#, #"{"source":"a","source":"b"}"#,
            #"{"source":["a"],"source":"b"}"#, #"{"":{},"source":"a","account":"b"}"#,
            #"{"sourc\u0065":"a","account":"b"}"#,
        ])
    func leavesOutWhatIsUnusual(text: String) throws {
        #expect(try envelope(text).keys == .init())
    }

    @Test(
        "times are read as RFC 3339 has them, and nothing else is",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1_500_000_000),
            ("1969-12-31T23:59:59Z", -1_000_000_000),
            ("2000-02-29T12:00:00+02:00", 951_818_400_000_000_000),
            ("2026-01-31t12:00:00z", 1_769_860_800_000_000_000),
            ("2026-13-01T00:00:00Z", nil), ("2026-01-31 12:00:00Z", nil),
            ("2026-01-31T12:00:00", nil),
            ("2026-01-31T12:00:00.Z", nil), ("2026-01-31T24:00:00Z", nil),
            ("9999-01-01T00:00:00Z", nil),
        ] as [(String, Int64?)])
    func readsTimes(text: String, nanoseconds: Int64?) {
        #expect(EventTime(text)?.nanoseconds == nanoseconds)
    }

    @Test(
        "a time prints as it is read",
        arguments: [0, 1, -1, 951_782_399_999_999_999, 1_769_860_800_000_000_000])
    func printsTimes(nanoseconds: Int64) {
        #expect(EventTime(EventTime(nanoseconds).description)?.nanoseconds == nanoseconds)
    }
}
