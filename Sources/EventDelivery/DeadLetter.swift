internal import JSONScan

/// An event that could not be delivered to a target, and why.
///
/// In the dead letters' archive it is a JSON object with the members of EventBridge's dead-letter
/// attributes, and the event as it was published:
///
/// ```json
/// {"ERROR_CODE":"TIMEOUT","ERROR_MESSAGE":"...","BUS":"default","RULE":"pager",
///  "RULE_ARN":"arn:aws:events:...","TARGET":"sms","TARGET_ARN":"arn:aws:sns:...","RETRY_ATTEMPTS":185,
///  "EXHAUSTED_RETRY_CONDITION":"MaximumRetryAttempts","SEQUENCE":17,"event":{...}}
/// ```
public struct DeadLetter: Sendable, Hashable {
    /// Its number in the dead letters' archive; nil before it is there.
    public internal(set) var number: UInt64?
    /// The bus.
    public let bus: String
    /// The rule.
    public let rule: String
    /// The rule's resource name.
    public let ruleARN: String
    /// The target's id.
    public let target: String
    /// Where the target's events go; empty where only the program knows.
    public let targetARN: String
    /// The queue that the target names for such events (`DeadLetterConfig`), when it was given up. Not
    /// kept in the archive.
    public let deadLetterARN: String?
    /// What kind of failure the last one was.
    public let code: DeliveryError.Code
    /// What happened.
    public let message: String
    /// How often it was tried.
    public let attempts: Int
    /// Why it was not tried again; nil where trying again was no use.
    public let condition: ExhaustedRetryCondition?
    /// The event's sequence number on its bus.
    public let sequence: UInt64
    /// The event, as it was published.
    public let event: [UInt8]

    init(
        _ names: TargetNames, event: [UInt8], sequence: UInt64, error: DeliveryError, attempts: Int,
        condition: ExhaustedRetryCondition?
    ) {
        bus = names.bus
        rule = names.rule
        ruleARN = names.ruleARN
        target = names.target
        targetARN = names.targetARN
        deadLetterARN = names.deadLetterARN
        code = error.code
        message = error.message
        self.attempts = attempts
        self.condition = condition
        self.sequence = sequence
        self.event = event
    }

    /// Appends the letter as JSON.
    func write(to output: inout [UInt8]) {
        func member(_ name: String, _ value: String) {
            output += "\(output.last == UInt8(ascii: "{") ? "" : ",")\"\(name)\":".utf8
            JSONString.appendQuoted(ExactString(value), to: &output)
        }
        output.append(UInt8(ascii: "{"))
        member("ERROR_CODE", code.rawValue)
        member("ERROR_MESSAGE", String(message.prefix(4_096)))
        member("BUS", bus)
        member("RULE", rule)
        member("RULE_ARN", ruleARN)
        member("TARGET", target)
        if !targetARN.isEmpty { member("TARGET_ARN", targetARN) }
        output += ",\"RETRY_ATTEMPTS\":\(max(0, attempts - 1))".utf8
        if let condition { member("EXHAUSTED_RETRY_CONDITION", condition.rawValue) }
        output += ",\"ATTEMPTS\":\(attempts),\"SEQUENCE\":\(sequence),\"event\":".utf8
        output += event
        output.append(UInt8(ascii: "}"))
    }

    /// Reads a letter; nil if it is none.
    init?(_ value: JSONValue, number: UInt64) {
        func text(_ name: ExactString) -> String? { value[name]?.string?.description }
        func integer(_ name: ExactString) -> UInt64? {
            value[name].flatMap { UInt64(String(decoding: $0.text, as: UTF8.self)) }
        }
        guard let code = text("ERROR_CODE").flatMap(DeliveryError.Code.init(rawValue:)),
            let bus = text("BUS"), let rule = text("RULE"), let target = text("TARGET"),
            let event = value["event"], event.kind == .object
        else { return nil }
        self.number = number
        self.bus = bus
        self.rule = rule
        self.target = target
        self.code = code
        ruleARN = text("RULE_ARN") ?? ""
        targetARN = text("TARGET_ARN") ?? ""
        deadLetterARN = nil
        message = text("ERROR_MESSAGE") ?? ""
        attempts = Int(clamping: integer("ATTEMPTS") ?? 0)
        condition = text("EXHAUSTED_RETRY_CONDITION").flatMap(ExhaustedRetryCondition.init)
        sequence = integer("SEQUENCE") ?? 0
        self.event = Array(event.text)
    }
}
