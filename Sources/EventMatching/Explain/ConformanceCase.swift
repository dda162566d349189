internal import EventPattern
package import JSONScan

/// One case of a conformance file: a pattern, an event, and what the answer has to be.
///
/// A line is `{"id": ..., "match": true}` or `{"id": ..., "error": true}` with `pattern` and `event`
/// in the same object, both taken as the raw text of the line: number spelling, escapes and repeated
/// keys matter. Where no error is expected, an event that is no JSON is itself a wrong answer.
package struct ConformanceCase {
    /// What the answer has to be, or was.
    package enum Answer: Equatable, CustomStringConvertible {
        /// The pattern is valid, and the event matches it or not.
        case match(Bool)
        /// The pattern, or the event, is refused.
        case error(String)

        package var description: String {
            switch self {
            case .match(let matches): matches ? "a match" : "no match"
            case .error(let message): message.isEmpty ? "an error" : "an error: \(message)"
            }
        }

        /// Whether two answers say the same, whatever the wording of an error.
        package func agrees(with other: Answer) -> Bool {
            switch (self, other) {
            case (.error, .error): true
            default: self == other
            }
        }
    }

    /// The case's name.
    package let id: String
    /// What the answer has to be.
    package let expected: Answer
    /// The pattern's text.
    package let pattern: UnsafeRawBufferPointer
    /// The event's text.
    package let event: UnsafeRawBufferPointer

    /// Reads a case from a scanned line; nil if the line is none.
    package init?(_ line: JSONValue) {
        guard let id = line["id"]?.string, let pattern = line["pattern"],
            let event = line["event"]
        else { return nil }
        switch (line["match"]?.kind, line["error"]?.kind) {
        case (.true, nil): expected = .match(true)
        case (.false, nil): expected = .match(false)
        case (nil, .true): expected = .error("")
        default: return nil
        }
        self.id = id.description
        self.pattern = UnsafeRawBufferPointer(pattern.text)
        self.event = UnsafeRawBufferPointer(event.text)
    }

    /// The engine's answer.
    package func answer(kernel: ScanKernel = .best) -> Answer {
        do {
            let rules = try RuleSet([Rule(name: id, pattern: try EventPattern(pattern.bytes))])
            var matcher = Matcher(rules, kernel: kernel)
            return .match(try !matcher.match(event.bytes).isEmpty)
        } catch {
            return .error("\(error)")
        }
    }
}
