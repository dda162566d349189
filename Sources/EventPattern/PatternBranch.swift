public import JSONScan

/// One way to satisfy a pattern: a conjunction over paths, each with alternatives for its value.
public struct PatternBranch: Hashable, Sendable {
    /// A field of the event and what it has to be.
    public struct Condition: Hashable, Sendable {
        /// The keys that lead to the field, joined by dots.
        public let path: ExactString
        /// The alternatives, at least one.
        public let values: [ValuePattern]
    }

    /// The conditions, all of which have to hold, by ascending path.
    ///
    /// The order has a meaning: inside an array, `exists: false` looks at the elements chosen by
    /// the conditions before it.
    public let conditions: [Condition]

    /// Creates a branch of conditions in ascending order of their paths.
    package init(conditions: [Condition]) { self.conditions = conditions }
}

extension EventPattern {
    /// Multiplies every `$or` out. O(branches * paths).
    ///
    /// Members are taken in text order. A path that is written again replaces what stood there, in
    /// every branch that exists by then.
    ///
    /// - Parameter limit: how many branches there may be.
    /// - Throws: ``PatternError/Reason/tooManyBranches(count:limit:)`` with the number it would
    ///   take, or ``PatternError/Reason/tooManyPaths(count:)``.
    public func branches(
        limit: Int = PatternLimits.branches
    ) throws(PatternError) -> [PatternBranch] {
        let count = Self.branchCount(root)
        guard count <= limit else {
            throw PatternError(.tooManyBranches(count: count, limit: limit))
        }
        var expanded: [[ExactString: [ValuePattern]]] = [[:]]
        Self.expand(root, under: "", into: &expanded)
        var branches: [PatternBranch] = []
        for paths in expanded {
            guard paths.count <= PatternLimits.pathsPerBranch else {
                throw PatternError(.tooManyPaths(count: paths.count))
            }
            let conditions = paths.map { PatternBranch.Condition(path: $0.key, values: $0.value) }
            branches.append(PatternBranch(conditions: conditions.sorted { $0.path < $1.path }))
        }
        return branches
    }

    /// How many branches an object expands to; `Int.max` stands for anything beyond.
    private static func branchCount(_ object: PatternObject) -> Int {
        var product = 1
        for member in object.members {
            let factor =
                switch member {
                case .values: 1
                case .object(_, let inner): branchCount(inner)
                case .or(let alternatives):
                    alternatives.reduce(0) { sum, alternative in
                        let (total, overflow) = sum.addingReportingOverflow(
                            branchCount(alternative))
                        return overflow ? .max : total
                    }
                }
            let (total, overflow) = product.multipliedReportingOverflow(by: factor)
            product = overflow ? .max : total
        }
        return product
    }

    private static func expand(
        _ object: PatternObject, under base: ExactString,
        into branches: inout [[ExactString: [ValuePattern]]]
    ) {
        for member in object.members {
            switch member {
            case .values(let key, let values):
                let path = joinedPath(base, key)
                for branch in branches.indices { branches[branch][path] = values }
            case .object(let key, let inner):
                expand(inner, under: joinedPath(base, key), into: &branches)
            case .or(let alternatives):
                let before = branches
                branches = []
                for alternative in alternatives {
                    var copies = before
                    expand(alternative, under: base, into: &copies)
                    branches += copies
                }
            }
        }
    }
}

/// The path of a field below another one. An empty path adds no dot, so a field inside an empty key
/// has the path it would have without: the reference implementation's reading.
package func joinedPath(_ base: ExactString, _ key: ExactString) -> ExactString {
    base.utf8.isEmpty ? key : ExactString(utf8: base.utf8 + [UInt8(ascii: ".")] + key.utf8)
}
