internal import Dispatch

/// Neighbouring levels that are being compiled into one.
final class RuleMerge: Sendable {
    /// As they were when the merge began.
    let parts: [RulePart]
    /// Merges of about the same size wait for each other, and no others.
    let lane: Int

    init(_ parts: ArraySlice<RulePart>) {
        self.parts = Array(parts)
        lane = Self.lane(ofWeight: parts.reduce(0) { $0 + $1.weight })
    }

    /// The size by powers of 16.
    static func lane(ofWeight weight: Int) -> Int {
        (Int.bitWidth - weight.leadingZeroBitCount) / 4
    }
}

/// Merging in the background.
///
/// Sizes of levels stay geometric: levels are merged when the older one has at most
/// ``levelRatio`` times as many conditions as all newer ones of the merge together. So there are
/// O(log rules) levels, and a rule is compiled O(log rules) times until it lies in the first one. A
/// level that has lost a share of its rules is compiled anew.
extension RuleBook {
    /// Fewer levels make matching cheaper, and merging more expensive.
    static let levelRatio = 4
    /// A level is compiled anew when one in so many of its rules was removed.
    static let removedShare = 4
    /// More levels come about only where merging can't keep up; then changes merge the last ones.
    static let levelCountMax = 40

    /// Starts the merges that are due. Called on `changes`.
    func startMerges() {
        while let merge = contents.dueMerge() {
            contents.merging.append(merge)
            // The group is left when the merge has been let go of, with the levels that it knows.
            DispatchQueue.global(qos: .utility).async(group: merges) { self.perform(merge) }
        }
    }

    /// Merges all levels into one, and waits for it: after it, matching is as fast as with a rule
    /// set, and all memory of rules that were removed has come back. O(total size of the patterns).
    ///
    /// Changes may be made in the meantime, and there are more levels then.
    public func merge() {
        while true {
            // A full merge wants all levels, and some may be in other merges.
            merges.wait()
            var isDone = false
            let merge: RuleMerge? = changes.sync {
                let parts = contents.edition.parts
                isDone = parts.count <= 1 && parts.allSatisfy { $0.removed == nil }
                guard !isDone, contents.merging.isEmpty else { return nil }
                let merge = RuleMerge(parts[...])
                contents.merging.append(merge)
                merges.enter()
                return merge
            }
            if let merge {
                perform(merge)
                merges.leave()
            }
            if isDone || merge != nil { return }
        }
    }

    private func perform(_ merge: RuleMerge) {
        let rules = merge.parts.flatMap(\.rules)
        let level = rules.isEmpty ? nil : RuleLevel(rules, compile)
        let mailboxes = changes.sync { contents.mailboxes.all }
        var prepared: [ObjectIdentifier: LevelMatcher] = [:]
        if let level {
            for mailbox in mailboxes {
                prepared[ObjectIdentifier(mailbox)] = LevelMatcher(level, for: mailbox)
            }
        }
        // Rules that were removed in the meantime. Most are found before changes have to wait.
        var merged = level.map { RulePart(level: $0) }
        let seen = changes.sync { contents.parts(of: merge) }
        merged?.remove(Self.positions(ofRulesRemovedFrom: merge.parts, to: seen, in: level))
        let before = changes.sync {
            let now = contents.parts(of: merge)
            merged?.remove(Self.positions(ofRulesRemovedFrom: seen, to: now, in: level))
            let before = contents.replace(merge, by: merged, prepared)
            startMerges()
            return before
        }
        // Here, where nobody waits for it, go the levels that were merged. And what was prepared is known
        // by the mailboxes' addresses, which must not become those of others.
        withExtendedLifetime((before, mailboxes)) {}
    }

    /// Where rules are in a merged level that were removed from the levels that it was made of.
    private static func positions(
        ofRulesRemovedFrom before: [RulePart], to after: [RulePart], in level: RuleLevel?
    ) -> [Int] {
        guard let level else { return [] }
        return zip(before, after).flatMap { before, after in
            (after.removed?.positions(notIn: before.removed) ?? []).map { position in
                guard let merged = level.position(of: after.level.rules[position]) else {
                    preconditionFailure("a rule got lost in a merge")
                }
                return merged
            }
        }
    }
}

extension RuleBookContents {
    /// A merge that is due and can begin now, or nil.
    func dueMerge() -> RuleMerge? {
        for parts in dueRuns() {
            let merge = RuleMerge(parts)
            if !merging.contains(where: { $0.lane == merge.lane }) { return merge }
        }
        return nil
    }

    /// Runs of levels to be merged, the newest first.
    private func dueRuns() -> [ArraySlice<RulePart>] {
        let parts = edition.parts
        var runs: [ArraySlice<RulePart>] = []
        var end = parts.endIndex
        // The last level takes in new rules for as long as it is small.
        if let last = parts.last, isOpen(last) { end -= 1 }
        while end > 0 {
            var start = end - 1
            defer { end = start }
            guard !isMerging(parts[start]) else { continue }
            var weight = parts[start].weight
            while start > 0, !isMerging(parts[start - 1]),
                parts[start - 1].weight <= RuleBook.levelRatio * weight
            {
                start -= 1
                weight += parts[start].weight
            }
            let run = parts[start..<end]
            let hasLostMany = run.contains { part in
                (part.removed?.count ?? 0) * RuleBook.removedShare >= part.level.rules.count
            }
            if run.count > 1 || hasLostMany { runs.append(run) }
        }
        return runs
    }

    /// The parts of a merge, as they are now.
    func parts(of merge: RuleMerge) -> [RulePart] {
        merge.parts.map { old in
            guard let part = edition.parts.first(where: { $0.level === old.level }) else {
                preconditionFailure("a level went away while it was merged")
            }
            return part
        }
    }

    /// Puts what a merge made in the place of what it was made of.
    ///
    /// - Returns: the edition before.
    mutating func replace(
        _ merge: RuleMerge, by merged: RulePart?, _ prepared: [ObjectIdentifier: LevelMatcher]
    ) -> RuleEdition {
        var parts = edition.parts
        guard let first = parts.firstIndex(where: { $0.level === merge.parts[0].level }) else {
            preconditionFailure("a level went away while it was merged")
        }
        let run = first..<(first + merge.parts.count)
        parts.replaceSubrange(run, with: merged.map { [$0] } ?? [])
        merging.removeAll { $0 === merge }
        return publish(parts, changeCount: edition.changeCount, prepared: prepared)
    }
}
