package import JSONScan

/// Makes replayed events of archived ones: the same bytes with a member `replay-name`, between
/// `region` and `resources` as EventBridge writes it. An event that has one already, because it was
/// replayed and archived again, gets the new one in its place.
package struct ReplayEnvelope {
    /// `"replay-name":"..."`
    private let member: [UInt8]
    /// The name in its quotes.
    private let value: [UInt8]

    package init(name: String) {
        var value: [UInt8] = []
        JSONString.appendQuoted(ExactString(name), to: &value)
        self.value = value
        member = Array(#""replay-name":"#.utf8) + value
    }

    /// Writes the replayed event in place of what `output` holds. O(bytes), allocates nothing once
    /// warm.
    package func write(_ event: StructuralIndex, to output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        let bytes = UnsafeBufferPointer(start: event.bytes, count: event.textLength)
        let place = place(in: event)
        output += bytes[..<place.replaced.lowerBound]
        switch place.kind {
        case .value: output += value
        case .behindMember:
            output.append(UInt8(ascii: ","))
            output += member
        case .first(let isOnly):
            output += member
            if !isOnly { output.append(UInt8(ascii: ",")) }
        }
        output += bytes[place.replaced.upperBound...]
    }

    private enum Kind {
        /// In place of the value of a member of this name.
        case value
        case behindMember
        case first(isOnly: Bool)
    }

    /// Where it goes, and which bytes it replaces.
    private func place(in event: StructuralIndex) -> (kind: Kind, replaced: Range<Int>) {
        var behindRegion: Int?
        for member in event.members(of: 0) {
            let (name, value) = (event.stringBytes(at: member.key), member.value)
            if name.elementsEqual("replay-name".utf8) {
                return (.value, event.offset(of: value)..<end(of: value, in: event))
            }
            if name.elementsEqual("region".utf8) { behindRegion = end(of: value, in: event) }
        }
        if let behindRegion { return (.behindMember, behindRegion..<behindRegion) }
        let start = event.offset(of: 0) + 1
        return (.first(isOnly: event.close(of: 0) == 1), start..<start)
    }

    /// Where a value ends.
    private func end(of value: Int, in event: StructuralIndex) -> Int {
        switch event.byte(at: value) {
        case UInt8(ascii: "\""): event.offset(of: value) + event.stringBytes(at: value).count + 2
        case UInt8(ascii: "{"), UInt8(ascii: "["): event.offset(of: event.close(of: value)) + 1
        default: event.offset(of: value) + event.scalarBytes(at: value).count
        }
    }
}
