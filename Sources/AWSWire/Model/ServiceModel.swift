/// What a service's model says: its operations, and the shapes of what goes in and comes out.
///
/// ```swift
/// let operation = ServiceModel.events.operation(named: "PutRule")
/// try operation?.check(body)   // throws a ``ServiceError`` in AWS's words
/// ```
///
/// The way of the data: `.ci/aws-models` writes the models of botocore as tables of text
/// (`Models/`); a table is read once, when its service is first asked for (``ModelTable``); a request
/// is checked against the shapes, first its JSON types, then what the model demands of values. Nothing
/// is written for an operation by hand.
///
/// Everything in it is immutable. A table that can't be read is a mistake of the build, and ends the
/// process; a test reads them all.
public final class ServiceModel: Sendable {
    /// How requests and answers are written.
    public enum WireProtocol: String, Sendable {
        /// A JSON object, with the operation's name in `X-Amz-Target`.
        case json
        /// JSON, with a path for each operation, and members in the path, the query and headers.
        case restJSON = "rest-json"
        /// A form in, XML out.
        case query
    }

    /// The name that the SDKs and the command line know it by, `events`.
    public let name: String
    /// The model's date.
    public let version: String
    /// How requests and answers are written.
    public let wireProtocol: WireProtocol
    /// `1.1`; nil where the protocol is no JSON.
    public let jsonVersion: String?
    /// What stands before the operation's name in `X-Amz-Target`, without the dot.
    public let targetPrefix: String?
    /// The name in the scope of a signature.
    public let signingName: String
    /// The operations, by name.
    public let operations: [OperationModel]
    /// All shapes, those that no operation leads to included, by name.
    public let shapes: [Shape]

    private let operationIndexes: [String: Int]
    private let shapeIndexes: [String: Int]

    /// Amazon EventBridge.
    public static let events = ServiceModel(reading: ModelTable.events)
    /// Amazon EventBridge Schemas.
    public static let schemas = ServiceModel(reading: ModelTable.schemas)
    /// Amazon EventBridge Scheduler.
    public static let scheduler = ServiceModel(reading: ModelTable.scheduler)
    /// AWS CloudTrail.
    public static let cloudtrail = ServiceModel(reading: ModelTable.cloudtrail)
    /// AWS Config.
    public static let config = ServiceModel(reading: ModelTable.config)
    /// AWS STS, of which there is `GetCallerIdentity`.
    public static let sts = ServiceModel(reading: ModelTable.sts)

    /// Every service of which there is a model.
    public static var all: [ServiceModel] {
        [.events, .schemas, .scheduler, .cloudtrail, .config, .sts]
    }

    /// Reads a table.
    init(reading text: String) {
        let table = ModelTable(text)
        name = table.name
        version = table.version
        wireProtocol = table.wireProtocol
        jsonVersion = table.jsonVersion
        targetPrefix = table.targetPrefix
        signingName = table.signingName
        shapes = table.shapes
        shapeIndexes = table.shapeIndexes
        operationIndexes = Dictionary(
            uniqueKeysWithValues: table.operations.enumerated().map { ($1.name, $0) })
        operations = table.operations.map { OperationModel($0, table) }
    }

    /// The operation of that name. O(1).
    public func operation(named name: String) -> OperationModel? {
        operationIndexes[name].map { operations[$0] }
    }

    /// The shape of that name. O(1).
    public func shape(named name: String) -> Shape? {
        shapeIndexes[name].map { shapes[$0] }
    }

    /// The error's name with its HTTP status, for an error of the model; nil for any other. O(1).
    public func error(_ name: String, _ message: String) -> ServiceError? {
        guard let error = shape(named: name)?.error else { return nil }
        return ServiceError(error.code, message, status: error.status)
    }
}
