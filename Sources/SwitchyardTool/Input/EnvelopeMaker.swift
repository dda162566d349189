import CommandOutput
import Foundation
import JSONScan
import Switchyard

/// Why something is not made into an event.
struct EnvelopeError: Error {
    /// The byte of the document at which it goes wrong.
    var offset: Int
    var message: String
}

/// Makes the events that documents of other forms stand for: EventBridge's envelope, its members in the
/// service's order.
struct EnvelopeMaker: ~Copyable {
    private var scanner = StructuralScanner()
    private var event: [UInt8] = []
    private let defaults = RouterConfiguration()
    /// Entries without a time are of the time at which reading began, all of them.
    private let now = Self.wholeSeconds(.now)

    /// Makes the event of a document.
    ///
    /// - Throws: what is wrong with the document.
    mutating func make(of value: JSONValue, _ form: EventForm) throws(EnvelopeError) {
        event.removeAll(keepingCapacity: true)
        switch form {
        case .event: event += value.text
        case .archived: event += (value["event"] ?? value).text
        case .entry: try make(ofEntry: value)
        case .cloudTrailRecord: make(ofRecord: value)
        }
        // The parts were scanned, so what can be wrong is a limit that the whole exceeds.
        let made = event
        do throws(JSONError) {
            try made.withUnsafeBufferPointer { bytes throws(JSONError) in
                _ = try scanner.scan(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            throw EnvelopeError(offset: value.offset, message: "its event: \(error.message)")
        }
    }

    /// Calls `body` with the event that was made last, and its index.
    mutating func withEvent<Result>(
        _ body: (UnsafeRawBufferPointer, StructuralIndex) throws -> Result
    ) throws -> Result {
        let made = event
        return try made.withUnsafeBytes { bytes in try body(bytes, try scanner.scan(bytes)) }
    }

    // MARK: Entries

    private mutating func make(ofEntry entry: JSONValue) throws(EnvelopeError) {
        func required(_ name: ExactString) throws(EnvelopeError) -> JSONValue {
            guard let value = entry[name], let text = value.string, !text.utf8.isEmpty else {
                throw EnvelopeError(
                    offset: entry[name]?.offset ?? entry.offset,
                    message:
                        "Parameter \(name) is not valid. Reason: \(name) is a required argument.")
            }
            return value
        }
        let source = try required("Source")
        let detailType = try required("DetailType")
        if let detail = entry["Detail"], detail.kind != .string, detail.kind != .null {
            throw EnvelopeError(
                offset: detail.offset, message: "Detail has to be a string that holds JSON")
        }
        let detail = try required("Detail")
        let text = Array((detail.string ?? "").utf8)
        let length = text.withUnsafeBytes { try? scanner.scan($0).textLength }
        guard let length, text[length...].allSatisfy({ $0 <= 0x20 && $0 != 0 }) else {
            throw EnvelopeError(
                offset: detail.offset, message: "Detail is malformed: it has to be a JSON object")
        }
        var time = now
        if let given = entry["Time"], given.kind != .null {
            guard let read = Self.time(given) else {
                throw EnvelopeError(
                    offset: given.offset,
                    message: "Time is RFC 3339 in quotes, or a number of seconds since 1970")
            }
            time = read
        }
        append(#"{"version":"0","id":""# + UUID().uuidString.lowercased())
        append(#"","detail-type":"#, detailType)
        append(#","source":"#, source)
        append(#","account":""# + defaults.account)
        append(#"","time":""# + time.description)
        append(#"","region":""# + defaults.region)
        append(#"","resources":"#)
        if let resources = entry["Resources"], resources.kind == .array {
            event += resources.text
        } else {
            append("[]")
        }
        append(#","detail":"#)
        event += text
        append("}")
    }

    /// The service's events have no fractions of seconds.
    private static func wholeSeconds(_ time: EventTime) -> EventTime {
        let second: Int64 = 1_000_000_000
        let fraction = (time.nanoseconds % second + second) % second
        let (whole, isTooFar) = time.nanoseconds.subtractingReportingOverflow(fraction)
        return isTooFar ? time : EventTime(whole)
    }

    private static func time(_ value: JSONValue) -> EventTime? {
        if let text = value.string {
            return EventTime(text.description).map(wholeSeconds)
        }
        guard value.kind == .number,
            let seconds = Double(String(decoding: value.text, as: UTF8.self)),
            abs(seconds) < 9e9
        else { return nil }
        return EventTime(Int64(seconds.rounded(.down)) * 1_000_000_000)
    }

    // MARK: Records of CloudTrail

    /// The detail-types by the records' `eventType`.
    private static let detailTypes: [String: String] = [
        "AwsServiceEvent": "AWS Service Event via CloudTrail",
        "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
        "AwsConsoleAction": "AWS Console Action via CloudTrail",
        "AwsCloudTrailInsight": "AWS Insight via CloudTrail",
    ]

    private mutating func make(ofRecord record: JSONValue) {
        append(#"{"version":"0","id":"#)
        if let id = record["eventID"], id.kind == .string {
            event += id.text
        } else {
            append("\"\(UUID().uuidString.lowercased())\"")
        }
        let type = record["eventType"]?.string.flatMap { Self.detailTypes[$0.description] }
        append(#","detail-type":""# + (type ?? "AWS API Call via CloudTrail") + "\"")
        if let service = record["eventSource"]?.string?.description {
            let name = service.split(separator: ".").first.map(String.init) ?? service
            append(#","source":"# + JSONText.quoted("aws.\(name)"))
        }
        append(
            ",\"account\":", record["recipientAccountId"] ?? record["userIdentity"]?["accountId"])
        append(",\"time\":", record["eventTime"])
        append(",\"region\":", record["awsRegion"])
        append(#","resources":[],"detail":"#)
        event += record.text
        append("}")
    }

    private mutating func append(_ text: String) { event += text.utf8 }

    /// Appends a member, if there is a value for it.
    private mutating func append(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        append(name)
        event += value.text
    }
}
