/// An operation of a service: what goes in, what comes out, and which errors its model knows.
public struct OperationModel: Sendable {
    /// `PutRule`
    public let name: String
    /// `POST`
    public let method: String
    /// The path, with `{labels}` where members go, and with a query where the model has one.
    public let requestURI: String
    /// The HTTP status of an answer.
    public let status: Int
    /// What goes in; nil where nothing does.
    public let input: Shape?
    /// What comes out; nil where nothing does.
    public let output: Shape?
    /// In the query protocol, the element that the answer's members stand in.
    public let resultWrapper: String?
    /// The errors that the model names.
    public let errors: [Shape]
    /// The code of a request whose values break what the model demands: `ValidationException`.
    public let validationCode: String

    /// Every shape that the operation's are made of, which ``Shape/Index`` counts in.
    let shapes: [Shape]

    init(_ line: ModelTable.Operation, _ table: ModelTable) {
        name = line.name
        method = line.method
        requestURI = line.requestURI
        status = line.status
        input = line.input.map { table.shapes[table.index(of: $0)] }
        output = line.output.map { table.shapes[table.index(of: $0)] }
        resultWrapper = line.wrapper
        errors = line.errors.map { table.shapes[table.index(of: $0)] }
        shapes = table.shapes
        validationCode = Self.validationCode(table)
    }

    /// The shape that a member, an element, a key or a value has. O(1).
    public func shape(_ index: Shape.Index) -> Shape { shapes[index.position] }

    /// The models name it nowhere, but for Scheduler's. Recorded are `ValidationException` of EventBridge,
    /// and `ValidationError` of STS. Nothing is recorded of Schemas, whose one error for a request
    /// that is wrong is `BadRequestException`.
    private static func validationCode(_ table: ModelTable) -> String {
        switch table.name {
        case "schemas": "BadRequestException"
        case "sts": "ValidationError"
        default: "ValidationException"
        }
    }
}
