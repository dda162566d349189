// The kernels for x86-64 processors with AVX-512 as of Ice Lake and Zen 4: byte permutes and
// compression (VBMI, VBMI2) and wide carry-less products (VPCLMULQDQ).

#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "block.h"
#include "class_tables.h"
#include "crc32c_shifts.h"
#include "grammar.h"
#include "numbers.h"
#include "structure.h"
#include "utf8_tables.h"

#define TARGET                                                                                  \
    __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,pclmul,"       \
                          "vpclmulqdq,bmi,bmi2,popcnt,sse4.2")))

// ---- Structural scan -------------------------------------------------------------------------

typedef __m512i block;

static const uint8_t identity[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

TARGET SW_INLINE __m512i broadcast(const uint8_t *table) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
}

TARGET SW_INLINE __m512i high_nibbles(__m512i bytes) {
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
}

// A carry-less product with all ones sums up the bits below each one.
TARGET SW_INLINE uint64_t prefix_xor_pclmul(uint64_t bits) {
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

// Not zero where `bytes`, coming after `before`, is not UTF-8. A sequence that `bytes` cuts off is
// found with the next bytes.
TARGET SW_INLINE __m512i utf8_errors(__m512i bytes, __m512i before) {
    // The last 16 bytes before, then the first 48 of these: what alignr takes from.
    __m512i shifted = _mm512_alignr_epi64(bytes, before, 6);
    __m512i back1 = _mm512_alignr_epi8(bytes, shifted, 15);
    __m512i back2 = _mm512_alignr_epi8(bytes, shifted, 14);
    __m512i back3 = _mm512_alignr_epi8(bytes, shifted, 13);
    __m512i low_nibbles = _mm512_and_si512(back1, _mm512_set1_epi8(0x0F));
    __m512i pair = _mm512_and_si512(
        _mm512_and_si512(_mm512_shuffle_epi8(broadcast(utf8_first_high), high_nibbles(back1)),
                         _mm512_shuffle_epi8(broadcast(utf8_first_low), low_nibbles)),
        _mm512_shuffle_epi8(broadcast(utf8_second_high), high_nibbles(bytes)));
    // Where a third or fourth byte is due, two continuations are right, and only there. After
    // saturating, the top bit remains only of bytes >= E0, and >= F0.
    __m512i third = _mm512_subs_epu8(back2, _mm512_set1_epi8((char)(0xE0 - 0x80)));
    __m512i fourth = _mm512_subs_epu8(back3, _mm512_set1_epi8((char)(0xF0 - 0x80)));
    __m512i due = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char)0x80));
    return _mm512_xor_si512(pair, due);
}

TARGET SW_INLINE void write_16(uint32_t *next, __m128i indices, __m512i base) {
    _mm512_storeu_si512(next, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(indices)));
}

// Writes `base` plus each of the indices of the bits, and returns how many there are. (They were
// compressed in a register: compressing straight to memory takes over a hundred cycles on Zen 4.)
TARGET SW_INLINE size_t write_positions(uint32_t *next, __m512i all, uint64_t bits,
                                      uint32_t base) {
    __m512i bases = _mm512_set1_epi32((int)base);
    size_t count = (size_t)_mm_popcnt_u64(bits);
    write_16(next, _mm512_castsi512_si128(all), bases);
    if (__builtin_expect(count > 16, 0)) {
        write_16(next + 16, _mm512_extracti32x4_epi32(all, 1), bases);
        if (count > 32) {
            write_16(next + 32, _mm512_extracti32x4_epi32(all, 2), bases);
            write_16(next + 48, _mm512_extracti32x4_epi32(all, 3), bases);
        }
    }
    return count;
}

TARGET SW_INLINE uint64_t digits(__m512i bytes) {
    __m512i values = _mm512_sub_epi8(bytes, _mm512_set1_epi8('0'));
    return _mm512_cmplt_epu8_mask(values, _mm512_set1_epi8(10));
}

