internal import EventPattern
internal import JSONScan

/// Lays the fields' indexes out in flat tables, field after field.
struct FieldFreezer {
    private(set) var fields: [FieldIndex] = []
    private(set) var probes: [ProbeTable.Key: Run] = [:]
    private(set) var targets = RunBuilder<Target>()
    private(set) var exclusions = RunBuilder<UInt32>()
    private(set) var lengths = RunBuilder<UInt32>()
    private(set) var wildcardTests = RunBuilder<WildcardTest>()
    private(set) var wildcards: [WildcardIndex] = []
    private(set) var folded = RunBuilder<FoldedTest>()
    private(set) var ranges = IntervalTablesBuilder<UInt64>()
    private(set) var blocks = IntervalTablesBuilder<UInt128>()
    private(set) var text = RunBuilder<UInt8>()
    private(set) var pieces = RunBuilder<Run>()
    private(set) var characters = RunBuilder<FoldedTest.Character>()

    /// Adds the next field.
    mutating func add(_ field: FieldIndexBuilder, number: UInt32) {
        var index = FieldIndex()
        index.exclusions = exclusions.append(field.exclusions)
        let firstExclusion = index.exclusions.start
        index.present = freeze(field.present, firstExclusion)

        var lengthsByKind: [FieldIndex.Probe: Set<UInt32>] = [:]
        for (probe, targets) in field.probes {
            index.probes |= 1 << probe.kind.rawValue
            probes[.init(space: FieldIndex.space(number, probe.kind), bytes: probe.bytes)] =
                freeze(targets, firstExclusion)
            lengthsByKind[probe.kind, default: []].insert(UInt32(probe.bytes.count))
        }
        index.prefixLengths = lengths.append((lengthsByKind[.prefix] ?? []).sorted())
        index.suffixLengths = lengths.append((lengthsByKind[.suffix] ?? []).sorted())
        index.foldedPrefixLengths = lengths.append((lengthsByKind[.foldedPrefix] ?? []).sorted())
        index.foldedSuffixLengths = lengths.append((lengthsByKind[.foldedSuffix] ?? []).sorted())

        if WildcardTest.suits(field.wildcards.keys) {
            index.wildcardTests = wildcardTests.append(
                field.wildcards.map { wildcard, targets in
                    WildcardTest(
                        pieces: pieces.append(wildcard.pieces.map { text.append($0.utf8) }),
                        targets: freeze(targets, firstExclusion))
                })
        } else {
            index.wildcards = UInt32(wildcards.count)
            wildcards.append(
                WildcardIndex(field.wildcards.map { ($0, freeze($1, firstExclusion)) }))
        }
        index.folded = folded.append(
            field.folded.map { folded, targets in
                let spellings = CaseFolding.spellings(folded.text).map {
                    FoldedTest.Character(lower: text.append($0.lower), upper: text.append($0.upper))
                }
                return FoldedTest(
                    characters: characters.append(spellings), anchor: folded.anchor,
                    targets: freeze(targets, firstExclusion))
            })
        index.ranges = ranges.add(
            field.ranges.map { range, targets in
                let bounds = range.intervalBounds
                return .init(
                    low: bounds.low, high: bounds.high, targets: absolute(targets, firstExclusion))
            }, &targets)
        index.blocksIPv4 = freezeBlocks(of: field, isIPv4: true, firstExclusion)
        index.blocksIPv6 = freezeBlocks(of: field, isIPv4: false, firstExclusion)
        fields.append(index)
    }

    private mutating func freezeBlocks(
        of field: FieldIndexBuilder, isIPv4: Bool, _ firstExclusion: UInt32
    ) -> IntervalIndex {
        let intervals = field.blocks.filter { $0.key.address.isIPv4 == isIPv4 }.map {
            IntervalTablesBuilder<UInt128>.Interval(
                low: $0.key.bounds.lowerBound, high: $0.key.bounds.upperBound,
                targets: absolute($0.value, firstExclusion))
        }
        return blocks.add(intervals, &targets)
    }

    private mutating func freeze(_ fieldTargets: [Target], _ firstExclusion: UInt32) -> Run {
        targets.append(absolute(fieldTargets, firstExclusion))
    }

    /// Targets in terms of the whole rule set.
    private func absolute(_ fieldTargets: [Target], _ firstExclusion: UInt32) -> [Target] {
        fieldTargets.map { target in
            target.isExclusion ? .exclusion(firstExclusion + target.number) : target
        }
    }
}
