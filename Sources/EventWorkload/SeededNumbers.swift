/// Numbers that look random and follow from a seed alone, the same on every machine: SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
///
/// The standard library's algorithms on generators (`shuffled(using:)`, `Int.random(in:using:)`) may
/// change between its versions, and so are not used: all that draws is here.
struct SeededNumbers: Sendable {
    private var state: UInt64

    /// Creates a generator. Different streams of one seed are independent.
    init(seed: UInt64, stream: UInt64) {
        self.state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        self.state = Self.mix(self.state ^ Self.mix(stream &+ 0xD1B5_4A32_D192_ED03))
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(self.state)
    }

    /// A number of `0..<bound`, evenly spread (but for one part in 2^64 / bound).
    mutating func below(_ bound: Int) -> Int {
        Int(self.next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of a range, its bounds included.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + self.below(range.upperBound - range.lowerBound + 1)
    }

    /// True in `percent` of 100 cases.
    mutating func chance(percent: Int) -> Bool { self.below(100) < percent }

    /// A number of 0 up to 1, 1 excluded, in steps of 2^-53.
    mutating func unit() -> Double { Double(self.next() >> 11) * 0x1p-53 }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[self.below(elements.count)]
    }

    /// A position, chosen in proportion to the weights.
    mutating func weighted(_ weights: [Int]) -> Int {
        var left = self.below(weights.reduce(0, +))
        for (position, weight) in weights.enumerated() {
            if left < weight { return position }
            left -= weight
        }
        return weights.count - 1
    }

    /// `count` different numbers of `0..<bound`, ascending; all of them if there are no more.
    mutating func different(_ count: Int, below bound: Int) -> [Int] {
        guard count < bound else { return Array(0..<bound) }
        var chosen: [Int] = []
        while chosen.count < count {
            let number = self.below(bound)
            if !chosen.contains(number) { chosen.append(number) }
        }
        return chosen.sorted()
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
