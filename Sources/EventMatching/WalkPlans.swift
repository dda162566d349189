internal import JSONScan

/// The walks that a matcher has made, by the events' structures: see ``WalkPlan``.
///
/// Events of one structure can have different keys, so there are ``waysCount`` plans for each. Their
/// number is bounded by the structures that a scanner keeps.
///
/// Plans lie outside, because most places stay empty: a matcher of few rules, which a `RuleBook` makes
/// at each change, is to be made quickly.
///
/// Invariant: `plans` has ``waysCount`` places for each slot of a scanner, initialised, each of which
/// is nil or owns a plan; nobody else holds `plans`.
struct WalkPlans: ~Copyable {
    /// How many walks are kept for a structure.
    static let waysCount = 4
    /// Where they are all taken, one event in so many that fits none is planned for.
    private static let replaceEvery: UInt32 = 64

    private let plans: UnsafeMutablePointer<UnsafeMutablePointer<WalkPlan>?>
    private let misses: UnsafeMutablePointer<UInt32>

    init() {
        let count = KnownStructure.slotCount
        plans = .allocate(capacity: count * Self.waysCount)
        plans.initialize(repeating: nil, count: count * Self.waysCount)
        misses = .allocate(capacity: count)
        misses.initialize(repeating: 0, count: count)
    }

    deinit {
        for position in 0..<KnownStructure.slotCount * Self.waysCount {
            Self.deallocate(plans[position])
        }
        plans.deallocate()
        misses.deallocate()
    }

    /// The plan for an event of a known structure, or nil.
    @inline(__always)
    func plan(for event: StructuralIndex) -> WalkPlan? {
        let ways = plans + event.structure.slot * Self.waysCount
        for way in 0..<Self.waysCount {
            guard let plan = ways[way] else { return nil }
            if plan.pointee.structure == event.structure.identity, plan.pointee.fits(event) {
                return plan.pointee
            }
        }
        return nil
    }

    /// Keeps the plan that `make` makes for an event which has none, or not: where all places are
    /// taken, few events are worth it.
    @inline(never)
    func add(for event: StructuralIndex, _ make: () -> WalkPlan?) {
        let slot = event.structure.slot
        let ways = plans + slot * Self.waysCount
        misses[slot] &+= 1
        let free = (0..<Self.waysCount).first {
            guard let plan = ways[$0] else { return true }
            return plan.pointee.structure != event.structure.identity
        }
        guard free != nil || misses[slot] % Self.replaceEvery == 0, let made = make() else {
            return
        }
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
