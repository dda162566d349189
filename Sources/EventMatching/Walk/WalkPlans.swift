internal import JSONScan

/// The walks that a matcher has made, by the events' structures: see ``WalkPlan``.
///
/// Events of one structure can have different keys, so there are ``waysCount`` plans for each. Their
/// number is bounded by the structures that a scanner keeps, and the size of each by the tokens that
/// such a structure has and by ``WalkPlan/keyBytesMax``: 2,048 plans for a matcher, of some 2 KB as a
/// rule, and 75 KB where senders do their worst.
///
/// Plans lie outside, because most slots stay empty, and these are made with the first plan: a
/// matcher of few rules, which a `RuleBook` makes at each change, is to be made quickly, and one that
/// has matched nothing is to be small.
///
/// A matcher that is lent to many rule sets has the plans of all of them in the same slots, and no
/// more of them than others: what many small rule sets take is bounded, however many they are.
///
/// Invariant: `memory` is nil, or points to ``waysCount`` plans for each slot, initialised, each of
/// which is nil or owns a plan, and to a count for each slot; nobody else holds any of these.
struct WalkPlans: ~Copyable {
    /// How many walks are kept for a structure.
    static let waysCount = 4
    /// Where they are all taken, one event in so many that fits none is planned for.
    private static let replaceEvery: UInt32 = 64

    private struct Memory {
        let plans: UnsafeMutablePointer<UnsafeMutablePointer<WalkPlan>?>
        let misses: UnsafeMutablePointer<UInt32>
    }

    /// How many slots many rule sets share. So they have at most 8,192 plans, of some 2 KB each.
    static let sharedSlotCount = 4 * KnownStructure.slotCount

    private let slotCount: Int
    private let memory: UnsafeMutablePointer<Memory?>
    /// The number of the rule set that is matched against.
    private var rules: UInt64
    /// How far its slots lie behind those of the scanner.
    private var shift = 0

    /// - Parameters:
    ///   - rules: the rule set's number.
    ///   - slotCount: a power of two; at least as many as a scanner has.
    init(of rules: UInt64, slotCount: Int = KnownStructure.slotCount) {
        self.rules = rules
        self.slotCount = slotCount
        memory = .allocate(capacity: 1)
        memory.initialize(to: nil)
    }

    /// Goes over to another rule set's plans.
    mutating func turn(to rules: UInt64) {
        self.rules = rules
        // Spread as in Knuth, "The Art of Computer Programming", volume 3, section 6.4.
        shift = Int(truncatingIfNeeded: (rules &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    private func slot(of event: StructuralIndex) -> Int {
        (event.structure.slot &+ shift) & (slotCount &- 1)
    }

    private func makeMemory() -> Memory {
        if let made = memory.pointee { return made }
        let count = slotCount
        let made = Memory(
            plans: .allocate(capacity: count * Self.waysCount), misses: .allocate(capacity: count))
        made.plans.initialize(repeating: nil, count: count * Self.waysCount)
        made.misses.initialize(repeating: 0, count: count)
        memory.pointee = made
        return made
    }

    deinit {
        if let made = memory.pointee {
            for position in 0..<slotCount * Self.waysCount {
                Self.deallocate(made.plans[position])
            }
            made.plans.deallocate()
            made.misses.deallocate()
        }
        memory.deallocate()
    }

    /// The plan for an event of a known structure, or nil. Valid until a plan is added.
    @inline(__always)
    func plan(for event: StructuralIndex) -> UnsafePointer<WalkPlan>? {
        guard let plans = memory.pointee?.plans else { return nil }
        let ways = plans + slot(of: event) * Self.waysCount
        for way in 0..<Self.waysCount {
            guard let plan = ways[way] else { return nil }
            if plan.pointee.structure == event.structure.identity, plan.pointee.rules == rules,
                plan.pointee.fits(event)
            {
                return UnsafePointer(plan)
            }
        }
        return nil
    }

    /// Keeps the plan that `make` makes for an event which has none, or not: where all ways are
    /// taken, few events are worth it, and where it makes none, the event is walked each time.
    @inline(never)
    func add(for event: StructuralIndex, _ make: () -> WalkPlan?) {
        let memory = makeMemory()
        let (plans, misses) = (memory.plans, memory.misses)
        let slot = slot(of: event)
        let ways = plans + slot * Self.waysCount
        misses[slot] &+= 1
        let free = (0..<Self.waysCount).first {
            guard let plan = ways[$0] else { return true }
            return plan.pointee.rules == rules
                && plan.pointee.structure != event.structure.identity
        }
        guard free != nil || misses[slot] % Self.replaceEvery == 0 else { return }
        guard let made = make() else { return }
        let way = free ?? Int(misses[slot] / Self.replaceEvery) % Self.waysCount
        Self.deallocate(ways[way])
        let plan = UnsafeMutablePointer<WalkPlan>.allocate(capacity: 1)
        plan.initialize(to: made)
        ways[way] = plan
    }

    private static func deallocate(_ plan: UnsafeMutablePointer<WalkPlan>?) {
        plan?.pointee.deallocate()
        plan?.deallocate()
    }
}
