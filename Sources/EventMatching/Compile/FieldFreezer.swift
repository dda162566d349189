internal import EventPattern
internal import JSONScan

/// Lays the fields' indexes out in flat tables, field after field.
struct FieldFreezer {
    private(set) var fields: [FieldIndex] = []
    private(set) var probes: [ProbeTable.Key: TableRange] = [:]
    private(set) var targets = TableBuilder<Target>()
    private(set) var exclusions = TableBuilder<Exclusion>()
    private(set) var defaultCandidates = TableBuilder<UInt32>()
    private(set) var soleBits = TableBuilder<UInt64>()
    private(set) var soleRules = TableBuilder<UInt32>()
    private(set) var lengths = TableBuilder<AffixLength>()
    private(set) var wildcardTests = TableBuilder<WildcardTest>()
    private(set) var wildcards: [WildcardIndex] = []
    private(set) var folded = TableBuilder<FoldedTest>()
    private(set) var ranges = IntervalTablesBuilder<UInt64>()
    private(set) var blocks = IntervalTablesBuilder<UInt128>()
    private(set) var text = TableBuilder<UInt8>()
    private(set) var pieces = TableBuilder<TableRange>()
    private(set) var characters = TableBuilder<FoldedTest.Character>()

    /// The rules that consist of a condition, by condition.
    private let soleRulesOfConditions: [[UInt32]]
    /// Whether other branches hang on a condition too.
    private let hasOtherBranches: [Bool]
    private let ruleCount: Int

    init(soleRules: [[UInt32]], hasOtherBranches: [Bool], ruleCount: Int) {
        soleRulesOfConditions = soleRules
        self.hasOtherBranches = hasOtherBranches
        self.ruleCount = ruleCount
    }

    /// Adds the next field.
    mutating func add(
        _ field: FieldIndexBuilder, number: UInt32, in memory: inout TableMemory
    ) {
        var index = FieldIndex()
        let exclusionNumbers = addExclusions(of: field, to: &index)
        index.present = freeze(field.present, exclusionNumbers)

        var affixes: [FieldIndex.Probe: [UInt32: AffixLength]] = [:]
        for (probe, targets) in field.probes {
            index.probes |= 1 << probe.kind.rawValue
            probes[.init(space: FieldIndex.space(number, probe.kind), bytes: probe.bytes)] =
                freeze(targets, exclusionNumbers)
            let length = UInt32(probe.bytes.count)
            affixes[probe.kind, default: [:]][length, default: AffixLength(count: length)]
                .add(probe.bytes)
        }
        index.prefixLengths = add(affixes[.prefix])
        index.suffixLengths = add(affixes[.suffix])
        index.foldedPrefixLengths = add(affixes[.foldedPrefix])
        index.foldedSuffixLengths = add(affixes[.foldedSuffix])

        if EngineChoice.triesOneByOne(field.wildcards.keys) {
            index.wildcardTests = wildcardTests.append(
                field.wildcards.map { wildcard, targets in
                    WildcardTest(
                        pieces: pieces.append(wildcard.pieces.map { text.append($0.utf8) }),
                        targets: freeze(targets, exclusionNumbers))
                })
        } else {
            index.wildcards = UInt32(wildcards.count)
            wildcards.append(
                WildcardIndex(
                    field.wildcards.map { ($0, freeze($1, exclusionNumbers)) }, in: &memory))
        }
        index.folded = folded.append(
            field.folded.map { folded, targets in
                let spellings = CaseFolding.spellings(folded.text).map {
                    FoldedTest.Character(lower: text.append($0.lower), upper: text.append($0.upper))
                }
                return FoldedTest(
                    characters: characters.append(spellings), anchor: folded.anchor,
                    targets: freeze(targets, exclusionNumbers))
            })
        index.ranges = ranges.add(
            field.ranges.map { range, targets in
                let bounds = range.intervalBounds
                return .init(
                    low: bounds.low, high: bounds.high, targets: absolute(targets, exclusionNumbers)
                )
            }, &targets)
        index.blocksIPv4 = freezeBlocks(of: field, isIPv4: true, exclusionNumbers)
        index.blocksIPv6 = freezeBlocks(of: field, isIPv4: false, exclusionNumbers)
        index.noteStringTests()
        index.filter = LeafFilter(of: field)
        fields.append(index)
    }

