internal import EventPattern

/// What a ``RuleBook`` consists of, as those see it who change it: one after the other.
struct RuleBookContents {
    private(set) var names = RuleNames()
    private(set) var edition = RuleEdition([], changeCount: 0)
    var mailboxes = Mailboxes()
    /// The merges that are going on.
    var merging: [RuleMerge] = []
    private var nextNumber: UInt64 = 0

    init() {}

    init(fixed rules: RuleSet) {
        edition = RuleEdition([RulePart(level: RuleLevel(fixed: rules))], changeCount: 0)
    }

    /// Makes a change.
    ///
    /// - Parameters:
    ///   - compiled: the rules that it adds, if they are to be a level of their own.
    ///   - compile: compiles others.
    /// - Returns: the edition before, for the caller to let go of in its own time.
    /// - Throws: what can't be done; nothing was changed then.
    mutating func apply(
        _ effects: [RuleEffect], _ compiled: RuleSet?,
        _ compile: ([EventPattern]) -> RuleSet
    ) throws(RuleError) -> RuleEdition {
        for effect in effects {
            try effect.check(whetherPresent: names[effect.name] != nil)
        }
        var added: [LiveRule] = []
        var removed: [LiveRule] = []
        for effect in effects {
            if let old = names[effect.name] { removed.append(old) }
            let new = effect.outcome.map { LiveRule($0, number: nextNumber) }
            names[effect.name] = new
            guard let new else { continue }
            added.append(new)
            nextNumber += 1
        }
        var parts = partsOfEdition(without: removed)
        if let compiled {
            parts.append(RulePart(level: RuleLevel(added, compiled: compiled)))
        } else if !added.isEmpty {
            var room =
                parts.count < RuleBook.levelCountMax
                ? RuleBook.openWeightMax : RuleBook.openWeightMax * RuleBook.levelCountMax
            room -= effects.reduce(0) { $0 + ($1.outcome?.weight ?? 0) }
            while let last = parts.last, !isMerging(last), last.weight <= room {
                parts.removeLast()
                added = last.rules + added
                room -= last.weight
            }
            parts.append(RulePart(level: RuleLevel(added, compile)))
        }
        return publish(parts, changeCount: edition.changeCount + 1)
    }

    /// Whether rules may be compiled together with those of a part.
    func isOpen(_ part: RulePart) -> Bool {
        part.weight < RuleBook.openWeightMax && !isMerging(part)
    }

    func isMerging(_ part: RulePart) -> Bool {
        merging.contains { $0.parts.contains { $0.level === part.level } }
    }

    private func partsOfEdition(without removed: [LiveRule]) -> [RulePart] {
        var parts = edition.parts
        var positions = [[Int]](repeating: [], count: parts.count)
        for rule in removed {
            // Parts are in the order of their rules' numbers, and a level never has no rules.
            let found = parts.lastIndex { $0.level.rules[0].number <= rule.number }
            guard let found, let position = parts[found].level.position(of: rule) else {
                preconditionFailure("a rule that has a name is in no level")
            }
            positions[found].append(position)
        }
        for part in parts.indices { parts[part].remove(positions[part]) }
        // A small level costs nothing to let go of. Of large ones the merge takes care.
        parts.removeAll { $0.count == 0 && isOpen($0) && $0.level.weight <= RuleBook.openWeightMax }
        return parts
    }

    /// Makes an edition of some parts, and gives it to all matchers.
    ///
    /// - Parameter prepared: scratch memory that was made before, by mailbox.
    /// - Returns: the edition before.
    mutating func publish(
        _ parts: [RulePart], changeCount: UInt64, prepared: [ObjectIdentifier: LevelMatcher] = [:]
    ) -> RuleEdition {
        let before = edition
        edition = RuleEdition(parts, changeCount: changeCount)
        let known = Set(before.parts.map { ObjectIdentifier($0.level) })
        let new = parts.map(\.level).filter { !known.contains(ObjectIdentifier($0)) }
        for mailbox in mailboxes.all {
            let matchers = new.map { level in
                if let prepared = prepared[ObjectIdentifier(mailbox)], prepared.level === level {
                    return prepared
                }
                return LevelMatcher(level, for: mailbox)
            }
            mailbox.put(edition, matchers)
        }
        return before
    }
}

/// The mailboxes of the matchers that exist.
struct Mailboxes {
    private struct Entry {
        weak var mailbox: Mailbox?
    }

    private var entries: [Entry] = []
    /// When there are so many entries, those of matchers that are gone are taken out.
    private var limit = 16

    /// O(1), averaged over many.
    mutating func append(_ mailbox: Mailbox) {
        if entries.count >= limit {
            entries.removeAll { $0.mailbox == nil }
            limit = max(16, 2 * entries.count)
        }
        entries.append(Entry(mailbox: mailbox))
    }

    var all: [Mailbox] { entries.compactMap(\.mailbox) }
}
