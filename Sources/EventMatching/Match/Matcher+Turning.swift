package import JSONScan

/// Matching against many small rule sets with the scratch memory of one.
///
/// A router has thousands of buses with some rules each. Were each of them to have a matcher of its
/// own, the matchers would take more memory than the rules, and each event would find the memory of
/// its matcher in no near cache. So a thread has one matcher with room for any small rule set, which
/// is *turned* to that of the event: it takes over the tables, and what it keeps from event to event
/// is either forgotten or known by the rule set's number.
extension Matcher {
    /// Makes a matcher to be lent to rule sets that are ``RuleSet/isSmall``, one after the other. It
    /// has to be turned to one before it matches.
    static func lent(kernel: ScanKernel) -> Matcher {
        Matcher(
            RuleSet.none, room: EngineChoice.lentRoom,
            plans: WalkPlans(of: 0, slotCount: WalkPlans.sharedSlotCount), kernel: kernel)
    }

    /// Goes over to other rules; O(conditions), and nothing where it has them already.
    ///
    /// - Parameters:
    ///   - rules: what lives at least until the matcher is turned to others, or not used again. They
    ///     are not retained; of those that it had before, which may be gone, nothing is read.
    ///   - number: that of the rules, so that nothing has to be read where they are the same.
    @inline(__always)
    mutating func turn(to rules: Unmanaged<RuleSet>, number: UInt64) {
        if turnedTo != number { turnToOthers(rules) }
    }

    private mutating func turnToOthers(_ rules: Unmanaged<RuleSet>) {
        rules._withUnsafeGuaranteedRef { rules in
            assert(rules.isSmall && self.rules === RuleSet.none, "only a lent matcher is turned")
            tables = rules.tables
            turnedTo = rules.number
        }
        plans.turn(to: turnedTo)
        // What else there is of the event before does not depend on its rules.
        states.copyAll(of: tables.defaultStates)
        satisfied.removeAll()
    }
}

extension RuleSet {
    /// No rules.
    static let none = RuleSet(checked: EmptyCollection(), branchLimit: 0)
}

/// How much a rule set needs of the scratch memory whose size depends on it.
struct ScratchRoom {
    var conditions: Int
    var exclusions: Int
    var fields: Int
    var rules: Int

    func fits(in room: ScratchRoom) -> Bool {
        conditions <= room.conditions && exclusions <= room.exclusions && fields <= room.fields
            && rules <= room.rules
    }
}

extension ScratchRoom {
    init(for tables: RuleTables) {
        self.init(
            conditions: tables.conditions.count, exclusions: tables.exclusions.count,
            fields: tables.fields.count, rules: tables.ruleCount)
    }
}

/// A matcher to be lent, and what else matchers of small rule sets share that belong to one thread.
///
/// A router's lane has one for all of its buses. Invariant: both pointers point to what is
/// initialised and belongs to the object. `@unchecked Sendable`: whoever has it gives it to matchers
/// of one thread only.
package final class MatcherScratch: @unchecked Sendable {
    let kernel: ScanKernel
    /// Nil where every rule set is to have a matcher of its own.
    let lent: UnsafeMutablePointer<Matcher>?
    let buffers: UnsafeMutablePointer<MatchBuffers>

    /// Creates scratch memory for any number of small rule sets. Some 20 KB; walks that are
    /// remembered take more, see ``WalkPlans``.
    package convenience init(kernel: ScanKernel = .best) {
        self.init(kernel: kernel, lends: true)
    }

    init(kernel: ScanKernel, lends: Bool) {
        self.kernel = kernel
        buffers = .allocate(capacity: 1)
        buffers.initialize(to: MatchBuffers(kernel: kernel))
        guard lends else {
            lent = nil
            return
        }
        let matcher = UnsafeMutablePointer<Matcher>.allocate(capacity: 1)
        matcher.initialize(to: Matcher.lent(kernel: kernel))
        lent = matcher
    }

    deinit {
        buffers.deinitialize(count: 1)
        buffers.deallocate()
        lent?.deinitialize(count: 1)
        lent?.deallocate()
    }
}

/// What a ``LiveMatcher`` needs for one event, and then no more.
struct MatchBuffers: ~Copyable {
    var scanner: StructuralScanner
    /// The positions of the rules that match, where they are not those of one matcher.
    var positions = GrowableBuffer<UInt32>(capacity: 16)
    /// The attachments of the rules that match.
    var attachments = GrowableBuffer<UnsafeRawPointer?>(capacity: 16)

    init(kernel: ScanKernel) { scanner = StructuralScanner(kernel: kernel) }
}
