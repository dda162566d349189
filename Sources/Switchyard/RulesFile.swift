public import EventMatching
internal import EventPattern
public import JSONScan

/// A file of rules: JSON Lines of `{"name": ..., "pattern": {...}}`, other members ignored, except for
/// `"targets"`, a list of `{"Id": ..., ...}` with an input as EventBridge's `PutTargets` has it: no two
/// of one rule with the same Id, and no member that EventBridge does not know.
public struct RulesFile: Sendable {
    /// The rules of the lines that are good, in the order of the file.
    public private(set) var rules: [Rule] = []
    /// What the rules' targets would get; those of `rules`, one list for each.
    public private(set) var targets: [[DryRun.Candidate.Target]] = []
    /// What is wrong with the others.
    public private(set) var problems: [LineProblem] = []

    /// Reads a file; lines that are wrong are left out and reported in ``problems``.
    ///
    /// - Parameter path: the file, or `-` for standard input.
    /// - Throws: ``/JSONScan/InputError`` where the file can't be read.
    public init(path: String) throws(InputError) {
        let name = path == "-" ? "standard input" : path
        var blocks = try LineBlocks(path: path)
        var scanner = StructuralScanner()
        var names: Set<ExactString> = []
        while let block = try blocks.next() {
            for line in block {
                do throws(LineProblem) {
                    let rule = try Self.rule(on: line, of: name, &scanner)
                    guard names.insert(ExactString(rule.name)).inserted else {
                        throw LineProblem(
                            file: name, line: line, offset: 0,
                            message: "another rule is named \"\(rule.name)\"")
                    }
                    let targets = try Self.targets(on: line, of: name, &scanner)
                    rules.append(rule)
                    self.targets.append(targets)
                } catch {
                    problems.append(error)
                }
            }
        }
    }

    /// The members of `Target` in the reference of EventBridge's API. Those that say nothing of the
    /// input are passed over: a file made of `ListTargetsByRule` can be used as it is.
    private static let targetMembers: Set<String> = [
        "Id", "Arn", "RoleArn", "Input", "InputPath", "InputTransformer", "AppSyncParameters",
        "BatchParameters", "DeadLetterConfig", "EcsParameters", "HttpParameters",
        "KinesisParameters", "RedshiftDataParameters", "RetryPolicy", "RunCommandParameters",
        "SageMakerPipelineParameters", "SqsParameters",
    ]

    private static func targets(
        on line: JSONLines.Line, of file: String, _ scanner: inout StructuralScanner
    ) throws(LineProblem) -> [DryRun.Candidate.Target] {
        let value = JSONValue(try LineProblem.scan(line, of: file, &scanner))
        var targets: [DryRun.Candidate.Target] = []
        for target in value["targets"]?.elements ?? [] {
            func problem(_ message: String) -> LineProblem {
                LineProblem(file: file, line: line, offset: target.offset, message: message)
            }
            guard target.kind == .object, let id = target["Id"]?.string?.description else {
                throw problem("a target is an object with an \"Id\", a string")
            }
            for member in target.members
            where !targetMembers.contains(member.key.description) {
                throw problem("target \"\(id)\": there is no member \"\(member.key)\" of a target")
            }
            guard !targets.contains(where: { $0.id == id }) else {
                throw problem("another target of this rule has the Id \"\(id)\"")
            }
            do throws(TargetInputError) {
                targets.append(
                    DryRun.Candidate.Target(id: id, input: try TargetInput(target, target: id)))
            } catch { throw problem(error.description) }
        }
        return targets
    }

    private static func rule(
        on line: JSONLines.Line, of file: String, _ scanner: inout StructuralScanner
    ) throws(LineProblem) -> Rule {
        let value = JSONValue(try LineProblem.scan(line, of: file, &scanner))
        guard let name = value["name"]?.string else {
            throw LineProblem(
                file: file, line: line, offset: 0, message: "a rule needs a \"name\", a string")
        }
        guard let pattern = value["pattern"] else {
            throw LineProblem(
                file: file, line: line, offset: 0, message: "rule \"\(name)\" has no \"pattern\"")
        }
        do throws(PatternError) {
            let parsed = try EventPattern(UnsafeRawBufferPointer(pattern.text).bytes)
            // Limits that only show when `$or` is multiplied out belong to this line too.
            _ = try parsed.branches()
            return Rule(name: name.description, pattern: parsed)
        } catch {
            throw LineProblem(
                file: file, line: line, offset: pattern.offset + error.offset,
                message: "rule \"\(name)\": \(error.message)")
        }
    }
}

/// What is wrong with a line of a file, and where.
public struct LineProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in characters, from 1.
    public let column: Int
    /// What is wrong.
    public let message: String

    /// Creates a problem from a byte offset into its line.
    package init(file: String, line: JSONLines.Line, offset: Int, message: String) {
        self.file = file
        self.line = line.number
        column = textPosition(of: offset, in: line.text).column
        self.message = message
    }

    /// `file:line:column: message`
    public var description: String { "\(file):\(line):\(column): \(message)" }

    /// Scans a line that has to be one JSON object and nothing else.
    ///
    /// An event by itself may be followed by anything. In a file of one event a line, what follows is
    /// likelier another event that would be lost.
    ///
    /// - Throws: what is wrong with it.
    package static func scan(
        _ line: JSONLines.Line, of file: String, _ scanner: inout StructuralScanner
    ) throws(LineProblem) -> StructuralIndex {
        let index: StructuralIndex
        do throws(JSONError) {
            index = try scanner.scan(line.text)
        } catch {
            throw LineProblem(file: file, line: line, offset: error.offset, message: error.message)
        }
        if let excess = line.excess(after: index.textLength) {
            throw LineProblem(
                file: file, line: line, offset: excess,
                message: "there is more on this line after the object; write one object a line")
        }
        return index
    }
}
