internal import CSwitchyard

/// A processor family that has a structural scan of its own.
public struct ScanKernel: Sendable, Hashable, CustomStringConvertible {
    let raw: sw_kernel

    /// Plain C, for every processor; what the others are tested against.
    public static let portable = ScanKernel(raw: SW_SCALAR)
    /// x86-64 with AVX2.
    public static let avx2 = ScanKernel(raw: SW_AVX2)
    /// x86-64 with AVX-512.
    public static let avx512 = ScanKernel(raw: SW_AVX512)
    /// 64-bit ARM.
    public static let neon = ScanKernel(raw: SW_NEON)

    /// The fastest one that this processor can run.
    public static let best = ScanKernel(raw: sw_kernel_best())

    /// Those that this processor can run, the portable one first.
    public static var supported: [ScanKernel] {
        [portable, avx2, avx512, neon].filter(\.isSupported)
    }

    /// Whether this processor can run it.
    public var isSupported: Bool { sw_kernel_supported(raw) }

    /// Its name: `portable`, `avx2`, `avx512` or `neon`.
    public var description: String {
        switch raw {
        case SW_AVX2: "avx2"
        case SW_AVX512: "avx512"
        case SW_NEON: "neon"
        default: "portable"
        }
    }

    /// Whether both are the same family.
    public static func == (one: ScanKernel, other: ScanKernel) -> Bool {
        one.raw.rawValue == other.raw.rawValue
    }

    /// Hashes the family.
    public func hash(into hasher: inout Hasher) { hasher.combine(raw.rawValue) }
}