// Keeps the masks of a block for the check of numbers.
TARGET SW_INLINE void note_numbers(number_check *c, size_t at, uint64_t run, block bytes) {
    c->run[at] = run;
    c->digit[at] = digits(bytes);
    c->zero[at] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('0'));
    c->minus[at] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('-'));
    c->point[at] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('.'));
}

typedef struct scan {
    scan_state state;
    uint64_t non_ascii;  // not 0 if there was a byte >= 0x80
    uint32_t *positions;
    uint8_t *tokens;
    size_t count;
} scan;

TARGET SW_INLINE void scan_block(scan *s, block bytes, uint32_t base) {
    __m512i classes =
        _mm512_and_si512(_mm512_shuffle_epi8(broadcast(class_low), bytes),
                         _mm512_shuffle_epi8(broadcast(class_high), high_nibbles(bytes)));
    block_masks masks = {
        .quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
        .structure = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(CLASS_ANY_STRUCTURE)),
        .delimiter = _mm512_test_epi8_mask(
            classes, _mm512_set1_epi8(CLASS_ANY_STRUCTURE | CLASS_ANY_BLANK | CLASS_QUOTE)),
    };
    // Moving a mask out of its register is what costs most here, so what is rare shares one test.
    const __m512i rare = _mm512_set1_epi8((char)(CLASS_BACKSLASH | CLASS_CONTROL));
    const __m512i top_bit = _mm512_set1_epi8((char)0x80);
    __m512i flags = _mm512_ternarylogic_epi64(classes, bytes, top_bit, 0xF8);  // A | B & C
    __mmask64 is_rare = _mm512_test_epi8_mask(flags, rare);
    if (__builtin_expect(!_kortestz_mask64_u8(is_rare, is_rare), 0)) {
        s->non_ascii |= _mm512_movepi8_mask(bytes);
        masks.backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
        masks.control = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20));
    }
    uint64_t starts = block_starts(&s->state, &masks, base, prefix_xor_pclmul);
    __m512i indices = _mm512_maskz_compress_epi8(starts, _mm512_loadu_si512(identity));
    _mm512_storeu_si512(s->tokens + s->count, _mm512_permutexvar_epi8(indices, bytes));
    s->count += write_positions(s->positions + s->count, indices, starts, base);
}

TARGET static bool is_utf8(const scan *s, const uint8_t *bytes, size_t length) {
    (void)s;
    __m512i last = _mm512_setzero_si512(), errors = _mm512_setzero_si512();
    for (size_t i = 0;; i += 64) {
        // Zeros after the text end a sequence that it cuts off.
        size_t rest = length - i < 64 ? length - i : 64;
        __mmask64 here = _bzhi_u64(UINT64_MAX, (unsigned)rest);
        __m512i block = _mm512_maskz_loadu_epi8(here, bytes + i);
        errors = _mm512_or_si512(errors, utf8_errors(block, last));
        if (rest < 64) return _mm512_test_epi8_mask(errors, errors) == 0;
        last = block;
    }
}

TARGET SW_INLINE block load_block(const uint8_t *bytes) { return _mm512_loadu_si512(bytes); }

// A masked load touches nothing where its mask is zero.
TARGET SW_INLINE block load_rest(const uint8_t *bytes, size_t length) {
    __mmask64 rest = _bzhi_u64(UINT64_MAX, (unsigned)length);
    return _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), rest, bytes);
}

#include "scan_text.h"

TARGET void sw_json_scan_avx512(const uint8_t *bytes, size_t length, uint32_t *positions,
                                uint8_t *tokens, void *scratch, sw_scan_result *result) {
    scan s = {.positions = positions, .tokens = tokens};
    if (!scan_text(&s, bytes, length, scratch)) {
        sw_json_scan_scalar(bytes, length, positions, result);
        return;
    }
    *result = sound_text(length, s.count, &s.state, s.non_ascii != 0);
}

