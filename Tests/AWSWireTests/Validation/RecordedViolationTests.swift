internal import Foundation
internal import JSONScan
internal import TestSupport
internal import Testing

@testable internal import AWSWire

/// What AWS was recorded to answer, with the requests that it answered.
@Suite struct RecordedViolationTests {
    @Test("the entries of PutEvents are shown with all that EventBridge has of an entry")
    func entries() throws {
        let entry = #"{"Source":"s","DetailType":"t","Detail":"{\"a\": 1}","EventBusName":"b"}"#
        let shown = """
            PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, \
            detail={"a": 1}, eventBusName=b, traceHeader=null, kmsKeyIdentifier=null, \
            internalMetadata=null)
            """
        let entries = Array(repeating: entry, count: 11).joined(separator: ",")
        let list = Array(repeating: shown, count: 11).joined(separator: ", ")
        #expect(
            try violations(.events, "PutEvents", #"{"Entries":[\#(entries)]}"#)
                == """
                1 validation error detected: Value '[\(list)]' at 'entries' failed to satisfy \
                constraint: Member must have length less than or equal to 10
                """)
    }

    @Test("a time is shown as Java's Date, a list as a list")
    func times() throws {
        let entry = #"{"Time":1623843225.5,"Resources":["a","b"]}"#
        let entries = Array(repeating: entry, count: 11).joined(separator: ",")
        let message = try violations(.events, "PutEvents", #"{"Entries":[\#(entries)]}"#)
        #expect(
            message?.contains(
                "(time=Wed Jun 16 11:33:45 UTC 2021, source=null, resources=[a, b], detail") == true
        )
    }

    @Test("all recorded violations come out as recorded", .enabled(if: Recordings.areThere))
    func recorded() throws {
        var checked = 0
        for (service, operation, input, message) in try Recordings.all() {
            let model = try #require(ServiceModel.all.first { $0.name == service })
            #expect(try violations(model, operation, input) == message)
            checked += 1
        }
        #expect(checked >= 5)
    }
}

private enum Recordings {
    static let path = URL(fileURLWithPath: #filePath).appendingPathComponent(
        "../../../../../shared/aws/errors.jsonl"
    ).standardized.path
    static var areThere: Bool { FileManager.default.fileExists(atPath: path) }

    typealias Recording = (service: String, operation: String, input: String, message: String)

    /// The violations of services of which there is a model.
    static func all() throws -> [Recording] {
        try mapJSONLines(of: path, recording).compactMap(\.self)
    }

    private static func recording(_ line: JSONValue) -> Recording? {
        guard let message = line["message"]?.string?.description, message.contains("Member must"),
            let service = line["service"]?.string?.description,
            ServiceModel.all.contains(where: { $0.name == service }),
            let request = line["request"],
            let operation = request["operation"]?.string?.description,
            ServiceModel.all.contains(where: { $0.operation(named: operation) != nil }),
            let params = request["params"]
        else { return nil }
        var input = String(decoding: params.text, as: UTF8.self)
        // The test sent this when it was recorded, and another one when its request was seen.
        if message.contains("invalid-connection-arn") {
            input = input.replacingOccurrences(of: "connection-arn", with: "invalid-connection-arn")
        }
        return (service, operation, plain(input), plain(message))
    }

    /// Names in place of `<bus-name>` and the like, which no pattern takes.
    private static func plain(_ text: String) -> String {
        text.replacingOccurrences(
            of: "<[a-z-]+(:[0-9]+)?>", with: "placeholder", options: .regularExpression)
    }
}
