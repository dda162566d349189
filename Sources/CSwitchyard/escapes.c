// The inside of JSON strings, taken out of its escapes.

#include <string.h>

#include "switchyard.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// What a short escape stands for, by the byte behind its backslash; 0 for those that are not short.
static const uint8_t short_escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

// From *read on, byte by byte, until `end` is reached or an escape that is not short.
static inline size_t unescape_bytes(const uint8_t *raw, size_t end, size_t *read,
                                    uint8_t *output) {
    size_t from = *read, to = 0;
    while (from < end) {
        if (raw[from] != '\\') {
            output[to++] = raw[from++];
            continue;
        }
        uint8_t plain = short_escapes[raw[from + 1]];
        if (plain == 0) break;
        output[to++] = plain;
        from += 2;
    }
    *read = from;
    return to;
}

size_t sw_json_unescape_scalar(const uint8_t *raw, size_t length, size_t *read, uint8_t *output) {
    return unescape_bytes(raw, length, read, output);
}

#if defined(__SSE2__) || defined(__ARM_NEON)

// Copies 16 bytes, and returns how many of them stand before the first backslash.
static inline unsigned copy_block(const uint8_t *from, uint8_t *to) {
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)from);
    _mm_storeu_si128((__m128i *)to, bytes);
    unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return found == 0 ? 16 : (unsigned)__builtin_ctz(found);
#else
    uint8x16_t bytes = vld1q_u8(from);
    vst1q_u8(to, bytes);
    uint8x16_t equal = vceqq_u8(bytes, vdupq_n_u8('\\'));
    // Four bits for each byte.
    uint64_t found = vget_lane_u64(
        vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(equal), 4)), 0);
    return found == 0 ? 16 : (unsigned)__builtin_ctzll(found) / 4;
#endif
}

size_t sw_json_unescape(const uint8_t *raw, size_t length, size_t *read, uint8_t *output) {
    size_t from = *read, to = 0;
    // A block is written as far behind the start of `output` as it is read behind that of `raw`, or
    // less far: there is room for it.
    while (from + 16 <= length) {
        unsigned plain = copy_block(raw + from, output + to);
        from += plain;
        to += plain;
        if (plain == 16) continue;
        // Escapes often follow each other.
        do {
            uint8_t byte = short_escapes[raw[from + 1]];
            if (byte == 0) {
                *read = from;
                return to;
            }
            output[to++] = byte;
            from += 2;
        } while (from < length && raw[from] == '\\');
    }
    *read = from;
    return to + unescape_bytes(raw, length, read, output + to);
}

#else

size_t sw_json_unescape(const uint8_t *raw, size_t length, size_t *read, uint8_t *output) {
    return unescape_bytes(raw, length, read, output);
}

#endif
