package import JSONScan

/// Gives events other identifiers.
package enum EventIdentity {
    /// Writes an event with another `id`, in place of what `output` holds; as it is, if it has none, or none
    /// that is a string. O(bytes).
    package static func write(
        _ event: StructuralIndex, with id: String, to output: inout [UInt8]
    ) {
        output.removeAll(keepingCapacity: true)
        let bytes = UnsafeRawBufferPointer(start: event.bytes, count: event.textLength)
        let known = JSONValue(event)["id"]
        guard let known, known.kind == .string else {
            output += bytes
            return
        }
        output += bytes[..<known.offset]
        JSONString.appendQuoted(ExactString(id), to: &output)
        output += bytes[(known.offset + known.text.count)...]
    }
}
