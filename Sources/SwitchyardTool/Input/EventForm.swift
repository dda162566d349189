import ArgumentParser
import JSONScan

/// What a document of an events file is.
enum EventForm {
    /// An event, to be taken as it is.
    case event
    /// An entry of `PutEvents`: `Source`, `DetailType`, and `Detail`, which has to be a string.
    case entry
    /// A record of CloudTrail's log files: what an event has as its detail.
    case cloudTrailRecord
    /// What `archive cat --envelope` prints.
    case archived

    /// What other services call Records, and what only those have: they are events of their own.
    private static let otherRecords = [
        "s3", "dynamodb", "kinesis", "Sns", "ses", "body", "codecommit", "cf",
    ]

    /// The objects around lists that files have.
    static let wrappers = [
        JSONDocuments.Wrapper("Records", elementKeys: [], otherKeys: otherRecords),
        JSONDocuments.Wrapper("Entries", elementKeys: ["DetailType"]),
    ]

    /// What the commands say of an events file.
    static let help = ArgumentHelp(
        "The events: objects, one a line or otherwise; see switchyard --help.", valueName: "file")

    /// Finds out by the keys. O(members).
    init(of event: StructuralIndex, in wrapper: JSONDocuments.Wrapper?) {
        if wrapper?.name == "Records", Self.isOfCloudTrail(JSONValue(event)) {
            self = .cloudTrailRecord
            return
        }
        var (hasSource, hasType, hasDetail, hasText) = (false, false, false, false)
        var (archivedKeys, keys) = (0, 0)
        Self.forEachKey(of: event) { key, value in
            keys += 1
            switch key.count {
            case 6 where key.elementsEqual("Source".utf8): hasSource = true
            case 10 where key.elementsEqual("DetailType".utf8): hasType = true
            case 6 where key.elementsEqual("Detail".utf8):
                hasDetail = true
                hasText = value.kind == .string
            case 5 where key.elementsEqual("event".utf8):
                archivedKeys += value.kind == .object ? 1 : 0
            case 8 where key.elementsEqual("sequence".utf8): archivedKeys += 1
            case 10 where key.elementsEqual("ingestTime".utf8): archivedKeys += 1
            case 9 where key.elementsEqual("eventTime".utf8): archivedKeys += 1
            default: break
            }
        }
        // One of the keys may be missing: then it is an entry that is wrong.
        let isEntry =
            (hasSource || hasType) && hasText || hasSource && hasType && hasDetail
            || wrapper?.name == "Entries"
        self = isEntry ? .entry : keys == 4 && archivedKeys == 4 ? .archived : .event
    }

    /// Whether an element of `Records` is a record of CloudTrail. Those of Insights have their names
    /// further inside.
    private static func isOfCloudTrail(_ record: JSONValue) -> Bool {
        guard record["detail-type"] == nil || record["detail"] == nil else { return false }
        return record["eventName"] != nil || record["eventSource"] != nil
            || record["eventType"] != nil
    }

    /// Why what is taken as one event may not be meant so; nil where nothing speaks for that.
    static func doubt(
        _ event: StructuralIndex, in wrapper: JSONDocuments.Wrapper?
    ) -> String? {
        let value = JSONValue(event)
        if wrapper?.name == "Records", value["detail-type"] == nil || value["detail"] == nil {
            return "this is taken as one event, although it is in \"Records\" and is no CloudTrail "
                + "record; if it is none, give the events alone"
        }
        guard value["detail-type"] == nil, value["detail"] == nil, value["source"] == nil else {
            return nil
        }
        if value["eventVersion"] != nil, value["eventName"] != nil, value["eventSource"] != nil {
            return
                "a CloudTrail record outside of {\"Records\": [...]} is taken as it is; an event "
                + "has it as its detail"
        }
        for member in value.members {
            let name = member.key.description
            let isList = member.value.kind == .array
            let inner = isList ? member.value.elements.first : member.value
            guard let inner, holdsEvent(inner, named: name, inList: isList) else { continue }
            return "this is taken as one event, although its member \"\(name)\" looks like the "
                + "place of events; if it is, give the events alone"
        }
        return nil
    }

    private static let listNames: Set<String> = [
        "Events", "events", "Records", "Entries", "Messages", "messages",
    ]
    private static let textNames: Set<String> = ["Message", "message", "Body", "body"]

    private static func holdsEvent(_ value: JSONValue, named name: String, inList: Bool) -> Bool {
        if value.kind == .object {
            if inList, listNames.contains(name) { return true }
            return value["detail-type"] != nil && value["detail"] != nil
        }
        return !inList && textNames.contains(name)
            && value.string?.utf8.first == UInt8(ascii: "{")
    }

    private static func forEachKey(
        of event: StructuralIndex, _ body: (UnsafeBufferPointer<UInt8>, JSONValue) -> Void
    ) {
        let close = event.close(of: 0)
        var key = 1
        while key < close {
            body(event.stringBytes(at: key), JSONValue(event, at: key + 2))
            key = event.entry(after: key + 2) + 1
        }
    }
}
