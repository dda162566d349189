// The kernels for x86-64 processors with AVX2, PCLMULQDQ, BMI and the CRC32 instruction.

#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "block.h"
#include "byte_indices.h"
#include "class_tables.h"
#include "crc32c_shifts.h"
#include "grammar.h"
#include "numbers.h"
#include "structure.h"
#include "utf8_tables.h"

#define TARGET __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,sse4.2")))

// ---- Structural scan -------------------------------------------------------------------------

typedef struct block {
    __m256i low, high;
} block;

TARGET SW_INLINE __m256i load(const uint8_t *bytes) {
    return _mm256_loadu_si256((const __m256i *)bytes);
}

// The tables of a scan, each in both halves of a register.
typedef struct tables {
    __m256i class_low, class_high;
} tables;

TARGET SW_INLINE __m256i broadcast(const uint8_t *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

TARGET SW_INLINE uint64_t join(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

TARGET SW_INLINE uint64_t equal(__m256i low, __m256i high, uint8_t byte) {
    __m256i bytes = _mm256_set1_epi8((char)byte);
    return join(_mm256_cmpeq_epi8(low, bytes), _mm256_cmpeq_epi8(high, bytes));
}

TARGET SW_INLINE __m256i high_nibbles(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

TARGET SW_INLINE __m256i classes(__m256i bytes, const tables *t) {
    return _mm256_and_si256(_mm256_shuffle_epi8(t->class_low, bytes),
                            _mm256_shuffle_epi8(t->class_high, high_nibbles(bytes)));
}

// The bytes whose class is one of those in `which`.
TARGET SW_INLINE uint64_t of_class(__m256i low, __m256i high, uint8_t which) {
    __m256i bits = _mm256_set1_epi8((char)which);
    __m256i zero = _mm256_setzero_si256();
    return ~join(_mm256_cmpeq_epi8(_mm256_and_si256(low, bits), zero),
                 _mm256_cmpeq_epi8(_mm256_and_si256(high, bits), zero));
}

TARGET SW_INLINE uint64_t below_0x20(__m256i low, __m256i high) {
    __m256i last = _mm256_set1_epi8(0x1F);
    return join(_mm256_cmpeq_epi8(_mm256_max_epu8(low, last), last),
                _mm256_cmpeq_epi8(_mm256_max_epu8(high, last), last));
}

// A carry-less product with all ones sums up the bits below each one.
TARGET SW_INLINE uint64_t prefix_xor_pclmul(uint64_t bits) {
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

// Not zero where `bytes`, coming after `before`, is not UTF-8. A sequence that `bytes` cuts off is
// found with the next bytes.
TARGET static __m256i utf8_errors(__m256i bytes, __m256i before) {
    // The last 16 of the 32 bytes before, then the first 16 of these: what alignr takes from.
    __m256i middle = _mm256_permute2x128_si256(before, bytes, 0x21);
    __m256i back1 = _mm256_alignr_epi8(bytes, middle, 15);
    __m256i back2 = _mm256_alignr_epi8(bytes, middle, 14);
    __m256i back3 = _mm256_alignr_epi8(bytes, middle, 13);
    __m256i low_nibbles = _mm256_and_si256(back1, _mm256_set1_epi8(0x0F));
    __m256i pair = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(broadcast(utf8_first_high), high_nibbles(back1)),
                         _mm256_shuffle_epi8(broadcast(utf8_first_low), low_nibbles)),
        _mm256_shuffle_epi8(broadcast(utf8_second_high), high_nibbles(bytes)));
    // Where a third or fourth byte is due, two continuations are right, and only there. After
    // saturating, the top bit remains only of bytes >= E0, and >= F0.
    __m256i third = _mm256_subs_epu8(back2, _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(back3, _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(pair, due);
}

// Writes `base` plus the index of each bit and returns where to go on. Eight steps whatever the
// bits are: a third faster than `tzcnt` in batches, whose number is hard to predict.
TARGET SW_INLINE uint32_t *write_positions(uint32_t *next, uint64_t bits, uint32_t base) {
    __m256i bases = _mm256_set1_epi32((int)base);
    for (int i = 0; i < 8; i++) {
        uint8_t eight = (uint8_t)(bits >> 8 * i);
        __m128i indices = _mm_cvtsi64_si128((long long)byte_indices[eight]);
        _mm256_storeu_si256((__m256i *)next,
                            _mm256_add_epi32(bases, _mm256_cvtepu8_epi32(indices)));
        next += _mm_popcnt_u32(eight);
        bases = _mm256_add_epi32(bases, _mm256_set1_epi32(8));
    }
    return next;
}

TARGET SW_INLINE __m256i digits(__m256i bytes) {
    __m256i values = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values);
}

// Keeps the masks of a block for the check of numbers.
TARGET SW_INLINE void note_numbers(number_check *c, size_t at, uint64_t run, block b) {
    c->run[at] = run;
    c->digit[at] = join(digits(b.low), digits(b.high));
    c->zero[at] = equal(b.low, b.high, '0');
    c->minus[at] = equal(b.low, b.high, '-');
    c->point[at] = equal(b.low, b.high, '.');
}

typedef struct scan {
    scan_state state;
    tables tables;
    __m256i last;        // the 32 bytes before the block
    __m256i errors;      // of UTF-8; not zero if there was one
    uint64_t non_ascii;  // not 0 if there was a byte >= 0x80
    bool cut_off;        // the last block had one: this one may go on with its last sequence
    uint32_t *next;
} scan;

TARGET SW_INLINE void scan_block(scan *s, block b, uint32_t base) {
    __m256i low = b.low, high = b.high;
    uint64_t non_ascii = join(low, high);
    if (__builtin_expect(non_ascii != 0 || s->cut_off, 0)) {
        s->errors = _mm256_or_si256(s->errors, utf8_errors(low, s->last));
        s->errors = _mm256_or_si256(s->errors, utf8_errors(high, low));
        s->non_ascii |= non_ascii;
    }
    s->cut_off = non_ascii != 0;
    s->last = high;

    __m256i classes_low = classes(low, &s->tables);
    __m256i classes_high = classes(high, &s->tables);
    block_masks masks = {
        .quote = equal(low, high, '"'),
        .backslash = equal(low, high, '\\'),
        .structure = of_class(classes_low, classes_high, CLASS_ANY_STRUCTURE),
        .delimiter = of_class(classes_low, classes_high,
                              CLASS_ANY_STRUCTURE | CLASS_ANY_BLANK | CLASS_QUOTE),
        .control = below_0x20(low, high),
    };
    uint64_t starts = block_starts(&s->state, &masks, base, prefix_xor_pclmul);
    s->next = write_positions(s->next, starts, base);
}

TARGET SW_INLINE block load_block(const uint8_t *bytes) {
    return (block){load(bytes), load(bytes + 32)};
}

TARGET SW_INLINE block load_rest(const uint8_t *bytes, size_t length) {
    uint8_t rest[64];
    copy_rest(rest, bytes, length);
    return load_block(rest);
}

// The blocks have been checked on the way.
TARGET SW_INLINE bool is_utf8(const scan *s, const uint8_t *bytes, size_t length) {
    (void)bytes, (void)length;
    return _mm256_testz_si256(s->errors, s->errors);
}

#include "scan_text.h"

TARGET void sw_json_scan_avx2(const uint8_t *bytes, size_t length, uint32_t *positions,
                              void *scratch, sw_scan_result *result) {
    scan s = {
        .tables = {broadcast(class_low), broadcast(class_high)},
        .last = _mm256_setzero_si256(),
        .errors = _mm256_setzero_si256(),
        .next = positions,
    };
    if (!scan_text(&s, bytes, length, scratch)) {
        sw_json_scan_scalar(bytes, length, positions, result);
        return;
    }
    *result = sound_text(length, (size_t)(s.next - positions), &s.state, s.non_ascii != 0);
}

// The entries that both nibbles of a byte have in common; 0 for bytes >= 0x80.
TARGET SW_INLINE __m256i nibble_lookup(const uint8_t *low, const uint8_t *high, __m256i bytes) {
    return _mm256_and_si256(_mm256_shuffle_epi8(broadcast(low), bytes),
                            _mm256_shuffle_epi8(broadcast(high), high_nibbles(bytes)));
}

TARGET SW_INLINE token_masks read_tokens(const uint8_t *tokens) {
    __m256i low = load(tokens), high = load(tokens + 32);
    __m256i next_low = load(tokens + 1), next_high = load(tokens + 33);
    __m256i class_low = nibble_lookup(token_low, token_high, low);
    __m256i class_high = nibble_lookup(token_low, token_high, high);
    __m256i follow_both_low =
        _mm256_and_si256(nibble_lookup(follow_low, follow_high, low),
                         nibble_lookup(token_low, token_high, next_low));
    __m256i follow_both_high =
        _mm256_and_si256(nibble_lookup(follow_low, follow_high, high),
                         nibble_lookup(token_low, token_high, next_high));
    uint64_t string_next = equal(next_low, next_high, '"');
    return (token_masks){
        .misplaced = equal(follow_both_low, follow_both_high, 0),
        .string_next = string_next,
        .before_key = string_next & equal(load(tokens + 2), load(tokens + 34), ':'),
        .open_brace = equal(low, high, '{'),
        .open_bracket = equal(low, high, '['),
        .close = of_class(class_low, class_high, TOKEN_CLOSE),
        .comma = equal(low, high, ','),
        .brace = of_class(low, high, 0x20),
    };
}

TARGET SW_INLINE uint64_t scalars_of(const uint8_t *tokens, bool all) {
    __m256i low = load(tokens), high = load(tokens + 32);
    uint64_t scalars = of_class(nibble_lookup(token_low, token_high, low),
                                nibble_lookup(token_low, token_high, high), TOKEN_ANY_SCALAR);
    if (all) return scalars;
    return scalars & ~(join(digits(low), digits(high)) | equal(low, high, '-'));
}

TARGET SW_INLINE uint32_t digits_of(const uint8_t *bytes) {
    return (uint32_t)_mm256_movemask_epi8(digits(_mm256_loadu_si256((const __m256i *)bytes)));
}

TARGET bool sw_json_check_scalars_avx2(const uint8_t *bytes, size_t length,
                                         const uint32_t *positions, const uint8_t *tokens,
                                         size_t count, void *scratch) {
    bool all = !numbers_are_plain(scratch);
    return check_scalars(bytes, length, positions, tokens, count, all, scalars_of, digits_of);
}

TARGET bool sw_json_check_avx2(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                const uint8_t *tokens, size_t count, void *scratch,
                                uint32_t *links) {
    if (!check_structure(tokens, count, links, read_tokens)) return false;
    return sw_json_check_scalars_avx2(bytes, length, positions, tokens, count, scratch);
}

TARGET uint64_t sw_json_kinds_avx2(const uint8_t *tokens, size_t count, uint8_t *kinds) {
    return structure_kinds(tokens, count, kinds);
}

TARGET bool sw_json_kinds_equal_avx2(const uint8_t *one, const uint8_t *other, size_t count) {
    return structure_kinds_equal(one, other, count);
}

// ---- CRC32C ----------------------------------------------------------------------------------

// The longest run of words of one of the three interleaved streams below.
#define STREAM_WORDS_MAX (CRC32C_SHIFTS_MAX / 2)

SW_INLINE uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

// The register after `word`, which is copied if there is a destination.
TARGET SW_INLINE uint64_t step(uint64_t crc, const uint8_t *source, uint8_t *destination,
                               size_t offset) {
    uint64_t word = load_word(source + offset);
    if (destination) memcpy(destination + offset, &word, 8);
    return _mm_crc32_u64(crc, word);
}

// A product whose remainder is the register after `words` words of zeros: see crc32c_shifts.
TARGET SW_INLINE __m128i shift(uint64_t crc, size_t words) {
    return _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)crc),
                                _mm_cvtsi32_si128((int)crc32c_shifts[words]), 0);
}

