public import EventDelivery
public import EventInput
package import JSONScan

/// A target as data, which a store can keep: where events go, what of them, and what becomes of those
/// that can't be delivered.
///
/// Its JSON is that of EventBridge's `PutTargets` and `ListTargetsByRule`:
///
/// ```json
/// {"Id": "lines", "Arn": "file:///var/log/orders.jsonl", "InputPath": "$.detail",
///  "RetryPolicy": {"MaximumRetryAttempts": 10}, "DeadLetterConfig": {"Arn": "arn:aws:sqs:..."}}
/// ```
///
/// | member | |
/// | --- | --- |
/// | `Id`, `Arn` | see ``id``, ``destination`` |
/// | `Input`, `InputPath`, `InputTransformer` | one of them at most: see ``input`` |
/// | `InputText` | our own: a constant that is no JSON, which programs can have |
/// | `RetryPolicy` | see ``RetrySettings`` |
/// | `DeadLetterConfig` | see ``deadLetterARN`` |
/// | `RoleArn`, `SqsParameters`, ... | those that EventBridge knows are kept as they are: ``others`` |
///
/// Any other member is an error: a slip of the pen would change what targets get.
public struct TargetDefinition: Sendable, Hashable {
    /// The target's name within its rule.
    public var id: String
    /// Where events go, as it was written.
    public private(set) var arn: String
    /// Where events go.
    public private(set) var destination: TargetDestination
    /// What it gets of each event.
    public var input: TargetInput
    /// What happens when a delivery fails; nil where nothing is said of it.
    public var retry: RetrySettings?
    /// The queue for what can't be delivered, besides the router's own dead letters: kept for those who
    /// can reach it. Nil for none.
    public var deadLetterARN: String?
    /// EventBridge's other members, as they were written, in their order.
    public var others: [KeptMember]

    /// Creates a definition.
    public init(
        id: String, _ destination: TargetDestination, input: TargetInput = .event,
        retry: RetrySettings? = nil, deadLetterARN: String? = nil, others: [KeptMember] = []
    ) {
        self.id = id
        arn = destination.arn
        self.destination = destination
        self.input = input
        self.retry = retry
        self.deadLetterARN = deadLetterARN
        self.others = others
    }

    /// The policy of retries, by default or as it says.
    public var retryPolicy: RetryPolicy { retry?.policy ?? RetryPolicy() }

    private static let ownMembers: Set<String> = [
        "Id", "Arn", "Input", "InputPath", "InputTransformer", "InputText", "RetryPolicy",
        "DeadLetterConfig",
    ]
    /// The other members of `Target` in the reference of EventBridge's API.
    private static let otherMembers: Set<String> = [
        "RoleArn", "AppSyncParameters", "BatchParameters", "EcsParameters", "HttpParameters",
        "KinesisParameters", "RedshiftDataParameters", "RunCommandParameters",
        "SageMakerPipelineParameters", "SqsParameters",
    ]

    /// Reads a definition from JSON. O(bytes).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(json: [UInt8]) throws(DefinitionError) {
        self = try readObject(json) { value throws(DefinitionError) in
            try TargetDefinition(value)
        }
    }

    /// Reads a definition from an object of a larger text, into which errors' offsets point.
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        id = try object.requiredString("Id")
        arn = try object.requiredString("Arn")
        do throws(InvalidDestination) { destination = try TargetDestination(arn) } catch {
            throw DefinitionError(
                .invalid(member: "Arn", reason: error.reason), offset: object.offset(of: "Arn"))
        }
        others = try object.rest(known: Self.ownMembers, kept: Self.otherMembers)
        let inputs = ["Input", "InputPath", "InputTransformer", "InputText"]
            .filter { object[$0] != nil }
        let inputOffset = inputs.last.map { object.offset(of: $0) } ?? value.offset
        guard inputs.count <= 1 else {
            throw DefinitionError(.input(.severalInputs(target: id)), offset: inputOffset)
        }
        if let text = try object.string("InputText") {
            input = .constant(text)
        } else {
            do throws(TargetInputError) { input = try TargetInput(value, target: id) } catch {
                throw DefinitionError(.input(error), offset: inputOffset)
            }
        }
        retry = nil
        if let value = object["RetryPolicy"] { retry = try RetrySettings(value) }
        deadLetterARN = nil
        if let value = object["DeadLetterConfig"] {
            let config = try ObjectReader(value, member: "DeadLetterConfig")
            _ = try config.rest(known: ["Arn"], kept: [])
            deadLetterARN = try config.string("Arn")
        }
    }

    /// The definition as JSON without blanks, which reads again to an equal value. O(bytes).
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("Id", id)
        object.member("Arn", arn)
        switch input {
        case .event: break
        case .path(let path): object.member("InputPath", path.description)
        case .constant(let text):
            let isJSON = JSONError.first(inValue: Array(text.utf8)) == nil
            object.member(isJSON ? "Input" : "InputText", text)
        case .transformer(let transformer):
            var paths = JSONObjectWriter()
            for (name, path) in transformer.paths.sorted(by: { $0.key < $1.key }) {
                paths.member(name, path.description)
            }
            var inner = JSONObjectWriter()
            if !transformer.paths.isEmpty { inner.member("InputPathsMap", json: paths.finish()) }
            inner.member("InputTemplate", transformer.template)
            object.member("InputTransformer", json: inner.finish())
        }
        if let retry { object.member("RetryPolicy", json: retry.json) }
        if let deadLetterARN {
            var config = JSONObjectWriter()
            config.member("Arn", deadLetterARN)
            object.member("DeadLetterConfig", json: config.finish())
        }
        object.members(others)
        return object.finish()
    }
}
