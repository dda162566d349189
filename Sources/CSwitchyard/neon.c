// The kernels for 64-bit ARM processors: Advanced SIMD and the CRC32 instructions.

#include "kernels.h"

#if defined(__aarch64__)

#include <arm_acle.h>
#include <arm_neon.h>

#include "block.h"
#include "class_tables.h"
#include "numbers.h"
#include "utf8_tables.h"

// Advanced SIMD is part of every 64-bit ARM processor.
#define TARGET

// ---- Structural scan -------------------------------------------------------------------------

typedef struct block {
    uint8x16_t part[4];
} block;

// The top bits of 64 bytes of 0x00 or 0xFF: each byte keeps the bit of its place among eight, and
// three rounds of pairwise sums gather them.
SW_INLINE uint64_t gather(const block *flags) {
    const uint8x16_t place = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80,
                              0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80};
    uint8x16_t first =
        vpaddq_u8(vandq_u8(flags->part[0], place), vandq_u8(flags->part[1], place));
    uint8x16_t second =
        vpaddq_u8(vandq_u8(flags->part[2], place), vandq_u8(flags->part[3], place));
    uint8x16_t sums = vpaddq_u8(first, second);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
}

SW_INLINE uint64_t equal(const block *b, uint8_t byte) {
    block flags;
    for (int i = 0; i < 4; i++) flags.part[i] = vceqq_u8(b->part[i], vdupq_n_u8(byte));
    return gather(&flags);
}

SW_INLINE uint64_t below_0x20(const block *b) {
    block flags;
    for (int i = 0; i < 4; i++) flags.part[i] = vcltq_u8(b->part[i], vdupq_n_u8(0x20));
    return gather(&flags);
}

SW_INLINE uint64_t not_ascii(const block *b) {
    block flags;
    for (int i = 0; i < 4; i++) flags.part[i] = vcgeq_u8(b->part[i], vdupq_n_u8(0x80));
    return gather(&flags);
}

// The bytes whose class is one of those in `which`. For bytes >= 0x80 the high nibble's entry is 0.
SW_INLINE uint64_t of_class(const block *b, uint8_t which) {
    block flags;
    for (int i = 0; i < 4; i++) {
        uint8x16_t low = vqtbl1q_u8(vld1q_u8(class_low), vandq_u8(b->part[i], vdupq_n_u8(0x0F)));
        uint8x16_t high = vqtbl1q_u8(vld1q_u8(class_high), vshrq_n_u8(b->part[i], 4));
        flags.part[i] = vtstq_u8(vandq_u8(low, high), vdupq_n_u8(which));
    }
    return gather(&flags);
}

SW_INLINE uint64_t prefix_xor_shifts(uint64_t bits) {
    for (int distance = 1; distance < 64; distance *= 2) bits ^= bits << distance;
    return bits;
}

// Not zero where `bytes`, coming after `before`, is not UTF-8. A sequence that `bytes` cuts off is
// found with the next bytes.
SW_INLINE uint8x16_t utf8_errors(uint8x16_t bytes, uint8x16_t before) {
    uint8x16_t back1 = vextq_u8(before, bytes, 15);
    uint8x16_t back2 = vextq_u8(before, bytes, 14);
    uint8x16_t back3 = vextq_u8(before, bytes, 13);
    uint8x16_t pair = vandq_u8(
        vandq_u8(vqtbl1q_u8(vld1q_u8(utf8_first_high), vshrq_n_u8(back1, 4)),
                 vqtbl1q_u8(vld1q_u8(utf8_first_low), vandq_u8(back1, vdupq_n_u8(0x0F)))),
        vqtbl1q_u8(vld1q_u8(utf8_second_high), vshrq_n_u8(bytes, 4)));
    // Where a third or fourth byte is due, two continuations are right, and only there.
    uint8x16_t third = vcgeq_u8(back2, vdupq_n_u8(0xE0));
    uint8x16_t fourth = vcgeq_u8(back3, vdupq_n_u8(0xF0));
    uint8x16_t due = vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(0x80));
    return veorq_u8(pair, due);
}