    private mutating func add(_ affixes: [UInt32: AffixLength]?) -> TableRange {
        lengths.append((affixes ?? [:]).values.sorted { $0.count < $1.count })
    }

    private mutating func freezeBlocks(
        of field: FieldIndexBuilder, isIPv4: Bool, _ exclusionNumbers: [UInt32]
    ) -> IntervalIndex {
        let intervals = field.blocks.filter { $0.key.address.isIPv4 == isIPv4 }.map {
            IntervalTablesBuilder<UInt128>.Interval(
                low: $0.key.bounds.lowerBound, high: $0.key.bounds.upperBound,
                targets: absolute($0.value, exclusionNumbers))
        }
        return blocks.add(intervals, &targets)
    }

    private mutating func freeze(_ fieldTargets: [Target], _ exclusionNumbers: [UInt32])
        -> TableRange
    {
        targets.append(absolute(fieldTargets, exclusionNumbers))
    }

    /// Targets in terms of the whole rule set, conditions first.
    private func absolute(_ fieldTargets: [Target], _ exclusionNumbers: [UInt32]) -> [Target] {
        let exclusions = fieldTargets.lazy.filter(\.isExclusion).map {
            Target.exclusion(exclusionNumbers[Int($0.number)])
        }
        return fieldTargets.filter { !$0.isExclusion } + exclusions
    }

    /// Adds a field's exclusions, those that hold by default behind the others.
    ///
    /// - Returns: the numbers that the field's exclusions have now.
    private mutating func addExclusions(
        of field: FieldIndexBuilder, to index: inout FieldIndex
    ) -> [UInt32] {
        let order =
            field.exclusions.indices.filter { !field.exclusions[$0].isDefault }
            + field.exclusions.indices.filter { field.exclusions[$0].isDefault }
        let sorted = order.map { field.exclusions[$0] }
        let defaults = sorted.drop { !$0.isDefault }
        let soleCount = defaults.reduce(0) {
            $0 + soleRulesOfConditions[Int($1.condition)].count
        }
        let hasBits = soleCount >= EngineChoice.soleRulesMin
        if hasBits { index.soleBits = addSoleBits(of: defaults) }

        let first = UInt32(exclusions.elements.count)
        var withCandidates: [UInt32] = []
        index.exclusions = exclusions.append(sorted.prefix { !$0.isDefault })
        index.defaultExclusions = exclusions.append(
            defaults.map { exclusion in
                var exclusion = exclusion
                let sole = soleRulesOfConditions[Int(exclusion.condition)]
                if hasBits { exclusion.soleRules = soleRules.append(sole) }
                return exclusion
            })
        for (offset, exclusion) in sorted.enumerated() where exclusion.isDefault {
            let condition = Int(exclusion.condition)
            if hasOtherBranches[condition] || !hasBits && !soleRulesOfConditions[condition].isEmpty
            {
                withCandidates.append(first + UInt32(offset))
            }
        }
        index.defaultCandidates = defaultCandidates.append(withCandidates)

        var numbers = [UInt32](repeating: 0, count: order.count)
        for (offset, local) in order.enumerated() { numbers[local] = first + UInt32(offset) }
        return numbers
    }

    private mutating func addSoleBits(of exclusions: ArraySlice<Exclusion>) -> TableRange {
        var bits = [UInt64](repeating: 0, count: ruleCount / 64 + 1)
        for exclusion in exclusions {
            for rule in soleRulesOfConditions[Int(exclusion.condition)] {
                bits[Int(rule / 64)] |= 1 << UInt64(rule % 64)
            }
        }
        return soleBits.append(bits)
    }
}
