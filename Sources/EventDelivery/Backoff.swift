/// How long to wait for something that does not come: twice as long each time, up to a bound.
struct Backoff {
    private let first: Int
    private let last: Int
    private var current: Int?

    /// - Parameters:
    ///   - first: the first wait, at least 1, in any unit.
    ///   - last: the longest.
    init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    /// Whether something was waited for since the last ``reset()``.
    var isWaiting: Bool { current != nil }
    /// Whether the last wait was the longest.
    var isLongest: Bool { current == last }

    /// How long to wait now.
    mutating func next() -> Int {
        let next = min(last, current.map { $0 * 2 } ?? first)
        current = next
        return next
    }

    /// It came.
    mutating func reset() { current = nil }
}