// The entries that both nibbles of a byte have in common; 0 for bytes >= 0x80.
TARGET SW_INLINE __m512i nibble_lookup(const uint8_t *low, const uint8_t *high, __m512i bytes) {
    return _mm512_and_si512(_mm512_shuffle_epi8(broadcast(low), bytes),
                            _mm512_shuffle_epi8(broadcast(high), high_nibbles(bytes)));
}

TARGET SW_INLINE token_masks read_tokens(const uint8_t *tokens) {
    __m512i bytes = _mm512_loadu_si512(tokens);
    __m512i next = _mm512_loadu_si512(tokens + 1);
    __m512i after_next = _mm512_loadu_si512(tokens + 2);
    __m512i class = nibble_lookup(token_low, token_high, bytes);
    __m512i next_class = nibble_lookup(token_low, token_high, next);
    __m512i follow = nibble_lookup(follow_low, follow_high, bytes);
    uint64_t string_next = _mm512_cmpeq_epi8_mask(next, _mm512_set1_epi8('"'));
    return (token_masks){
        .misplaced = _mm512_testn_epi8_mask(follow, next_class),
        .string_next = string_next,
        .before_key = string_next & _mm512_cmpeq_epi8_mask(after_next, _mm512_set1_epi8(':')),
        .open_brace = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('{')),
        .open_bracket = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('[')),
        .close = _mm512_test_epi8_mask(class, _mm512_set1_epi8(TOKEN_CLOSE)),
        .comma = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(',')),
        .brace = _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x20)),
    };
}

TARGET SW_INLINE uint64_t scalars_of(const uint8_t *tokens, bool all) {
    __m512i bytes = _mm512_loadu_si512(tokens);
    __m512i class = nibble_lookup(token_low, token_high, bytes);
    if (all) return _mm512_test_epi8_mask(class, _mm512_set1_epi8((char)TOKEN_ANY_SCALAR));
    return _mm512_mask_cmpgt_epu8_mask(
        _mm512_test_epi8_mask(class, _mm512_set1_epi8(TOKEN_SCALAR)), bytes,
        _mm512_set1_epi8('9'));
}

TARGET SW_INLINE uint32_t digits_of(const uint8_t *bytes) {
    __m256i digits = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)bytes),
                                     _mm256_set1_epi8('0'));
    return _mm256_cmplt_epu8_mask(digits, _mm256_set1_epi8(10));
}

TARGET bool sw_json_check_scalars_avx512(const uint8_t *bytes, size_t length,
                                         const uint32_t *positions, const uint8_t *tokens,
                                         size_t count, void *scratch) {
    bool all = !numbers_are_plain(scratch);
    return check_scalars(bytes, length, positions, tokens, count, all, scalars_of, digits_of);
}

TARGET bool sw_json_check_avx512(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                const uint8_t *tokens, size_t count, void *scratch,
                                uint32_t *links) {
    if (!check_structure(tokens, count, links, read_tokens)) return false;
    return sw_json_check_scalars_avx512(bytes, length, positions, tokens, count, scratch);
}

TARGET uint64_t sw_json_kinds_avx512(const uint8_t *tokens, size_t count, uint8_t *kinds) {
    return structure_kinds(tokens, count, kinds);
}

TARGET bool sw_json_kinds_equal_avx512(const uint8_t *one, const uint8_t *other, size_t count) {
    return structure_kinds_equal(one, other, count);
}

// ---- CRC32C ----------------------------------------------------------------------------------

// What folds each 128-bit lane over `words` words of 64 bits.
TARGET SW_INLINE __m512i fold_by(unsigned words) {
    return _mm512_broadcast_i32x4(
        _mm_set_epi64x(crc32c_shifts[words], crc32c_shifts[words + 1]));
}

// `lanes` moved on by the constants' distance, plus `next`.
TARGET SW_INLINE __m512i fold(__m512i lanes, __m512i constants, __m512i next) {
    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(lanes, constants, 0x00),
                                     _mm512_clmulepi64_epi128(lanes, constants, 0x11), next,
                                     0x96);  // the xor of all three
}

