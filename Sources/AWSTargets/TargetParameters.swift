#if Server
    internal import EventInput
    internal import JSONScan
    internal import Switchyard

    /// What a target says of the service it is of: `SqsParameters`, `KinesisParameters`,
    /// `HttpParameters`.
    struct TargetParameters: Sendable {
        /// The group of its messages in a FIFO queue or topic; nil for none.
        var messageGroup: String?
        /// Where an event's partition key is; nil for its id.
        var partitionKeyPath: String?
        /// What stands for each `*` in the path of an API destination.
        var pathValues: [String] = []
        /// Headers, in their order.
        var headers: [(name: String, value: String)] = []
        /// Parts of the query, in their order.
        var query: [(name: String, value: String)] = []

        init(_ definition: TargetDefinition) {
            for member in definition.others {
                member.json.withScannedJSON { value in
                    switch member.name {
                    case "SqsParameters": messageGroup = value["MessageGroupId"]?.filledString
                    case "KinesisParameters":
                        partitionKeyPath = value["PartitionKeyPath"]?.filledString
                    case "HttpParameters":
                        pathValues = (value["PathParameterValues"]?.elements ?? [])
                            .map { $0.string?.description ?? "" }
                        headers = value["HeaderParameters"]?.texts ?? []
                        query = value["QueryStringParameters"]?.texts ?? []
                    default: break
                    }
                }
            }
        }
    }

    /// What is wanted of an event besides the input that is made of it.
    struct EventFacts: Sendable {
        /// Its `id`; nil where it has none.
        var id: String?
        /// Its `time`, in milliseconds since 1970.
        var milliseconds: Int64?
        /// The replay that it comes from; nil for none.
        var replay: String?

        init(_ event: [UInt8]) {
            event.withScannedJSON { value in
                id = value["id"]?.filledString
                replay = value["replay-name"]?.filledString
                milliseconds = value["time"]?.filledString.flatMap { EventTime($0) }
                    .map { $0.nanoseconds / 1_000_000 }
            }
        }
    }

    extension JSONValue {
        /// A string, unless it is empty.
        var filledString: String? {
            guard let text = string?.description, !text.isEmpty else { return nil }
            return text
        }

        /// The members of an object that are strings, in their order.
        var texts: [(name: String, value: String)] {
            members.compactMap { member in
                member.value.string.map { (member.key.description, $0.description) }
            }
        }
    }

    extension [UInt8] {
        /// Calls `body` with the value that the bytes are; not at all if they are no JSON.
        func withScannedJSON(_ body: (JSONValue) -> Void) {
            try? JSONValue.reading(self, orThrow: \.self) { value throws(JSONError) in body(value) }
        }
    }

    extension String {
        /// Calls `body` with the value that the text is; not at all if it is no JSON.
        func withScannedJSON(_ body: (JSONValue) -> Void) {
            Array(utf8).withScannedJSON(body)
        }
    }
#endif
