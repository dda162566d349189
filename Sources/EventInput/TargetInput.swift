public import EventEnvelope
public import JSONScan

/// What a target gets of an event that its rule matched.
///
/// This is the place to begin reading `EventInput`. As with EventBridge it is one of four:
///
/// - the whole event, as it was published;
/// - the part of it at an ``InputPath``, as JSON: a string keeps its quotes;
/// - a constant text;
/// - what an ``InputTransformer`` makes of it.
///
/// Where the service drops an event in silence, because a template does not give JSON, there is an
/// ``InputFailure`` here, which goes to the dead letters with the event.
public enum TargetInput: Sendable, Hashable {
    /// The whole event.
    case event
    /// The value at a path.
    case path(InputPath)
    /// This text whatever the event.
    case constant(String)
    /// A template filled in with values of the event.
    case transformer(InputTransformer)

    /// Writes the target's input.
    ///
    /// O(bytes of the event and the input); allocates what `output` needs to grow, and for values
    /// that are put into templates.
    ///
    /// - Parameters:
    ///   - event: the event, scanned.
    ///   - context: what the event itself does not tell.
    ///   - output: where the input is appended.
    /// - Throws: why there is no input for this event; `output` may have been appended to.
    public func write(
        _ event: borrowing ScannedText, _ context: InputContext, to output: inout [UInt8]
    ) throws(InputFailure) {
        try write(event.index, context, to: &output)
    }

    /// As ``write(_:_:to:)-(ScannedText,_,_)``, for an event whose scanner can't be borrowed from.
    package func write(
        _ event: StructuralIndex, _ context: InputContext, to output: inout [UInt8]
    ) throws(InputFailure) {
        switch self {
        case .event:
            output += UnsafeBufferPointer(start: event.bytes, count: event.textLength)
        case .constant(let text):
            output += text.utf8
        case .path(let path):
            guard let found = path.value(in: event) else { throw .pathNotFound(path.description) }
            found.appendJSON(to: &output)
        case .transformer(let transformer):
            try transformer.write(event, context, to: &output)
        }
    }
}

/// What templates can ask for that is not in the event.
public struct InputContext: Sendable, Hashable {
    /// The rule's resource name.
    public var ruleARN: String
    /// The rule's name.
    public var ruleName: String
    /// When the event was taken on.
    public var ingestionTime: EventTime

    /// Creates a context.
    public init(ruleARN: String, ruleName: String, ingestionTime: EventTime) {
        self.ruleARN = ruleARN
        self.ruleName = ruleName
        self.ingestionTime = ingestionTime
    }
}

/// Why an event has no input for a target, so that it can't be delivered there, ever.
public enum InputFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The event has nothing at the target's input path.
    case pathNotFound(String)
    /// The template with its values put in is no JSON: an object or list inside quotes, most often.
    case notJSON(JSONError, text: String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .pathNotFound(let path): "the event has nothing at the input path \(path)"
        case .notJSON(let error, let text):
            "the input template does not give JSON for this event: \(error.message) at byte "
                + "\(error.offset) of \(text)"
        }
    }
}

/// Why a target's input can't be used at all.
public enum TargetInputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A path is not `$`, or `$.name`, `[n]`, `[*]` and so on.
    case invalidPath(String, offset: Int, reason: String)
    /// The template names something that is neither in the paths map nor reserved.
    case invalidPlaceholder(target: String, placeholder: String)
    /// A name of the paths map can't be used in a template.
    case invalidName(String, reason: String)
    /// The template is neither a text in quotes nor JSON with its placeholders filled in.
    case invalidTemplate(String, offset: Int, reason: String)
    /// A constant input is no JSON.
    case invalidInput(String, JSONError, target: String)
    /// There can be one input at most.
    case severalInputs(target: String)
    /// Something that has to be a text is none.
    case notText(String, target: String)
    /// Something that has to be an object is none.
    case notObject(String, target: String)
    /// A member that the service does not know: a slip of the pen would change what targets get.
    case unknownMember(String, target: String)
    /// More than the service takes.
    case tooLong(what: String, count: Int, limit: Int)

    /// What is wrong, in the service's words where it has some.
    public var description: String {
        switch self {
        case .invalidPath(let path, let offset, let reason):
            "Invalid JSON path \"\(path)\": \(reason) (column \(offset + 1))"
        case .invalidPlaceholder(let target, let placeholder):
            "InputTemplate for target \(target) contains invalid placeholder \(placeholder)."
        case .invalidName(let name, let reason):
            "InputPathsMap has the name \"\(name)\": \(reason)"
        case .invalidTemplate(let template, let offset, let reason):
            "InputTemplate can't be used: \(reason) (\(place(offset, in: template)))"
        case .invalidInput(let input, let error, let target):
            "Input of target \(target) has to be JSON, as a text in quotes is: \(error.message) "
                + "(\(place(error.offset, in: input)))"
        case .notObject(let what, let target): "\(what) of target \(target) has to be an object"
        case .severalInputs(let target):
            "Only one of Input, InputPath, or InputTransformer must be provided for target "
                + "\(target)."
        case .notText(let what, let target): "\(what) of target \(target) has to be a string"
        case .unknownMember(let member, let target):
            "target \(target) has \(member), which EventBridge does not know"
        case .tooLong(let what, let count, let limit):
            "\(what) has \(count), at most \(limit) are allowed"
        }
    }
}

/// `column 7`, or in a text of several lines `line 2, column 7`.
private func place(_ offset: Int, in text: String) -> String {
    let bytes = Array(text.utf8)
    let position = bytes.withUnsafeBytes { textPosition(of: offset, in: $0) }
    let isOneLine = !bytes.contains(UInt8(ascii: "\n"))
    return (isOneLine ? "" : "line \(position.line), ") + "column \(position.column)"
}
