internal import EventEnvelope
internal import JSONScan

/// A value as AWS's messages show it: as Java's `toString()` writes it.
///
/// ```
/// [PutEventsRequestEntry(time=null, source=orders, …), …]     a list of structures
/// {to=$.detail.to, from=$.source}                             a map, in the order of its hash table
/// ```
struct JavaText {
    /// A value that is longer ends here: it stands in an answer up to ten times.
    static let bytesMax = 65_536

    /// Members of a structure that the services have and the models don't, behind those of the model.
    private static let unknownMembers = [
        "PutEventsRequestEntry": ["kmsKeyIdentifier", "internalMetadata"]
    ]
    private static let redacted = "***Sensitive Data Redacted***"

    private let shapes: [Shape]
    private var output: [UInt8] = []

    /// The value's text. O(bytes).
    static func text(of shape: Shape, _ value: JSONValue, _ shapes: [Shape]) -> String {
        var text = JavaText(shapes: shapes)
        text.append(shape, value)
        guard text.output.count > bytesMax else {
            return String(decoding: text.output, as: UTF8.self)
        }
        // Not within a character.
        var end = bytesMax
        while text.output[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: text.output[..<end], as: UTF8.self) + "..."
    }

    /// How many bytes a text of base64 stands for.
    static func byteCount(base64 text: UnsafeBufferPointer<UInt8>) -> Int {
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return max(0, (text.count - padding) * 3 / 4)
    }

    private init(shapes: [Shape]) { self.shapes = shapes }

    private mutating func append(_ shape: Shape, _ value: JSONValue) {
        guard output.count <= Self.bytesMax else { return }
        guard value.kind != .null else { return append("null") }
        guard !shape.isSensitive else { return append(Self.redacted) }
        let index = value.index
        switch shape.kind {
        case .structure: appendStructure(shape, value)
        case .list:
            append("[")
            guard let element = shape.element.map({ shapes[$0.position] }) else { return }
            for (number, entry) in index.elements(of: value.entry).enumerated() {
                if number > 0 { append(", ") }
                append(element, JSONValue(index, at: entry))
            }
            append("]")
        case .map: appendMap(shape, value)
        case .string: index.withText(at: value.entry) { output.append(contentsOf: $0) }
        case .integer, .long, .float, .double:
            append(JavaNumber(index.scalarBytes(at: value.entry), shape.kind).description)
        case .boolean: append(value.kind == .true ? "true" : "false")
        case .timestamp: append(Self.date(value))
        case .blob:
            let count = index.withText(at: value.entry) { Self.byteCount(base64: $0) }
            append("java.nio.HeapByteBuffer[pos=0 lim=\(count) cap=\(count)]")
        }
    }

    private mutating func append(_ text: String) { output += text.utf8 }

    private mutating func appendStructure(_ shape: Shape, _ value: JSONValue) {
        var values = [Int?](repeating: nil, count: shape.members.count)
        for member in value.index.members(of: value.entry) {
            guard let position = value.index.memberIndex(shape, key: member.key) else { continue }
            values[position] = member.value
        }
        append("\(shape.name)(")
        for (position, member) in shape.members.enumerated() {
            append(position > 0 ? ", \(member.messageName)=" : "\(member.messageName)=")
            guard let entry = values[position] else {
                append("null")
                continue
            }
            append(shapes[member.shape.position], JSONValue(value.index, at: entry))
        }
        for name in Self.unknownMembers[shape.name] ?? [] { append(", \(name)=null") }
        append(")")
    }

    private mutating func appendMap(_ shape: Shape, _ value: JSONValue) {
        guard let keyShape = shape.key.map({ shapes[$0.position] }),
            let element = shape.element.map({ shapes[$0.position] })
        else { return }
        let members = value.members
        let order = JavaOrder.mapOrder(members.map(\.key.description))
        append("{")
        for (number, position) in order.enumerated() {
            if number > 0 { append(", ") }
            append(keyShape.isSensitive ? Self.redacted : members[position].key.description)
            append("=")
            append(element, members[position].value)
        }
        append("}")
    }

    /// A time as `java.util.Date` writes it, `Wed Jun 16 11:33:45 UTC 2021`.
    private static func date(_ value: JSONValue) -> String {
        var nanoseconds: Int64?
        if value.kind == .number {
            let seconds = JSONNumber.comparableValue(value.text) ?? 0
            nanoseconds = Int64(exactly: (seconds * 1000).rounded(.down) * 1_000_000)
        } else {
            nanoseconds = EventTime.nanoseconds(value.index.stringBytes(at: value.entry))
        }
        guard let nanoseconds else { return String(decoding: value.text, as: UTF8.self) }
        let second: Int64 = 1_000_000_000
        let seconds = nanoseconds / second - (nanoseconds % second < 0 ? 1 : 0)
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        let inDay = seconds - days * 86_400
        let date = EventTime.civilDate(daysSince1970: days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let weekday = weekdays[Int((days % 7 + 7) % 7)]
        let time = "\(two(inDay / 3600)):\(two(inDay / 60 % 60)):\(two(inDay % 60))"
        let month = months[Int(date.month) - 1]
        return "\(weekday) \(month) \(two(Int64(date.day))) \(time) UTC \(date.year)"
    }
}

/// A number of JSON as a number of Java: what doesn't fit is the next that does, and what stands behind
/// the point is cut off where it is a whole number.
struct JavaNumber: CustomStringConvertible {
    private let whole: Int?
    private let fraction: Double

    init(_ text: UnsafeBufferPointer<UInt8>, _ kind: Shape.Kind) {
        let string = String(decoding: text, as: UTF8.self)
        fraction = JSONNumber.comparableValue(text) ?? Double(string) ?? 0
        guard kind == .integer || kind == .long else {
            whole = nil
            return
        }
        let least = kind == .integer ? Int(Int32.min) : .min
        let largest = kind == .integer ? Int(Int32.max) : .max
        let cut = fraction >= 0x1p63 ? .max : fraction < -0x1p63 ? .min : Int(fraction)
        whole = min(max(Int(string) ?? cut, least), largest)
    }

    /// The whole numbers that it lies between, or is.
    var bounds: ClosedRange<Int> {
        if let whole { return whole...whole }
        guard fraction.magnitude < 0x1p62 else {
            let bound: Int = fraction > 0 ? .max : .min
            return bound...bound
        }
        return Int(fraction.rounded(.down))...Int(fraction.rounded(.up))
    }

    var description: String { whole.map(String.init) ?? "\(fraction)" }
}
