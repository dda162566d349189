public import EventMatching
internal import EventPattern
public import JSONScan

/// A file of rules, in objects however they are laid out (``/JSONScan/JSONDocuments``): one a line,
/// over several lines, in a list, or as `aws events list-rules` prints them, `{"Rules": [...]}`.
///
/// | member | what it is |
/// | --- | --- |
/// | `name`, `Name` | the rule's name; needed |
/// | `pattern`, `EventPattern` | its pattern, an object or a string that holds one; needed, but for a schedule |
/// | `state`, `State` | a rule that is `DISABLED` is left out |
/// | `schedule`, `ScheduleExpression` | when it fires by itself: no event of a file matches that |
/// | `targets`, `Targets` | a list of `{"Id": ..., ...}`, each with an input as `PutTargets` has it |
///
/// Other members are passed over. No two targets of a rule have the same Id, and none has a member
/// that EventBridge does not know.
public struct RulesFile: Sendable {
    /// The rules that are good, in the order of the file.
    public private(set) var rules: [Rule] = []
    /// What the rules' targets would get; those of `rules`, one list for each.
    public private(set) var targets: [[DryRun.Candidate.Target]] = []
    /// What is wrong with the others.
    public private(set) var problems: [LineProblem] = []
    /// What is not wrong, but may not be meant: a rule that is left out because it is disabled, a
    /// schedule, a key that a rule or its pattern has twice, a `NextToken` that says that there are more
    /// rules than these.
    public private(set) var notes: [LineProblem] = []
    /// The names of the rules that are left out because they are disabled.
    package private(set) var disabledNames: Set<String> = []

    /// Reads a file; rules that are wrong are left out and reported in ``problems``.
    ///
    /// - Parameter path: the file, or `-` for standard input.
    /// - Throws: ``/JSONScan/InputError`` where the file can't be read.
    public init(path: String) throws(InputError) {
        let name = path == "-" ? "standard input" : path
        var documents = try JSONDocuments(
            path: path, wrappers: [JSONDocuments.Wrapper("Rules", elementKeys: ["Name"])])
        var names: Set<ExactString> = []
        while let document = try documents.next() {
            do throws(LineProblem) {
                let record = try RuleRecord(document, file: name)
                guard names.insert(ExactString(record.name)).inserted else {
                    throw record.problem("another rule is named \"\(record.name)\"")
                }
                let isDisabled = try record.isDisabled()
                let (rule, notes) = try record.rule(isDisabled: isDisabled)
                let targets = try record.targets()
                self.notes += notes
                if isDisabled { disabledNames.insert(record.name) }
                guard let rule else { continue }
                rules.append(rule)
                self.targets.append(targets)
            } catch {
                problems.append(error)
            }
        }
        for member in documents.besideLists where member.key == "NextToken" && !member.isNull {
            notes.append(
                LineProblem(
                    file: name, line: member.line, column: member.column,
                    message: "there is a NextToken: this is one page of rules, and others are "
                        + "missing"))
        }
    }
}

/// One object of a rules file.
struct RuleRecord {
    let name: String
    let value: JSONValue
    private let document: JSONDocument
    private let file: String

    init(_ document: JSONDocument, file: String) throws(LineProblem) {
        self.document = document
        self.file = file
        switch document.content {
        case .success(let index): value = JSONValue(index)
        case .failure(let error):
            throw LineProblem(
                file: file, document: document, offset: error.offset,
                message: document.message(of: error))
        }
        guard let name = (value["name"] ?? value["Name"])?.string else {
            throw LineProblem(
                file: file, document: document, offset: 0,
                message: "a rule needs a \"name\", a string")
        }
        self.name = name.description
    }

    /// Something about a place in the object.
    func problem(_ message: String, at offset: Int = 0) -> LineProblem {
        LineProblem(file: file, document: document, offset: offset, message: message)
    }

    /// The rule, unless it can match no event, and what there is to say of it.
    ///
    /// - Parameter isDisabled: whether its state says so.
    func rule(isDisabled: Bool) throws(LineProblem) -> (Rule?, notes: [LineProblem]) {
        var notes = RepeatedKey.inMembers(of: value).map { repeated in
            problem(
                "rule \"\(name)\" has \"\(repeated.key)\" twice, and the later one counts",
                at: repeated.offset)
        }
        let hasSchedule = try self.hasSchedule()
        let pattern = value["pattern"] ?? value["EventPattern"]
        guard let pattern, pattern.kind != .null else {
            guard hasSchedule else { throw problem("rule \"\(name)\" has no \"pattern\"") }
            notes.append(
                problem("rule \"\(name)\" has a schedule and no pattern: no event matches it"))
            return (nil, notes)
        }
        let parsed = try self.pattern(pattern, &notes)
        if isDisabled {
            notes.append(problem("rule \"\(name)\" is DISABLED, and left out"))
            return (nil, notes)
        }
        if hasSchedule {
            notes.append(
                problem("rule \"\(name)\" has a schedule too: here its pattern alone counts"))
        }
        return (Rule(name: name, pattern: parsed), notes)
    }

    fileprivate func isDisabled() throws(LineProblem) -> Bool {
        guard let state = value["state"] ?? value["State"], state.kind != .null else {
            return false
        }
        switch state.string?.description {
        case "DISABLED": return true
        case "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS": return false
        default:
            throw problem(
                "rule \"\(name)\": the state is ENABLED, DISABLED or "
                    + "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", at: state.offset)
        }
    }

    private func hasSchedule() throws(LineProblem) -> Bool {
        guard let schedule = value["schedule"] ?? value["ScheduleExpression"],
            schedule.kind != .null
        else { return false }
        guard let text = schedule.string?.description else {
            throw problem("rule \"\(name)\": a schedule is a string", at: schedule.offset)
        }
        do throws(ScheduleError) { _ = try ScheduleExpression(text) } catch {
            throw problem("rule \"\(name)\": \(error)", at: schedule.offset)
        }
        return true
    }

    private func pattern(
        _ pattern: JSONValue, _ notes: inout [LineProblem]
    ) throws(LineProblem) -> EventPattern {
        let text = pattern.string.map { Array($0.utf8) } ?? Array(pattern.text)
        /// Where something of the pattern's text stands in the object.
        func offset(_ inner: Int) -> Int {
            guard pattern.kind == .string else { return pattern.offset + inner }
            let raw = pattern.index.stringBytes(at: pattern.entry)
            return pattern.offset + 1 + JSONString.rawOffset(of: inner, in: raw)
        }
        do throws(PatternError) {
            let parsed = try EventPattern(text.span.bytes)
            // Limits that only show when `$or` is multiplied out belong to this rule too.
            _ = try parsed.branches()
            for repeated in RepeatedKey.inPattern(text) {
                notes.append(
                    problem(
                        "rule \"\(name)\": \(repeated.ofPattern)", at: offset(repeated.offset)))
            }
            return parsed
        } catch {
            throw problem("rule \"\(name)\": \(error.message)", at: offset(error.offset))
        }
    }
}
