import JSONScan
import TestSupport
import Testing

@testable import EventEnvelope

private func write(_ entry: EventEntry, limits: EntryLimits = EntryLimits()) throws -> String {
    var writer = EnvelopeWriter(account: "123456789012", region: "eu-west-1", limits: limits)
    var output: [UInt8] = []
    let id = try writer.write(entry, now: EventTime(1_700_000_000_900_000_000), to: &output)
    let text = String(decoding: output, as: UTF8.self)
    #expect(text.contains(#""id":"\#(id)""#))
    return text.replacing(id, with: "ID")
}

@Suite struct EventEntryTests {
    @Test("an entry becomes an event with the service's members in the service's order")
    func writesEnvelope() throws {
        let text = try write(
            EventEntry(
                source: "com.\"x\"", detailType: "Order\nplaced", detail: #"{"a": [1]}"#,
                resources: ["one", "two"], time: EventTime("2026-01-31T12:00:00.5Z")))
        #expect(
            text == #"{"version":"0","id":"ID","detail-type":"Order\nplaced","source":"com.\"x\"","#
                + #""account":"123456789012","time":"2026-01-31T12:00:00Z","region":"eu-west-1","#
                + #""resources":["one","two"],"detail":{"a": [1]}}"#)
        let plain = try write(EventEntry(source: "s", detailType: "t", detail: "{}"))
        #expect(plain.contains(#""time":"2023-11-14T22:13:20Z""#))
        #expect(plain.contains(#""resources":[],"detail":{}}"#))
    }

    @Test(
        "what is missing or malformed is refused in the service's words",
        arguments: [
            (EventEntry(source: nil, detailType: "t", detail: "{}"), "Source"),
            (EventEntry(source: "", detailType: "t", detail: "{}"), "Source"),
            (EventEntry(source: "s", detailType: nil, detail: "{}"), "DetailType"),
            (EventEntry(source: "s", detailType: "t", detail: nil), "Detail"),
        ])
    func refusesMissing(entry: EventEntry, name: String) throws {
        #expect(throws: EntryError.missing(name)) { try write(entry) }
        #expect(
            EntryError.missing(name).description
                == "InvalidArgument: Parameter \(name) is not valid. Reason: \(name) is a required "
                + "argument.")
    }

    @Test(
        "a detail that is no object is malformed", arguments: ["[]", "1", "{", "{} {}", "{\"a\"}"])
    func refusesMalformedDetail(detail: String) throws {
        #expect(throws: EntryError.malformedDetail) {
            try write(EventEntry(source: "s", detailType: "t", detail: detail))
        }
    }

    @Test("sources of the service are its own, unless configured otherwise")
    func refusesServiceSources() throws {
        let entry = EventEntry(source: "aws.ec2", detailType: "t", detail: "{}")
        do {
            _ = try write(entry)
            Issue.record("it was taken")
        } catch let error as EntryError {
            #expect(error.code == .notAuthorizedForSource)
        }
        _ = try write(entry, limits: EntryLimits(allowsServiceSources: true))
    }

    @Test("a request has 1 to 10 entries, which stay below a megabyte together")
    func limitsRequests() throws {
        let entry = EventEntry(
            source: "s", detailType: "ty", detail: "{}", resources: ["abc"], time: EventTime(0))
        #expect(entry.byteCount == 14 + 1 + 2 + 2 + 3)
        let limits = EntryLimits()
        #expect(throws: EntriesError.count(0, limit: 10)) { try limits.check([]) }
        try limits.check(Array(repeating: entry, count: 10))
        #expect(throws: EntriesError.count(11, limit: 10)) {
            try limits.check(Array(repeating: entry, count: 11))
        }
        let exact = EntryLimits(requestBytes: 44)
        #expect(throws: EntriesError.size(44, limit: 44)) { try exact.check([entry, entry]) }
        try EntryLimits(requestBytes: 45).check([entry, entry])
    }

    @Test("identifiers are UUIDs of version 4, no two alike")
    func makesIdentifiers() {
        var identifiers = EventIdentifiers()
        let made = (0..<5_000).map { _ in identifiers.next() }
        #expect(Set(made).count == made.count)
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(made.allSatisfy { $0.wholeMatch(of: form) != nil })
    }
}
