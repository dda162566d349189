/// An `anything-but`: satisfied by every value of its field that no lookup or test excludes.
///
/// Nearly every value satisfies nearly every one of them, so satisfied ones are not listed. A
/// condition that is a single `anything-but` holds *by default*: the walk counts the values that its
/// field has, lookups count those that it excludes, and the condition is satisfied if there are more
/// of the first. The cost of a value is that of what it excludes, however many `anything-but`s there
/// are. Inside elements of arrays, where it matters which value satisfies, they are gone through one
/// by one; so are those that share their list with other alternatives.
///
/// Rules that consist of nothing else are, for each field that has many, a row of bits: it is joined
/// to the matches as a whole, less the bits of what is excluded.
struct Exclusion: BitwiseCopyable {
    var condition: UInt32
    var field: UInt32
    /// Whether the condition is this `anything-but` and nothing else.
    var isDefault: Bool
    /// The rules that consist of this condition, in ``RuleTables/soleRules``; empty where the field
    /// has no bits for them.
    var soleRules = TableRange()
}

extension Matcher {
    /// Takes note that the current leaf is excluded.
    @inline(__always)
    mutating func exclude(_ number: UInt32, _ scope: UInt32) {
        guard exclusionLeaves[number] != leafNumber else { return }
        exclusionLeaves[number] = leafNumber
        guard scope == Scope.outside, tables.exclusions[number].isDefault else { return }
        if excludedCounts[number] == 0 { excluded.append(number) }
        // Not by an operator that assigns: ThreadSanitizer would take that for a change of what the
        // matcher begins with, its rules, which matchers share.
        excludedCounts[number] = excludedCounts[number] &+ 1
    }

    /// Takes note of a leaf of a field that has `anything-but`s, after all lookups.
    mutating func settleExclusions(
        _ index: UnsafePointer<FieldIndex>, _ field: UInt32, _ scope: UInt32
    ) {
        satisfyNotExcluded(index.pointee.exclusions, scope)
        guard !index.pointee.defaultExclusions.isEmpty else { return }
        if scope == Scope.outside {
            if defaultLeaves[field] == 0 { defaultFields.append(field) }
            defaultLeaves[field] = defaultLeaves[field] &+ 1
        } else {
            satisfyNotExcluded(index.pointee.defaultExclusions, scope)
        }
    }

    private mutating func satisfyNotExcluded(_ exclusions: TableRange, _ scope: UInt32) {
        for number in exclusions.positions {
            let number = UInt32(truncatingIfNeeded: number)
            if exclusionLeaves[number] != leafNumber {
                satisfy(tables.exclusions[number].condition, scope)
            }
        }
    }

    /// Whether a condition is satisfied.
    @inline(__always)
    func isSatisfied(_ condition: UInt32) -> Bool {
        let state = states[condition]
        if state.isEmpty { return false }
        return state != .byDefault || isSatisfiedByDefault(condition)
    }

    /// What an event has shown of a condition, defaults included.
    func state(of condition: UInt32) -> ConditionState {
        let state = states[condition]
        return state.contains(.byDefault) && isSatisfiedByDefault(condition)
            ? state.union(.free) : state
    }

    private func isSatisfiedByDefault(_ condition: UInt32) -> Bool {
        let number = tables.conditions[condition].exclusion
        return defaultLeaves[tables.exclusions[number].field] > excludedCounts[number]
    }

    /// Collects the candidates of conditions that hold by default.
    mutating func collectDefaults() {
        for number in 0..<defaultFields.count {
            let index = tables.fields.base + Int(defaultFields[number])
            for position in index.pointee.defaultCandidates.positions {
                let condition = tables.exclusions[tables.defaultCandidates[position]].condition
                if isSatisfiedByDefault(condition) { collectList(of: condition) }
            }
            if !index.pointee.soleBits.isEmpty {
                noteSoleRules(index.pointee.soleBits, of: defaultFields[number])
            }
        }
    }

    /// Notes all rules of a field's bits that are not excluded. O(rules / 64 + excluded).
    private mutating func noteSoleRules(_ range: TableRange, of field: UInt32) {
        toggleExcluded(of: field, range)
        for position in range.positions {
            let bits = soleBits[UInt32(truncatingIfNeeded: position)]
            if bits != 0 { note(bits, atWord: position &- Int(range.start)) }
        }
        toggleExcluded(of: field, range)
    }

    /// Turns the bits off, or on again, of rules that every leaf of their field excludes.
    private mutating func toggleExcluded(of field: UInt32, _ bits: TableRange) {
        for position in 0..<excluded.count {
            let number = excluded[position]
            let exclusion = tables.exclusions[number]
            guard exclusion.field == field, excludedCounts[number] == defaultLeaves[field] else {
                continue
            }
            for rule in exclusion.soleRules.positions {
                let rule = tables.soleRules[rule]
                let word = bits.start &+ rule / 64
                soleBits[word] = soleBits[word] ^ (1 << UInt64(rule % 64))
            }
        }
    }
}
