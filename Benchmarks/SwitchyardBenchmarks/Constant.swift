import Benchmark

/// A count that has to come out the same in every iteration: the self-check of a benchmark.
///
/// What a broken engine is fastest at is doing nothing, so every pass counts something that follows
/// from having done the work. A benchmark that failed prints why and has no figure; `baseline update`,
/// `compare` and `check` also end with an error then, a plain run does not.
final class Constant {
    private let what: String
    private let expected: ClosedRange<Double>?
    private var first: Int?

    /// Creates a check.
    ///
    /// - Parameters:
    ///   - what: what is counted, for the message.
    ///   - expected: the range that the count has to be in, where one is known beforehand.
    init(_ what: String, in expected: ClosedRange<Double>? = nil) {
        self.what = what
        self.expected = expected
    }

    /// Checks one iteration's count, and fails the benchmark if it is wrong.
    func check(_ count: Int, _ benchmark: Benchmark) {
        if let expected, !expected.contains(Double(count)) {
            benchmark.error(
                "\(benchmark.name): \(count) \(what), expected \(expected.lowerBound) to "
                    + "\(expected.upperBound)")
        }
        if let first, first != count {
            benchmark.error("\(benchmark.name): \(count) \(what), but \(first) the time before")
        }
        first = count
    }
}
