import EventPattern
import JSONScan
import Testing

/// What is wrong with a pattern; nil if nothing is.
func rejection(of pattern: String) -> PatternError? {
    do throws(PatternError) {
        _ = try EventPattern(pattern)
        return nil
    } catch {
        return error
    }
}

/// A single element of a field's list.
func element(_ text: String) throws -> ValuePattern {
    let pattern = try EventPattern("{\"f\":[\(text)]}")
    guard case .values("f", let values)? = pattern.root.members.first else {
        throw NotAList()
    }
    return try #require(values.first)
}

struct NotAList: Error {}

/// A pattern's branches, each condition as `path=[alternatives]`.
func branches(_ pattern: String, limit: Int = PatternLimits.branches) throws -> [[String]] {
    try EventPattern(pattern).branches(limit: limit).map { branch in
        branch.conditions.map { condition in
            let values = condition.values.map(\.canonicalJSON).joined(separator: ",")
            return "\(condition.path)=[\(values)]"
        }
    }
}