typedef struct scan {
    scan_state state;
    uint8x16_t last;     // the 16 bytes before the block
    uint8x16_t errors;   // of UTF-8; not zero if there was one
    uint64_t non_ascii;  // not 0 if there was a byte >= 0x80
    bool cut_off;        // the last block had one: this one may go on with its last sequence
    uint32_t *next;
} scan;

SW_INLINE void scan_block(scan *s, block b, uint32_t base) {
    uint64_t non_ascii = not_ascii(&b);
    if (__builtin_expect(non_ascii != 0 || s->cut_off, 0)) {
        s->errors = vorrq_u8(s->errors, utf8_errors(b.part[0], s->last));
        for (int i = 1; i < 4; i++) {
            s->errors = vorrq_u8(s->errors, utf8_errors(b.part[i], b.part[i - 1]));
        }
        s->non_ascii |= non_ascii;
    }
    s->cut_off = non_ascii != 0;
    s->last = b.part[3];

    block_masks masks = {
        .quote = equal(&b, '"'),
        .backslash = equal(&b, '\\'),
        .structure = of_class(&b, CLASS_ANY_STRUCTURE),
        .delimiter =
            of_class(&b, CLASS_ANY_STRUCTURE | CLASS_ANY_BLANK | CLASS_QUOTE),
        .control = below_0x20(&b),
    };
    uint64_t bits = block_starts(&s->state, &masks, base, prefix_xor_shifts);
    uint32_t *next = s->next;
    for (; bits != 0; bits &= bits - 1) *next++ = base + (uint32_t)__builtin_ctzll(bits);
    s->next = next;
}

SW_INLINE block load_block(const uint8_t *bytes) {
    block b;
    for (int i = 0; i < 4; i++) b.part[i] = vld1q_u8(bytes + 16 * i);
    return b;
}

SW_INLINE block load_rest(const uint8_t *bytes, size_t length) {
    uint8_t rest[64];
    copy_rest(rest, bytes, length);
    return load_block(rest);
}

SW_INLINE uint64_t digits(const block *b) {
    block flags;
    for (int i = 0; i < 4; i++) {
        flags.part[i] = vcltq_u8(vsubq_u8(b->part[i], vdupq_n_u8('0')), vdupq_n_u8(10));
    }
    return gather(&flags);
}

// Keeps the masks of a block for the check of numbers.
SW_INLINE void note_numbers(number_check *c, size_t at, uint64_t run, block b) {
    c->run[at] = run;
    c->digit[at] = digits(&b);
    c->zero[at] = equal(&b, '0');
    c->minus[at] = equal(&b, '-');
    c->point[at] = equal(&b, '.');
}

// The blocks have been checked on the way.
SW_INLINE bool is_utf8(const scan *s, const uint8_t *bytes, size_t length) {
    (void)bytes, (void)length;
    return vmaxvq_u8(s->errors) == 0;
}

#include "scan_text.h"

void sw_json_scan_neon(const uint8_t *bytes, size_t length, uint32_t *positions, void *scratch,
                       sw_scan_result *result) {
    scan s = {.last = vdupq_n_u8(0), .errors = vdupq_n_u8(0), .next = positions};
    if (!scan_text(&s, bytes, length, scratch)) {
        sw_json_scan_scalar(bytes, length, positions, result);
        return;
    }
    *result = sound_text(length, (size_t)(s.next - positions), &s.state, s.non_ascii != 0);
}

// ---- CRC32C ----------------------------------------------------------------------------------

#define TARGET_CRC __attribute__((target("crc")))

TARGET_CRC uint32_t sw_crc32c_neon(uint32_t crc, const uint8_t *bytes, size_t length) {
    crc = ~crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
    }
    for (; length > 0; bytes++, length--) crc = __crc32cb(crc, *bytes);
    return ~crc;
}

TARGET_CRC uint32_t sw_crc32c_copy_neon(uint32_t crc, uint8_t *destination,
                                        const uint8_t *source, size_t length) {
    crc = ~crc;
    for (; length >= 8; destination += 8, source += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, source, 8);
        memcpy(destination, &word, 8);
        crc = __crc32cd(crc, word);
    }
    for (; length > 0; destination++, source++, length--) {
        crc = __crc32cb(crc, *source);
        *destination = *source;
    }
    return ~crc;
}

#endif
