import EventArchive
import EventWorkload
import JSONScan
import TestSupport
import Testing

@testable import EventEnvelope

@Suite struct EnvelopeReaderTests {
    private static let times = [
        "2021-06-16T11:33:45Z", "2021-06-16T23:59:59Z", "2021-06-16T24:00:00Z",
        "2021-06-16T11:60:45Z", "2021-06-16T11:33:60Z", "2021-06-16T11:3a:45Z",
        "2021-06-16T11:33:45z", "2021-06-16t11:33:45Z", "2021-06-16 11:33:45Z",
        "2021-06-16T11:33:45.250Z", "2021-06-16T11:33:45+02:00", "2021-06-31T11:33:45Z",
        "1969-12-31T23:59:59Z", "2262-04-11T23:47:16Z", "2262-04-11T23:47:17Z",
        "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775808Z",
        "2262-04-12T00:00:00Z", "1677-09-21T00:12:44Z", "1677-09-21T00:12:43Z", "", "x",
    ]

    @Test("times are told to the end of what 64 bits of nanoseconds hold, and not beyond")
    func endsOfTime() {
        #expect(EventTime("2262-04-11T23:47:16.854775807Z") == EventTime(.max))
        #expect(EventTime("2262-04-11T23:47:16.854775808Z") == nil)
        #expect(EventTime("2262-04-11T23:47:17Z") == nil)
        #expect(EventTime(.max).description == "2262-04-11T23:47:16.854775807Z")
        #expect(EventTime(.max).wholeSeconds.description == "2262-04-11T23:47:16Z")
        #expect(EventTime(.min).description == "1677-09-21T00:12:43.145224192Z")
        #expect(EventTime(.min).wholeSeconds == EventTime(.min))
        #expect(EventTime(-1).wholeSeconds.description == "1969-12-31T23:59:59Z")
    }

    @Test("what is remembered changes nothing: every envelope is what it is by itself")
    func agrees() throws {
        var random = SeededGenerator(stream: 0xE17E)
        let words = ["", "a", "aws.ec2", "aws.ec2x", "EC2 Instance State-change", "e\\u0041c"]
        var strings = words
        // Every length around those that are remembered, in two versions that differ in one byte.
        for length in 5...40 {
            let text = String(repeating: "x", count: length)
            let position = Int.random(in: 0..<length, using: &random)
            strings += [text, String(text.prefix(position)) + "y" + text.dropFirst(position + 1)]
        }
        var reader = EnvelopeReader()
        var scanner = StructuralScanner()
        var sources: Set<UInt32> = []
        for _ in 0..<20_000 {
            let names =
                ["source", "detail-type", "account", "time", "sourcf", "uccount", "tame"]
                + ["", "sour\\u0063e"]
            let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let name = names.randomElement(using: &random) ?? ""
                let value =
                    (name == "time" ? Self.times : strings).randomElement(using: &random) ?? ""
                return switch Int.random(in: 0..<8, using: &random) {
                case 0: "\"\(name)\":1"
                case 1: "\"\(name)\":[\"\(value)\"]"
                default: "\"\(name)\":\"\(value)\""
                }
            }
            let text = "{\(members.joined(separator: ","))}"
            try Array(text.utf8).withUnsafeBytes { bytes in
                let index = try scanner.scan(bytes)
                let expected = PlainEnvelope(index)
                let read = reader.read(index)
                #expect(read.keys == expected.keys, "\(text)")
                #expect(read.time == expected.time, "\(text)")
                sources.insert(expected.keys.source)
            }
        }
        #expect(sources.count > 70)
    }

    @Test("events of a workload have the envelopes that they have by themselves")
    func agreesOnEvents() throws {
        let events = Workload.aws.events(count: 2_000)
        var reader = EnvelopeReader()
        var scanner = StructuralScanner()
        for position in 0..<events.count {
            try events.withEvent(at: position) { event in
                let index = try scanner.scan(event)
                let (read, expected) = (reader.read(index), PlainEnvelope(index))
                #expect(read.keys == expected.keys && read.time == expected.time)
            }
        }
    }
}
