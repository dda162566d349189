internal import JSONScan

/// The walks that a matcher has made, by the events' structures: see ``WalkPlan``.
///
/// Events of one structure can have different keys, so there are ``waysCount`` plans for each. Their
/// number is bounded by the structures that a scanner keeps.
///
/// Plans lie outside, because most places stay empty, and the places are made with the first plan: a
/// matcher of few rules, which a `RuleBook` makes at each change, is to be made quickly, and one that
/// has matched nothing is to be small.
///
/// Invariant: `places` is nil, or points to ``waysCount`` places for each slot of a scanner,
/// initialised, each of which is nil or owns a plan, and to a count for each slot; nobody else holds
/// any of these.
struct WalkPlans: ~Copyable {
    /// How many walks are kept for a structure.
    static let waysCount = 4
    /// Where they are all taken, one event in so many that fits none is planned for.
    private static let replaceEvery: UInt32 = 64

    private struct Places {
        let plans: UnsafeMutablePointer<UnsafeMutablePointer<WalkPlan>?>
        let misses: UnsafeMutablePointer<UInt32>
    }

    private let places: UnsafeMutablePointer<Places?>

    init() {
        places = .allocate(capacity: 1)
        places.initialize(to: nil)
    }

    private func makePlaces() -> Places {
        if let made = places.pointee { return made }
        let count = KnownStructure.slotCount
        let made = Places(
            plans: .allocate(capacity: count * Self.waysCount), misses: .allocate(capacity: count))
        made.plans.initialize(repeating: nil, count: count * Self.waysCount)
        made.misses.initialize(repeating: 0, count: count)
        places.pointee = made
        return made
    }

    deinit {
        if let made = places.pointee {
            for position in 0..<KnownStructure.slotCount * Self.waysCount {
                Self.deallocate(made.plans[position])
            }
            made.plans.deallocate()
            made.misses.deallocate()
        }
        places.deallocate()
    }

    /// The plan for an event of a known structure, or nil. Valid until a plan is added.
    @inline(__always)
    func plan(for event: StructuralIndex) -> UnsafePointer<WalkPlan>? {
        guard let plans = places.pointee?.plans else { return nil }
        let ways = plans + event.structure.slot * Self.waysCount
        for way in 0..<Self.waysCount {
            guard let plan = ways[way] else { return nil }
            if plan.pointee.structure == event.structure.identity, plan.pointee.fits(event) {
                return UnsafePointer(plan)
            }
        }
        return nil
    }

    /// Keeps the plan that `make` makes for an event which has none, or not: where all places are
    /// taken, few events are worth it.
    @inline(never)
    func add(for event: StructuralIndex, _ make: () -> WalkPlan) {
        let made = makePlaces()
        let (plans, misses) = (made.plans, made.misses)
        let slot = event.structure.slot
        let ways = plans + slot * Self.waysCount
        misses[slot] &+= 1
        let free = (0..<Self.waysCount).first {
            guard let plan = ways[$0] else { return true }
            return plan.pointee.structure != event.structure.identity
        }
        guard free != nil || misses[slot] % Self.replaceEvery == 0 else { return }
        let way = free ?? Int(misses[slot] / Self.replaceEvery) % Self.waysCount
        Self.deallocate(ways[way])
        let plan = UnsafeMutablePointer<WalkPlan>.allocate(capacity: 1)
        plan.initialize(to: make())
        ways[way] = plan
    }

    private static func deallocate(_ plan: UnsafeMutablePointer<WalkPlan>?) {
        plan?.pointee.deallocate()
        plan?.deallocate()
    }
}
