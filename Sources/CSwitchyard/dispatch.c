// Chooses the kernel: by a switch on the family that the caller passes, which it got from
// sw_kernel_best. A family that this build does not contain runs the portable kernels.

#include <stdatomic.h>

#include "kernels.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#if defined(__x86_64__)

// __builtin_cpu_supports asks cpuid, and for AVX and AVX-512 also xgetbv: that the operating system
// keeps the wide registers.
static bool supports_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2");
}

static bool supports_avx512(void) {
    return supports_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("vpclmulqdq");
}

bool sw_kernel_supported(sw_kernel kernel) {
    switch (kernel) {
    case SW_SCALAR: return true;
    case SW_AVX2: return supports_avx2();
    case SW_AVX512: return supports_avx512();
    case SW_NEON: return false;
    }
    return false;
}

#elif defined(__aarch64__)

bool sw_kernel_supported(sw_kernel kernel) {
    if (kernel == SW_SCALAR) return true;
#if defined(__linux__)
    return kernel == SW_NEON && (getauxval(AT_HWCAP) & (1u << 7)) != 0;  // HWCAP_CRC32
#else
    return kernel == SW_NEON;
#endif
}

#else

bool sw_kernel_supported(sw_kernel kernel) { return kernel == SW_SCALAR; }

#endif

sw_kernel sw_kernel_best(void) {
    // One more than the family, 0 until it is known. Threads that race find the same.
    static atomic_int known;
    int value = atomic_load_explicit(&known, memory_order_relaxed);
    if (value == 0) {
        sw_kernel best = SW_SCALAR;
        const sw_kernel fastest_first[] = {SW_AVX512, SW_AVX2, SW_NEON};
        for (int i = 0; i < 3; i++) {
            if (!sw_kernel_supported(fastest_first[i])) continue;
            best = fastest_first[i];
            break;
        }
        value = (int)best + 1;
        atomic_store_explicit(&known, value, memory_order_relaxed);
    }
    return (sw_kernel)(value - 1);
}

// The byte at each position that means something.
static void gather_tokens(const uint8_t *bytes, const uint32_t *positions, uint8_t *tokens,
                          const sw_scan_result *result) {
    for (size_t i = 0; i < result->count; i++) {
        if (positions[i] >= result->error_offset) break;
        tokens[i] = bytes[positions[i]];
    }
}

void sw_json_scan(sw_kernel kernel, const uint8_t *bytes, size_t length, uint32_t *positions,
                  uint8_t *tokens, void *scratch, sw_scan_result *result) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX512:
        // Compresses the bytes together with their offsets, unless it left the text to scalar.c.
        sw_json_scan_avx512(bytes, length, positions, tokens, scratch, result);
        if (result->error == SW_SCAN_OK) return;
        break;
    case SW_AVX2: sw_json_scan_avx2(bytes, length, positions, scratch, result); break;
#elif defined(__aarch64__)
    case SW_NEON: sw_json_scan_neon(bytes, length, positions, scratch, result); break;
#endif
    default: sw_json_scan_portable(bytes, length, positions, scratch, result); break;
    }
    gather_tokens(bytes, positions, tokens, result);
}

bool sw_json_check(sw_kernel kernel, const uint8_t *bytes, size_t length,
                   const uint32_t *positions, const uint8_t *tokens,
                   size_t count, void *scratch, uint32_t *links) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2: return sw_json_check_avx2(bytes, length, positions, tokens, count, scratch, links);
    case SW_AVX512: return sw_json_check_avx512(bytes, length, positions, tokens, count, scratch, links);
#endif
    default: return sw_json_check_scalar(bytes, length, positions, tokens, count, scratch, links);
    }
}

bool sw_json_check_scalars(sw_kernel kernel, const uint8_t *bytes, size_t length,
                           const uint32_t *positions, const uint8_t *tokens, size_t count,
                           void *scratch) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2:
        return sw_json_check_scalars_avx2(bytes, length, positions, tokens, count, scratch);
    case SW_AVX512:
        return sw_json_check_scalars_avx512(bytes, length, positions, tokens, count, scratch);
#endif
    default: return sw_json_check_scalars_scalar(bytes, length, positions, tokens, count, scratch);
    }
}

uint64_t sw_json_kinds(sw_kernel kernel, const uint8_t *tokens, size_t count, uint8_t *kinds) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2: return sw_json_kinds_avx2(tokens, count, kinds);
    case SW_AVX512: return sw_json_kinds_avx512(tokens, count, kinds);
#endif
    default: return sw_json_kinds_scalar(tokens, count, kinds);
    }
}

bool sw_json_kinds_equal(sw_kernel kernel, const uint8_t *one, const uint8_t *other,
                         size_t count) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2: return sw_json_kinds_equal_avx2(one, other, count);
    case SW_AVX512: return sw_json_kinds_equal_avx512(one, other, count);
#endif
    default: return sw_json_kinds_equal_scalar(one, other, count);
    }
}

uint32_t sw_crc32c(sw_kernel kernel, uint32_t crc, const void *bytes, size_t length) {
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2: return sw_crc32c_avx2(crc, bytes, length);
    case SW_AVX512: return sw_crc32c_avx512(crc, bytes, length);
#elif defined(__aarch64__)
    case SW_NEON: return sw_crc32c_neon(crc, bytes, length);
#endif
    default: return sw_crc32c_scalar(crc, bytes, length);
    }
}

uint32_t sw_crc32c_ahead(sw_kernel kernel, uint32_t crc, const void *bytes, size_t length) {
#if defined(__x86_64__)
    if (kernel == SW_AVX512) return sw_crc32c_ahead_avx512(crc, bytes, length);
#endif
    // Elsewhere in two steps, which is as good as long as asking costs less than waiting.
    const char *next = (const char *)bytes + SW_FETCH_AHEAD;
    for (size_t i = 0; i < length; i += 64) __builtin_prefetch(next + i);
    return sw_crc32c(kernel, crc, bytes, length);
}

// How far ahead of a copy the lines of its destination are fetched. What is appended to is rarely in
// the cache, and a store to a line that is not there holds its buffer until the line has come: 13
// million copies of 1 KB a second instead of 8 (Xeon, 512 MiB mapped file). Past the cache
// (non-temporal stores) it would be 15, but 4 with the fence that each record would then need.
#define PREFETCH_BYTES 4096
#define LINE_BYTES 64

static void prefetch_destination(const char *destination, size_t length) {
    // An address that is not mapped does no harm.
    for (size_t i = 0; i < length; i += LINE_BYTES) {
        __builtin_prefetch((const void *)((uintptr_t)destination + PREFETCH_BYTES + i));
    }
}

uint32_t sw_crc32c_copy(sw_kernel kernel, uint32_t crc, void *destination, const void *source,
                        size_t length) {
    prefetch_destination(destination, length);
    switch (kernel) {
#if defined(__x86_64__)
    case SW_AVX2: return sw_crc32c_copy_avx2(crc, destination, source, length);
    case SW_AVX512: return sw_crc32c_copy_avx512(crc, destination, source, length);
#elif defined(__aarch64__)
    case SW_NEON: return sw_crc32c_copy_neon(crc, destination, source, length);
#endif
    default: return sw_crc32c_copy_scalar(crc, destination, source, length);
    }
}
