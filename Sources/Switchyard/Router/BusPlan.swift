internal import EventMatching
internal import Synchronization

/// The rules of a bus and where their matches go, as its lane uses them: immutable, exchanged as a
/// whole.
///
/// `@unchecked Sendable`: the tables are written when it is made, and freed with it.
final class BusPlan: @unchecked Sendable {
    /// Where a match goes.
    struct RuleRoute {
        /// The rule's targets, in ``Routes/targets``.
        var targets: Range<Int>
        /// For the schedule of a rule, the position of its pattern; otherwise -1. An event that both
        /// match is delivered once.
        var pattern: Int32
        /// How often the rule matched; written by the lane alone.
        var matched: UnsafeMutablePointer<Atomic<UInt64>>

        @inline(__always)
        func count() {
            let matched = self.matched
            matched.pointee.store(
                matched.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        }
    }

    /// The tables: valid as long as the plan lives.
    struct Routes {
        /// By the position of a rule in the rule set.
        var rules: UnsafeMutablePointer<RuleRoute>
        var targets: UnsafeMutablePointer<Unmanaged<TargetEngine>>
    }

    let rules: RuleSet
    let routes: Routes
    /// What the tables refer to.
    private let engines: [TargetEngine]
    private let counters: [MatchCounter]

    /// Compiles the rules of a bus that are enabled. O(size of their patterns).
    init(_ states: [RuleState]) throws(RuleError) {
        var compiled: [Rule] = []
        var routes: [RuleRoute] = []
        var engines: [TargetEngine] = []
        var counters: [MatchCounter] = []
        for state in states where state.isEnabled {
            let targets = engines.count..<engines.count + state.targets.count
            engines += state.targets
            counters.append(state.matched)
            var pattern: Int32 = -1
            if let rule = state.patternRule {
                pattern = Int32(compiled.count)
                compiled.append(rule)
                routes.append(
                    RuleRoute(targets: targets, pattern: -1, matched: state.matched.word))
            }
            if let rule = state.scheduleRule {
                compiled.append(rule)
                routes.append(
                    RuleRoute(targets: targets, pattern: pattern, matched: state.matched.word))
            }
        }
        rules = try RuleSet(compiled)
        self.engines = engines
        self.counters = counters
        let ruleTable = UnsafeMutablePointer<RuleRoute>.allocate(capacity: max(routes.count, 1))
        for (position, route) in routes.enumerated() {
            (ruleTable + position).initialize(to: route)
        }
        let targetTable = UnsafeMutablePointer<Unmanaged<TargetEngine>>.allocate(
            capacity: max(engines.count, 1))
        for (position, engine) in engines.enumerated() {
            (targetTable + position).initialize(to: Unmanaged.passUnretained(engine))
        }
        self.routes = Routes(rules: ruleTable, targets: targetTable)
    }

    deinit {
        // Both hold trivial values only.
        routes.rules.deallocate()
        routes.targets.deallocate()
    }
}

/// How often a rule matched: a word outside of any object, for the lane to count in.
final class MatchCounter: @unchecked Sendable {
    // Unchecked: the word is atomic.
    let word = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: 1)

    init() { word.initialize(to: Atomic(0)) }
    deinit { word.deallocate() }

    var current: UInt64 { word.pointee.load(ordering: .relaxed) }
}