TARGET SW_INLINE __m512i load(const uint8_t *source, uint8_t *destination, size_t offset,
                              size_t ahead) {
    __m512i bytes = _mm512_loadu_si512(source + offset);
    if (ahead) _mm_prefetch((const char *)(source + offset + ahead), _MM_HINT_T0);
    if (destination) _mm512_storeu_si512(destination + offset, bytes);
    return bytes;
}

// The register after the 64 bytes that four lanes have been folded into.
TARGET SW_INLINE uint32_t reduce(__m512i lanes) {
    const __m512i constants = _mm512_set_epi64(
        0, 0, crc32c_shifts[2], crc32c_shifts[3], crc32c_shifts[4], crc32c_shifts[5],
        crc32c_shifts[6], crc32c_shifts[7]);
    __m512i last = _mm512_maskz_mov_epi64(0xC0, lanes);
    __m512i folded = fold(lanes, constants, last);
    __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(folded),
                                    _mm512_extracti64x4_epi64(folded, 1));
    __m128i lane =
        _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    uint64_t crc = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(lane));
    return (uint32_t)_mm_crc32_u64(crc, (uint64_t)_mm_extract_epi64(lane, 1));
}

// The register after the whole blocks of 64 bytes of `length`, which is at least 256; they are
// copied if there is a destination, and what lies `ahead` of them is fetched if that is not 0.
// Sixteen lanes are folded side by side, then into four, then one.
TARGET SW_INLINE uint32_t advance_blocks(uint32_t crc, const uint8_t *source,
                                         uint8_t *destination, size_t length, size_t ahead) {
    __m512i a = load(source, destination, 0, ahead);
    __m512i b = load(source, destination, 64, ahead);
    __m512i c = load(source, destination, 128, ahead);
    __m512i d = load(source, destination, 192, ahead);
    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
    size_t i = 256;
    const __m512i over_256_bytes = fold_by(32);
    for (; length - i >= 256; i += 256) {
        a = fold(a, over_256_bytes, load(source, destination, i, ahead));
        b = fold(b, over_256_bytes, load(source, destination, i + 64, ahead));
        c = fold(c, over_256_bytes, load(source, destination, i + 128, ahead));
        d = fold(d, over_256_bytes, load(source, destination, i + 192, ahead));
    }
    // a, b and c into d, at once rather than one after the other.
    d = fold(a, fold_by(24), fold(b, fold_by(16), fold(c, fold_by(8), d)));
    const __m512i over_64_bytes = fold_by(8);
    for (; length - i >= 64; i += 64) d = fold(d, over_64_bytes, load(source, destination, i, ahead));
    return reduce(d);
}

TARGET uint32_t sw_crc32c_avx512(uint32_t crc, const uint8_t *bytes, size_t length) {
    if (length >= 256) {
        crc = ~advance_blocks(~crc, bytes, NULL, length, 0);
        size_t done = length & ~(size_t)63;
        bytes += done;
        length -= done;
    }
    return sw_crc32c_avx2(crc, bytes, length);
}

TARGET uint32_t sw_crc32c_ahead_avx512(uint32_t crc, const uint8_t *bytes, size_t length) {
    if (length >= 256) {
        crc = ~advance_blocks(~crc, bytes, NULL, length, SW_FETCH_AHEAD);
        size_t done = length & ~(size_t)63;
        bytes += done;
        length -= done;
    }
    return sw_crc32c_avx2(crc, bytes, length);
}

TARGET uint32_t sw_crc32c_copy_avx512(uint32_t crc, uint8_t *destination, const uint8_t *source,
                                      size_t length) {
    if (length >= 256) {
        crc = ~advance_blocks(~crc, source, destination, length, 0);
        size_t done = length & ~(size_t)63;
        destination += done;
        source += done;
        length -= done;
    }
    return sw_crc32c_copy_avx2(crc, destination, source, length);
}

#endif
