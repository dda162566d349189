import Glibc

/// A small random number generator that yields the same numbers for the same seed, everywhere:
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) {
        self.state = seed
    }

    /// Creates a generator from this run's seed. Tests that pass different `stream`s get
    /// independent numbers.
    public init(stream: UInt64) {
        self.state = testSeed()
        self.state = self.next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
    }

    /// Returns the next 64 bits. O(1).
    public mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var bits = self.state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

/// Returns this run's seed: the number in the environment variable `SWITCHYARD_SEED` if there is
/// one, else a random one. Prints it the first time, so that a failure can be run again.
public func testSeed() -> UInt64 {
    seedOfThisRun
}

private let seedOfThisRun: UInt64 = {
    var seed = UInt64.random(in: .min ... .max)
    if let text = getenv("SWITCHYARD_SEED") {
        guard let given = UInt64(String(cString: text)) else {
            fatalError("SWITCHYARD_SEED must be a decimal number below 2^64")
        }
        seed = given
    }
    print("SWITCHYARD_SEED=\(seed)")
    return seed
}()
