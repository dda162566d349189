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
        let size = Self.size(of: root)
        guard size.branches <= limit else {
            throw PatternError(.tooManyBranches(count: size.branches, limit: limit))
        }
        if size.branches == 1, size.fields <= Self.sortedFieldsMax {
            var conditions: [PatternBranch.Condition] = []
            conditions.reserveCapacity(size.fields)
            Self.collect(root, under: "", into: &conditions)
            return [PatternBranch(conditions: conditions)]
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

    /// A pattern without `$or` of at most so many fields needs no table of its paths.
    private static let sortedFieldsMax = 32

    /// How many branches an object expands to, `Int.max` standing for anything beyond, and how many
    /// fields it has in all.
    private static func size(of object: PatternObject) -> (branches: Int, fields: Int) {
        var (branches, fields) = (1, 0)
        for member in object.members {
            var factor = 1
            switch member {
            case .values: fields += 1
            case .object(_, let inner):
                let size = size(of: inner)
                factor = size.branches
                fields += size.fields
            case .or(let alternatives):
                factor = 0
                for alternative in alternatives {
                    let size = size(of: alternative)
                    let (sum, overflow) = factor.addingReportingOverflow(size.branches)
                    factor = overflow ? .max : sum
                    fields += size.fields
                }
            }
            let (product, overflow) = branches.multipliedReportingOverflow(by: factor)
            branches = overflow ? .max : product
        }
        return (branches, fields)
    }

    /// Puts the fields of an object of one branch in their places among the conditions, which are
    /// sorted by path.
    private static func collect(
        _ object: PatternObject, under base: ExactString,
        into conditions: inout [PatternBranch.Condition]
    ) {
        for member in object.members {
            switch member {
            case .values(let key, let values):
                let condition = PatternBranch.Condition(
                    path: joinedPath(base, key), values: values)
                var place = conditions.count
                while place > 0, condition.path < conditions[place - 1].path { place -= 1 }
                if place > 0, conditions[place - 1].path == condition.path {
                    conditions[place - 1] = condition
                } else {
                    conditions.insert(condition, at: place)
                }
            case .object(let key, let inner):
                collect(inner, under: joinedPath(base, key), into: &conditions)
            case .or(let alternatives):
                // More than one makes more than one branch.
                for inner in alternatives { collect(inner, under: base, into: &conditions) }
            }
        }
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
    if base.utf8.isEmpty { return key }
    var path: [UInt8] = []
    path.reserveCapacity(base.utf8.count + 1 + key.utf8.count)
    path += base.utf8
    path.append(UInt8(ascii: "."))
    path += key.utf8
    return ExactString(utf8: path)
}
