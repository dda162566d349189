public import EventEnvelope
internal import InternalSystem

/// Where a target's events go, as data: what is read from the target's `Arn`.
///
/// Other services are named by their ARNs, as in EventBridge. What a machine has itself is named by
/// URLs of these schemes:
///
/// | `Arn` | what gets the events |
/// | --- | --- |
/// | `file:///var/log/orders.jsonl` | a file, a line for each event; `file:orders.jsonl` is relative to the folder that the program runs in |
/// | `process:///usr/bin/wc?arg=-w` | the standard input of a program, with an `arg` for each argument |
/// | `bus:audit` | the bus of that name, in the account and region of the rule |
/// | `arn:aws:events:eu-west-1:111122223333:event-bus/audit` | a bus, by its resource name |
/// | `log:` | a line for each event on standard error |
/// | `discard:` | nobody: the events are counted as delivered |
/// | `closure:` | what the program puts itself, by code: a closure, a task, a stream |
/// | any other ARN or URL | whatever an adapter makes of it |
///
/// In paths and arguments, what is no letter, digit, `/`, `.`, `-`, `_`, `~`, `,`, `:`, `=` or `@` is
/// written as `%` and two hexadecimal digits for each of its bytes.
public enum TargetDestination: Sendable, Hashable {
    /// A file that gets a line for each event.
    case file(path: String)
    /// A program whose standard input gets a line for each event.
    case process(executable: String, arguments: [String])
    /// The bus of a name in the account and region of the rule.
    case localBus(name: String)
    /// A bus anywhere.
    case bus(BusID)
    /// Standard error, which gets a line for each event.
    case log
    /// Nobody.
    case discard
    /// What the program puts itself; no adapter can make it.
    case closure
    /// Another ARN or URL.
    case other(String)

    /// Reads an ARN or URL. O(length).
    ///
    /// - Throws: what is wrong with it, in a sentence. An ARN or URL that nobody knows is not wrong.
    public init(_ text: String) throws(InvalidDestination) {
        func invalid(_ reason: String) -> InvalidDestination {
            InvalidDestination(text: text, reason: reason)
        }
        guard text.utf8.count <= ARN.bytesMax else {
            throw invalid("it has more than \(ARN.bytesMax) bytes")
        }
        if ARN.isMeant(by: text) {
            do throws(ARNError) {
                let arn = try ARN(text)
                if arn.service == "events", arn.resource.hasPrefix("event-bus/"),
                    case .bus(let bus) = try ResourceName(arn)
                {
                    self = .bus(bus)
                } else {
                    self = .other(text)
                }
            } catch { throw invalid(error.description) }
            return
        }
        guard let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) else {
            throw invalid(
                "it is neither an ARN nor a URL: expected \"arn:\", \"file:\" and the like")
        }
        let rest = text[text.index(after: colon)...]
        func nothing(_ destination: TargetDestination) throws(InvalidDestination)
            -> TargetDestination
        {
            guard rest.isEmpty else { throw invalid("nothing can follow \"\(text[...colon])\"") }
            return destination
        }
        switch text[..<colon] {
        case "file":
            self = .file(path: try Self.path(rest, invalid))
        case "process":
            let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            self = .process(
                executable: try Self.path(parts[0], invalid),
                arguments: parts.count == 1 ? [] : try Self.arguments(parts[1], invalid))
        case "bus":
            do throws(ARNError) {
                let name = String(rest)
                try ResourceName.check(
                    name, from: text.utf8.count - name.utf8.count, of: text, allowsSlash: true)
                self = .localBus(name: name)
            } catch { throw invalid(error.description) }
        case "log": self = try nothing(.log)
        case "discard": self = try nothing(.discard)
        case "closure": self = try nothing(.closure)
        default: self = .other(text)
        }
    }

    /// The ARN or URL, which reads again to an equal value.
    public var arn: String {
        switch self {
        case .file(let path): "file:\(Self.written(path))"
        case .process(let executable, let arguments):
            "process:\(Self.written(executable))"
                + (arguments.isEmpty ? "" : "?")
                + arguments.map { "arg=\(Self.encoded($0))" }.joined(separator: "&")
        case .localBus(let name): "bus:\(name)"
        case .bus(let bus): bus.arn
        case .log: "log:"
        case .discard: "discard:"
        case .closure: "closure:"
        case .other(let text): text
        }
    }

    /// Letters, digits, `+`, `-` and `.`, the first one a letter (RFC 3986).
    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0)
        }
    }

    /// A path as it stands behind the scheme: with two slashes before one that begins with a slash.
    private static func written(_ path: String) -> String {
        (path.hasPrefix("/") ? "//" : "") + encoded(path)
    }

    private static func path(
        _ text: Substring, _ invalid: (String) -> InvalidDestination
    ) throws(InvalidDestination) -> String {
        if text.contains(where: { $0 == "?" || $0 == "#" }) {
            throw invalid("\"?\" and \"#\" in a path are written as %3F and %23")
        }
        var text = text
        if text.hasPrefix("//") {
            text = text.dropFirst(2)
            guard text.hasPrefix("/") else {
                throw invalid("a path is on this machine: expected a third \"/\"")
            }
        }
        let path = try decoded(text, invalid)
        guard !path.isEmpty else { throw invalid("the path is missing") }
        return path
    }

    private static func arguments(
        _ text: Substring, _ invalid: (String) -> InvalidDestination
    ) throws(InvalidDestination) -> [String] {
        var arguments: [String] = []
        for part in text.split(separator: "&", omittingEmptySubsequences: false) {
            guard part.hasPrefix("arg=") else {
                throw invalid("behind \"?\" stands \"arg=...\" for each argument, \"&\" between")
            }
            arguments.append(try decoded(part.dropFirst(4), invalid))
        }
        return arguments
    }

    private static func encoded(_ text: String) -> String {
        PercentEncoding.encoded(text) { byte in
            isLetter(byte) || isDigit(byte) || "/.-_~,:=@".utf8.contains(byte)
        }
    }

    private static func decoded(
        _ text: Substring, _ invalid: (String) -> InvalidDestination
    ) throws(InvalidDestination) -> String {
        guard let bytes = PercentEncoding.decoded(text.utf8) else {
            throw invalid("\"%\" stands before two hexadecimal digits; itself it is %25")
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw invalid("what \"%\" stands for is no text")
        }
        return decoded
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension TargetDestination: CustomStringConvertible {
    /// The ARN or URL.
    public var description: String { arn }
}

/// Why a text can't be where events go.
public struct InvalidDestination: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String
    /// What is wrong with it.
    public let reason: String

    package init(text: String, reason: String) {
        self.text = text
        self.reason = reason
    }

    /// The text and what is wrong with it.
    public var description: String { "\"\(text)\" is no place to deliver to: \(reason)" }
}
