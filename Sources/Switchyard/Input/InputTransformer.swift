internal import JSONScan

/// A template that is filled in with values of an event.
///
/// ```swift
/// let transformer = try InputTransformer(
///     paths: ["instance": "$.detail.instance-id", "state": "$.detail.state"],
///     template: #"{"text": "<instance> is <state>", "rule": <aws.events.rule-name>}"#,
///     target: "pager")
/// ```
///
/// A template that begins with a quote is a *text*, anything else *JSON*:
///
/// | placeholder | in JSON, outside of quotes | in JSON, inside quotes | in a text |
/// | --- | --- | --- | --- |
/// | string | with its quotes | as written | as written |
/// | number, `true`, `null` | as it is | as it is | as it is |
/// | object, list | as it is | as it is, which is no JSON: ``InputFailure/notJSON(_:text:)`` | without any quotes: `{a:b}`, `[a,b]` |
/// | nothing there | `""` | nothing | nothing |
///
/// A text keeps its outer quotes. A placeholder is a value or a part of one, never a key or a part of
/// a key. Besides the names of the paths map a template can use
/// `<aws.events.rule-arn>`, `<aws.events.rule-name>`, `<aws.events.event.ingestion-time>`,
/// `<aws.events.event>` (the event without `detail`, and with `detailType`) and
/// `<aws.events.event.json>` (the whole event).
public struct InputTransformer: Sendable, Hashable {
    /// The names that a template can use, and where their values are.
    public let paths: [String: InputPath]
    /// The template as it was written.
    public let template: String
    private let isText: Bool
    private let pieces: [Piece]

    /// The most names of a paths map, and the most characters of a template: the service's limits.
    public static let pathsMax = 100
    /// The most characters of a template.
    public static let templateMax = 8_192

    /// Reads a template. O(length).
    ///
    /// - Parameters:
    ///   - paths: names, and the ``InputPath`` of each.
    ///   - template: the template.
    ///   - target: the target's id, for the error.
    /// - Throws: the first thing that is wrong.
    public init(
        paths: [String: String], template: String, target: String = ""
    ) throws(TargetInputError) {
        guard paths.count <= Self.pathsMax else {
            throw .tooLong(what: "InputPathsMap", count: paths.count, limit: Self.pathsMax)
        }
        let length = template.unicodeScalars.count
        guard length <= Self.templateMax else {
            throw .tooLong(what: "InputTemplate", count: length, limit: Self.templateMax)
        }
        var read: [String: InputPath] = [:]
        for (name, path) in paths.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, name.utf8.allSatisfy(isPlaceholderByte) else {
                throw .invalidName(name, reason: "names are letters, digits, \"_\", \"-\", \".\"")
            }
            guard !name.lowercased().hasPrefix("aws.") else {
                throw .invalidName(name, reason: "names that begin with \"AWS.\" are reserved")
            }
            read[name] = try InputPath(path)
        }
        self.paths = read
        self.template = template
        let text = Array(template.utf8)
        isText = text.first { $0 > 0x20 } == UInt8(ascii: "\"")
        let reader = TemplateReader(text: text, paths: read, target: target)
        let placed = try reader.read()
        pieces = placed.map(\.piece)
        try reader.check(placed, isText: isText)
    }

    /// Appends the template, filled in.
    func write(
        _ event: StructuralIndex, _ context: InputContext, to output: inout [UInt8]
    ) throws(InputFailure) {
        let start = output.count
        for piece in pieces {
            switch piece {
            case .literal(let bytes): output += bytes
            case .value(let source, let isQuoted):
                let value = source.value(event, context)
                if isText {
                    value?.appendPlain(to: &output)
                } else if isQuoted {
                    value?.appendInsideQuotes(to: &output)
                } else if let value {
                    value.appendJSON(to: &output)
                } else {
                    output += "\"\"".utf8
                }
            }
        }
        guard !isText else { return }
        if let error = JSONError.first(inValue: Array(output[start...])) {
            throw .notJSON(error, text: String(decoding: output[start...], as: UTF8.self))
        }
    }
}

/// A part of a template.
enum Piece: Sendable, Hashable {
    case literal([UInt8])
    case value(Source, isQuoted: Bool)

    /// Where a placeholder's value comes from.
    enum Source: Sendable, Hashable {
        case path(InputPath)
        case ruleARN
        case ruleName
        case ingestionTime
        case envelope
        case event

        init?(reserved name: String) {
            switch name {
            case "aws.events.rule-arn": self = .ruleARN
            case "aws.events.rule-name": self = .ruleName
            case "aws.events.event.ingestion-time": self = .ingestionTime
            case "aws.events.event": self = .envelope
            case "aws.events.event.json": self = .event
            default: return nil
            }
        }

        func value(_ event: StructuralIndex, _ context: InputContext) -> InputValue? {
            switch self {
            case .path(let path): path.value(in: event)
            case .ruleARN: .text(context.ruleARN)
            case .ruleName: .text(context.ruleName)
            case .ingestionTime: .text(context.ingestionTime.description)
            case .envelope: .envelope(event)
            case .event: .json(JSONValue(event))
            }
        }
    }
}

func isPlaceholderByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
    default: false
    }
}
