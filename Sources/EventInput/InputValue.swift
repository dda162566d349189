internal import JSONScan

/// What is put in the place of a placeholder, or at a target's input path.
enum InputValue {
    /// A value of the event.
    case json(JSONValue)
    /// Values of the event, from a path with `[*]`.
    case list([JSONValue])
    /// A text that is not in the event.
    case text(String)
    /// The event's members without `detail`, and with `detailType` for `detail-type`.
    case envelope(StructuralIndex)

    /// Appends it as JSON.
    func appendJSON(to output: inout [UInt8]) {
        switch self {
        case .json(let value): output += value.text
        case .list(let values):
            output.append(UInt8(ascii: "["))
            append(values, to: &output) { output, value in output += value.text }
            output.append(UInt8(ascii: "]"))
        case .text(let text): JSONString.appendQuoted(ExactString(text), to: &output)
        case .envelope(let event):
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            JSONValue(event).forEachMember { member in
                guard member.key != "detail" else { return }
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                let key: ExactString = member.key == "detail-type" ? "detailType" : member.key
                JSONString.appendQuoted(key, to: &output)
                output.append(UInt8(ascii: ":"))
                output += member.value.text
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// Appends what stands between the quotes of a JSON string: a string as the event wrote it,
    /// escapes and all; anything else as JSON.
    func appendInsideQuotes(to output: inout [UInt8]) {
        switch self {
        case .json(let value) where value.kind == .string:
            output += value.index.stringBytes(at: value.entry)
        case .text(let text):
            var quoted: [UInt8] = []
            JSONString.appendQuoted(ExactString(text), to: &quoted)
            output += quoted.dropFirst().dropLast()
        default: appendJSON(to: &output)
        }
    }

    /// Appends it as texts have it: no quotes anywhere, objects as `{a:b}`, lists as `[a,b]`.
    func appendPlain(to output: inout [UInt8]) {
        switch self {
        case .json(let value): value.appendPlain(to: &output)
        case .list(let values):
            output.append(UInt8(ascii: "["))
            append(values, to: &output) { output, value in value.appendPlain(to: &output) }
            output.append(UInt8(ascii: "]"))
        case .text: appendInsideQuotes(to: &output)
        case .envelope:
            var json: [UInt8] = []
            appendJSON(to: &json)
            var scanner = StructuralScanner()
            json.withUnsafeBytes { bytes in
                // Written right above from an event that was checked: it is JSON.
                if let index = try? scanner.scan(bytes) {
                    JSONValue(index).appendPlain(to: &output)
                }
            }
        }
    }
}

private func append(
    _ values: [JSONValue], to output: inout [UInt8], _ body: (inout [UInt8], JSONValue) -> Void
) {
    for (position, value) in values.enumerated() {
        if position > 0 { output.append(UInt8(ascii: ",")) }
        body(&output, value)
    }
}

extension JSONValue {
    fileprivate func appendPlain(to output: inout [UInt8]) {
        switch kind {
        case .string: output += index.stringBytes(at: entry)
        case .array:
            output.append(UInt8(ascii: "["))
            append(elements, to: &output) { output, value in value.appendPlain(to: &output) }
            output.append(UInt8(ascii: "]"))
        case .object:
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            for member in index.members(of: entry) {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                output += index.stringBytes(at: member.key)
                output.append(UInt8(ascii: ":"))
                JSONValue(index, at: member.value).appendPlain(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        case .number, .true, .false, .null: output += text
        }
    }
}
