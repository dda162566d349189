internal import JSONScan

/// Builds the syntax tree of a pattern from a scanned text.
struct PatternParser {
    /// Whether `$or` is an operator; else it is a field like any other.
    let recognizesOr: Bool
    let text: UnsafeRawBufferPointer

    /// Parses a pattern.
    ///
    /// As in the reference implementation, a pattern in which some `$or` is not a valid list of
    /// alternatives is read a second time with `$or` as an ordinary field. Where that fails too,
    /// the first error is the one that tells more.
    static func parse(_ text: UnsafeRawBufferPointer) throws(PatternError) -> EventPattern {
        var scanner = StructuralScanner()
        let root: JSONValue
        do {
            root = JSONValue(try scanner.scan(text))
        } catch {
            throw PatternError(
                error.kind == .notAnObject ? .notAnObject : .json(error.kind),
                offset: error.offset, in: text)
        }
        do {
            return EventPattern(
                root: try PatternParser(recognizesOr: true, text: text).object(root))
        } catch {
            let plain = PatternParser(recognizesOr: false, text: text)
            guard mentionsOr(root), let object = try? plain.object(root) else { throw error }
            return EventPattern(root: object)
        }
    }

    private static func mentionsOr(_ value: JSONValue) -> Bool {
        value.members.contains { $0.key == orKey || mentionsOr($0.value) }
    }

    func fail(_ reason: PatternError.Reason, at value: JSONValue) -> PatternError {
        PatternError(reason, offset: value.offset, in: text)
    }

    /// Runs something that fails without a position, and adds the position of `value`.
    func located<Result>(
        at value: JSONValue, _ body: () throws(PatternError.Reason) -> Result
    ) throws(PatternError) -> Result {
        do { return try body() } catch { throw fail(error, at: value) }
    }

    private func object(_ value: JSONValue) throws(PatternError) -> PatternObject {
        var members: [PatternMember] = []
        try value.forEachMember { member throws(PatternError) in
            members.append(try self.member(member))
        }
        guard !members.isEmpty else { throw fail(.emptyObject, at: value) }
        return PatternObject(members: members)
    }

    private func member(_ member: JSONValue.Member) throws(PatternError) -> PatternMember {
        if recognizesOr, member.key == orKey { return .or(try alternatives(member.value)) }
        switch member.value.kind {
        case .object:
            return .object(key: member.key, try object(member.value))
        case .array:
            var values: [ValuePattern] = []
            for element in member.value.elements { values.append(try valuePattern(element)) }
            guard !values.isEmpty else { throw fail(.emptyArray, at: member.value) }
            return .values(key: member.key, values)
        case .string, .number, .true, .false, .null:
            throw fail(.notObjectOrArray(key: member.key), at: member.value)
        }
    }

    private func alternatives(_ value: JSONValue) throws(PatternError) -> [PatternObject] {
        let elements = value.elements
        guard value.kind == .array, elements.count >= 2 else {
            throw fail(.malformedOr("a list of at least two objects was expected"), at: value)
        }
        var alternatives: [PatternObject] = []
        for element in elements {
            guard element.kind == .object else {
                throw fail(.malformedOr("each alternative has to be an object"), at: element)
            }
            try refuseReservedNames(element)
            alternatives.append(try object(element))
        }
        return alternatives
    }

    private func refuseReservedNames(_ value: JSONValue) throws(PatternError) {
        try value.forEachMember { member throws(PatternError) in
            if isReserved(member.key) {
                throw PatternError(.reservedName(member.key), offset: member.keyOffset, in: text)
            }
            try refuseReservedNames(member.value)
        }
    }
}

private let orKey: ExactString = "$or"

private let reservedNames: Set<ExactString> = [
    "exactly", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
    "equals-ignore-case", "=", "<", "<=", ">", ">=", "regex", "not-wildcard",
    "not-equals-ignore-case", "in-date-range",
]

/// Whether a name is an operator's, now or (says the reference implementation) some day, so that an
/// alternative of `$or` that has it as a field is a match expression.
private func isReserved(_ name: ExactString) -> Bool {
    reservedNames.contains(name) || name.utf8.starts(with: "date-".utf8)
        || name.utf8.starts(with: "ip-address-".utf8)
}
