/// Writes one object of JSON, member by member, without blanks.
package struct JSONObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Begins an object.
    package init() {}

    /// A value that is JSON.
    package mutating func member(_ name: String, json: some Sequence<UInt8>) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONString.appendQuoted(ExactString(name), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        bytes += json
    }

    /// A string, left out where it is nil.
    package mutating func member(_ name: String, _ string: String?) {
        guard let string else { return }
        member(name, json: JSONString.quoted(string))
    }

    /// A number, left out where it is nil.
    package mutating func member(_ name: String, number: (some FixedWidthInteger)?) {
        guard let number else { return }
        member(name, json: "\(number)".utf8)
    }

    /// Ends the object.
    package consuming func finish() -> [UInt8] { bytes + [UInt8(ascii: "}")] }
}
