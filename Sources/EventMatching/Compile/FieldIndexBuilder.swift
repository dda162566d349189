internal import EventPattern
internal import JSONScan

/// Collects, for one field, what its values have to be looked up for.
struct FieldIndexBuilder {
    struct Probe: Hashable {
        var kind: FieldIndex.Probe
        var bytes: [UInt8]
    }

    struct Folded: Hashable {
        var text: ExactString
        var anchor: Anchor
    }

    /// A target in terms of this field: exclusions are counted from 0 in each one.
    typealias Targets = [Target]

    var probes: [Probe: Targets] = [:]
    var wildcards: [Wildcard: Targets] = [:]
    var folded: [Folded: Targets] = [:]
    var ranges: [NumericRange: Targets] = [:]
    var blocks: [AddressBlock: Targets] = [:]
    var present: Targets = []
    /// The `anything-but`s.
    var exclusions: [Exclusion] = []

    /// Adds one alternative of a condition. (`exists: false` is no property of a value: the
    /// condition itself knows it.)
    ///
    /// - Parameter isAlone: whether it is the only one.
    mutating func add(
        _ value: ValuePattern, to condition: UInt32, at field: UInt32, isAlone: Bool
    ) {
        let target = Target.condition(condition)
        switch value {
        case .string(let text):
            if let address = NetworkAddress(text) {
                add(.address, address.probeBytes, target)
            } else {
                add(.string, text.utf8, target)
            }
        case .exactly(let text): add(.string, text.utf8, target)
        case .number(let number): add(number, target)
        case .literal(let literal): add(.literal, Array(literal.rawValue.utf8.prefix(1)), target)
        case .text(let pattern): add(pattern, target)
        case .numeric(let range):
            // Only `=` has equal ends: any other range with them is refused.
            if let lower = range.lower, lower == range.upper {
                add(lower.number, target)
            } else {
                ranges[range, default: []].append(target)
            }
        case .cidr(let block): blocks[block, default: []].append(target)
        case .exists(let wanted): if wanted { present.append(target) }
        case .anythingBut(let excluded):
            add(excluded, Exclusion(condition: condition, field: field, isDefault: isAlone))
        }
    }

    private mutating func add(_ excluded: AnythingBut, _ exclusion: Exclusion) {
        let target = Target.exclusion(UInt32(exclusions.count))
        exclusions.append(exclusion)
        switch excluded {
        case .strings(let strings): for text in strings { add(.string, text.utf8, target) }
        case .numbers(let numbers): for number in numbers { add(number, target) }
        case .text(let patterns): for pattern in patterns { add(pattern, target) }
        }
    }

    private mutating func add(_ number: PatternNumber, _ target: Target) {
        if let value = number.value {
            add(.number, value.probeBytes, target)
        } else {
            add(.numberText, number.text.utf8, target)
        }
    }

    private mutating func add(_ pattern: TextPattern, _ target: Target) {
        switch pattern {
        case .prefix(let text): add(.prefix, text.utf8, target)
        case .suffix(let text): add(.suffix, text.utf8, target)
        case .equalsIgnoreCase(let text): add(text, .whole, else: .folded, target)
        case .prefixIgnoreCase(let text): add(text, .start, else: .foldedPrefix, target)
        case .suffixIgnoreCase(let text): add(text, .end, else: .foldedSuffix, target)
        case .wildcard(let wildcard):
            // Most wildcards are something simpler.
            let pieces = wildcard.pieces
            if pieces.count == 1 {
                add(.string, pieces[0].utf8, target)
            } else if pieces.count == 2, pieces[1].utf8.isEmpty {
                add(.prefix, pieces[0].utf8, target)
            } else if pieces.count == 2, pieces[0].utf8.isEmpty {
                add(.suffix, pieces[1].utf8, target)
            } else {
                wildcards[wildcard, default: []].append(target)
            }
        }
    }

    /// A string that ignores case: a probe where it is ASCII, a test of its own where not.
    private mutating func add(
        _ text: ExactString, _ anchor: Anchor, else probe: FieldIndex.Probe, _ target: Target
    ) {
        if let key = CaseFolding.asciiKey(text) {
            add(probe, key, target)
        } else {
            folded[Folded(text: text, anchor: anchor), default: []].append(target)
        }
    }

    private mutating func add(_ kind: FieldIndex.Probe, _ bytes: [UInt8], _ target: Target) {
        probes[Probe(kind: kind, bytes: bytes), default: []].append(target)
    }
}

extension Double {
    /// What a number is looked up by.
    fileprivate var probeBytes: [UInt8] { withUnsafeBytes(of: bitPattern, Array.init) }
}

extension NetworkAddress {
    /// What an address is looked up by. An IPv6 address below 2^32 and the IPv4 address of the same
    /// number differ in their length.
    fileprivate var probeBytes: [UInt8] {
        isIPv4
            ? withUnsafeBytes(of: UInt32(truncatingIfNeeded: bits), Array.init)
            : withUnsafeBytes(of: bits, Array.init)
    }
}
