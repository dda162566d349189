package import JSONScan

/// An entry of a `PutEvents` request as it stands in the request's body: for events that are made without
/// a value of anything in between.
///
/// It borrows the body, and its index.
package struct EntryText: BitwiseCopyable {
    /// The source, with its quotes.
    package private(set) var source = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The detail type, with its quotes.
    package private(set) var detailType = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What the detail's quotes enclose, with its escapes.
    package private(set) var detail = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The bus, without quotes; empty for none.
    package private(set) var bus = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Seconds since 1970; nil for now.
    package private(set) var seconds: Int64?
    /// The entry of the index at which the list of resources begins; 0 for none.
    private(set) var resources = 0
    /// Its size as the service counts it, or more: a detail's escapes count as they are written.
    package private(set) var byteCountMax = 0

    /// Reads an entry. O(members and resources).
    ///
    /// - Returns: nil where it has anything unusual, which is left to those who read it at leisure: a
    ///   member that is missing, repeated, unknown or of another type, an escape outside of its detail, a
    ///   surrogate's escape within, a detail that does not begin with `{`, a time that is no whole number.
    package init?(_ index: StructuralIndex, at entry: Int) {
        guard index.byte(at: entry) == UInt8(ascii: "{") else { return nil }
        var seen = Members()
        for member in index.members(of: entry) {
            guard let name = Members(index.stringBytes(at: member.key)), seen.insert(name).inserted,
                read(name, index, at: member.value)
            else { return nil }
        }
        guard seen.isSuperset(of: .required) else { return nil }
    }

    private mutating func read(
        _ name: Members, _ index: StructuralIndex, at value: Int
    ) -> Bool {
        switch name {
        case .time: return readTime(index, at: value)
        case .resources: return readResources(index, at: value)
        case .detail:
            guard index.byte(at: value) == UInt8(ascii: "\"") else { return false }
            let text = index.stringBytes(at: value)
            detail = UnsafeRawBufferPointer(text)
            byteCountMax += text.count
            // With blanks before it, it would be an object all the same.
            return text.first == UInt8(ascii: "{")
        default: break
        }
        guard let text = Self.plain(index, at: value), !text.isEmpty else { return false }
        switch name {
        case .source:
            source = Self.quoted(text)
            byteCountMax += text.count
            // Such sources are for some senders only.
            return !text.starts(with: "aws.".utf8)
        case .detailType:
            detailType = Self.quoted(text)
            byteCountMax += text.count
            return true
        case .bus:
            bus = UnsafeRawBufferPointer(text)
            return true
        case .traceHeader: return text.count <= 500
        default: return false
        }
    }

    private mutating func readTime(_ index: StructuralIndex, at value: Int) -> Bool {
        guard index.byte(at: value) &- UInt8(ascii: "0") < 10 else { return false }
        let digits = index.scalarBytes(at: value)
        // Up to the year 2286.
        guard digits.count <= 10 else { return false }
        var number: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            number = number &* 10 &+ Int64(digit)
        }
        seconds = number
        byteCountMax += 14
        return true
    }

    private mutating func readResources(_ index: StructuralIndex, at value: Int) -> Bool {
        guard index.byte(at: value) == UInt8(ascii: "[") else { return false }
        for element in index.elements(of: value) {
            guard let text = Self.plain(index, at: element), text.count <= 2_048 else {
                return false
            }
            byteCountMax += text.count
        }
        resources = value
        return true
    }

    /// The bytes of a string without escapes.
    private static func plain(
        _ index: StructuralIndex, at value: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard index.byte(at: value) == UInt8(ascii: "\"") else { return nil }
        let text = index.stringBytes(at: value)
        return index.mayHaveEscapes(at: value, text.count) && text.contains(UInt8(ascii: "\\"))
            ? nil : text
    }

    /// A string's bytes with the quotes that stand around them.
    static func quoted(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: text.baseAddress.map { UnsafeRawPointer($0) - 1 }, count: text.count + 2)
    }

    /// The members that an entry can have.
    private struct Members: OptionSet {
        let rawValue: Int

        static let source = Members(rawValue: 1)
        static let detailType = Members(rawValue: 2)
        static let detail = Members(rawValue: 4)
        static let bus = Members(rawValue: 8)
        static let time = Members(rawValue: 16)
        static let resources = Members(rawValue: 32)
        static let traceHeader = Members(rawValue: 64)
        static let required: Members = [.source, .detailType, .detail]

        init(rawValue: Int) { self.rawValue = rawValue }

        /// The member of a name.
        init?(_ name: UnsafeBufferPointer<UInt8>) {
            func isCalled(_ text: StaticString) -> Bool {
                JSONString.isPlain(name, text)
            }
            switch name.count {
            case 4 where isCalled("Time"): self = .time
            case 6 where isCalled("Source"): self = .source
            case 6 where isCalled("Detail"): self = .detail
            case 9 where isCalled("Resources"): self = .resources
            case 10 where isCalled("DetailType"): self = .detailType
            case 11 where isCalled("TraceHeader"): self = .traceHeader
            case 12 where isCalled("EventBusName"): self = .bus
            default: return nil
            }
        }
    }
}