// The register after `length` bytes, which are copied if there is a destination. The instruction
// takes three cycles but can begin each cycle: three streams, side by side, joined in the end as in
// Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction" (Intel, 2011).
TARGET SW_INLINE uint32_t advance(uint32_t start, const uint8_t *source, uint8_t *destination,
                                  size_t length) {
    uint64_t crc = start;
    size_t i = 0;
    // Below 96 bytes joining costs more than it saves.
    while (length - i >= 96) {
        size_t words = (length - i) / 24;
        if (words > STREAM_WORDS_MAX) words = STREAM_WORDS_MAX;
        uint64_t second = 0, third = 0;
        size_t stream = words * 8;
        for (size_t end = i + stream; i < end; i += 8) {
            crc = step(crc, source, destination, i);
            second = step(second, source, destination, i + stream);
            third = step(third, source, destination, i + 2 * stream);
        }
        i += 2 * stream;
        __m128i joined = _mm_xor_si128(shift(crc, 2 * words), shift(second, words));
        crc = third ^ _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(joined));
    }
    for (; length - i >= 8; i += 8) crc = step(crc, source, destination, i);
    uint32_t rest = (uint32_t)crc;
    for (; i < length; i++) {
        if (destination) destination[i] = source[i];
        rest = _mm_crc32_u8(rest, source[i]);
    }
    return rest;
}

TARGET uint32_t sw_crc32c_avx2(uint32_t crc, const uint8_t *bytes, size_t length) {
    return ~advance(~crc, bytes, NULL, length);
}

TARGET uint32_t sw_crc32c_copy_avx2(uint32_t crc, uint8_t *destination, const uint8_t *source,
                                    size_t length) {
    return ~advance(~crc, source, destination, length);
}

#endif
