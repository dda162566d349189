/// A numbered set of values, from which events and rules draw.
///
/// Values are what stands between the quotes in JSON text, escapes included, so that events and
/// patterns hold the same bytes; a pool of numbers or literals says so with `isQuoted: false`.
struct ValuePool: Sendable {
    /// How many values there are.
    let count: Int
    /// Whether the values are JSON strings.
    let isQuoted: Bool
    /// The value at a position of `0..<count`. All values differ.
    let text: @Sendable (Int) -> String

    init(count: Int, isQuoted: Bool = true, _ text: @escaping @Sendable (Int) -> String) {
        self.count = count
        self.isQuoted = isQuoted
        self.text = text
    }

    /// A pool of listed values.
    init(_ values: [String], isQuoted: Bool = true) {
        self.init(count: values.count, isQuoted: isQuoted) { values[$0] }
    }

    /// Each value of `first`, then `separator`, then each value of `second`.
    init(_ first: [String], _ separator: String, _ second: [String]) {
        let count = first.count
        self.init(count: count * second.count) {
            first[$0 % count] + separator + second[$0 / count]
        }
    }
}

extension ValuePool {
    /// All values in order.
    var all: [String] { (0..<self.count).map(self.text) }

    /// The same values in capitals.
    var shouted: ValuePool { ValuePool(self.all.map { $0.uppercased() }) }
}

extension [String] {
    /// A pool of these values.
    var pool: ValuePool { ValuePool(self) }
}

extension TextWriter {
    /// Writes a value of a pool as JSON, with its quotes.
    mutating func json(_ pool: ValuePool, _ position: Int) {
        if pool.isQuoted {
            self.quoted(pool.text(position))
        } else {
            self.value(pool.text(position))
        }
    }
}
