internal import EventPattern
internal import JSONScan

/// Collects, for one field, what its values have to be looked up for. Where each alternative is looked
/// up is ``EngineChoice``'s to say.
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

    private(set) var probes: [Probe: Targets] = [:]
    private(set) var wildcards: [Wildcard: Targets] = [:]
    private(set) var folded: [Folded: Targets] = [:]
    private(set) var ranges: [NumericRange: Targets] = [:]
    private(set) var blocks: [AddressBlock: Targets] = [:]
    private(set) var present: Targets = []
    /// The `anything-but`s.
    private(set) var exclusions: [Exclusion] = []

    /// Adds one alternative of a condition. (`exists: false` is no property of a value: the
    /// condition itself knows it.)
    ///
    /// - Parameter isAlone: whether it is the only one.
    mutating func add(
        _ value: ValuePattern, to condition: UInt32, at field: UInt32, isAlone: Bool
    ) {
        let target = Target.condition(condition)
        switch value {
        case .string(let text): add(EngineChoice.lookup(forString: text), target)
        case .exactly(let text): add(EngineChoice.lookup(forText: text), target)
        case .number(let number): add(EngineChoice.lookup(for: number), target)
        case .literal(let literal): add(EngineChoice.lookup(for: literal), target)
        case .text(let pattern): add(EngineChoice.lookup(for: pattern), target)
        case .numeric(let range): add(EngineChoice.lookup(for: range), target)
        case .cidr(let block): add(.block(block), target)
        case .exists(let wanted): if wanted { add(.presence, target) }
        case .anythingBut(let excluded):
            add(excluded, Exclusion(condition: condition, field: field, isDefault: isAlone))
        }
    }

    private mutating func add(_ excluded: AnythingBut, _ exclusion: Exclusion) {
        let target = Target.exclusion(UInt32(exclusions.count))
        exclusions.append(exclusion)
        switch excluded {
        case .strings(let strings):
            for text in strings { add(EngineChoice.lookup(forText: text), target) }
        case .numbers(let numbers):
            for number in numbers { add(EngineChoice.lookup(for: number), target) }
        case .text(let patterns):
            for pattern in patterns { add(EngineChoice.lookup(for: pattern), target) }
        }
    }

    private mutating func add(_ lookup: EngineChoice.Lookup, _ target: Target) {
        switch lookup {
        case .probe(let kind, let bytes):
            probes[Probe(kind: kind, bytes: bytes), default: []].append(target)
        case .wildcard(let wildcard): wildcards[wildcard, default: []].append(target)
        case .folded(let text, let anchor):
            folded[Folded(text: text, anchor: anchor), default: []].append(target)
        case .range(let range): ranges[range, default: []].append(target)
        case .block(let block): blocks[block, default: []].append(target)
        case .presence: present.append(target)
        }
    }
}
