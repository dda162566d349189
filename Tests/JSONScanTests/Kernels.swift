import CSwitchyard

/// The families that this processor can run.
let supportedKernels = [SW_SCALAR, SW_AVX2, SW_AVX512, SW_NEON].filter(sw_kernel_supported)

func name(of kernel: sw_kernel) -> String {
    switch kernel {
    case SW_SCALAR: "scalar"
    case SW_AVX2: "AVX2"
    case SW_AVX512: "AVX-512"
    case SW_NEON: "NEON"
    default: "unknown kernel \(kernel.rawValue)"
    }
}
