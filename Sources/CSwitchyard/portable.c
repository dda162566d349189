// The structural scan on bit masks for processors without a family of their own: what the vector
// kernels do, in the vectors of the language, for the compiler to make the best of. On x86-64 that is
// SSE2. A text that is wrong is left to scalar.c.

#include "block.h"
#include "numbers.h"

#define TARGET

typedef uint8_t block __attribute__((vector_size(64)));
typedef bool bits_64 __attribute__((ext_vector_type(64)));

// A bit for each byte, from comparisons: all ones or zeros.
SW_INLINE uint64_t mask_of(block found) {
    bits_64 bits = __builtin_convertvector(found, bits_64);
    uint64_t mask;
    memcpy(&mask, &bits, sizeof mask);
    return mask;
}

SW_INLINE block equal(block bytes, uint8_t byte) { return (block)(bytes == byte); }

SW_INLINE uint64_t prefix_xor_shifts(uint64_t bits) {
    for (unsigned by = 1; by < 64; by *= 2) bits ^= bits << by;
    return bits;
}

SW_INLINE void note_numbers(number_check *c, size_t at, uint64_t run, block bytes) {
    c->run[at] = run;
    c->digit[at] = mask_of((block)((bytes - '0') < 10));
    c->zero[at] = mask_of(equal(bytes, '0'));
    c->minus[at] = mask_of(equal(bytes, '-'));
    c->point[at] = mask_of(equal(bytes, '.'));
}

typedef struct scan {
    scan_state state;
    uint64_t non_ascii;  // not 0 if there was a byte >= 0x80
    uint32_t *next;
} scan;

// Writes `base` plus each of the indices of the bits: eight at a time, more than there are perhaps.
SW_INLINE uint32_t *write_positions(uint32_t *next, uint64_t bits, uint32_t base) {
    uint32_t *end = next + __builtin_popcountll(bits);
    while (bits != 0) {
        for (int i = 0; i < 8; i++) {
            // With no bit left, what is written does not count.
            next[i] = base + (bits != 0 ? (uint32_t)__builtin_ctzll(bits) : 0);
            bits &= bits - 1;
        }
        next += 8;
    }
    return end;
}

SW_INLINE void scan_block(scan *s, block bytes, uint32_t base) {
    block lowered = bytes | 0x20;  // makes braces of square brackets
    block structure = equal(lowered, '{') | equal(lowered, '}') | equal(bytes, ':') |
                         equal(bytes, ',');
    block quote = equal(bytes, '"');
    block blank = equal(bytes, ' ') | equal(bytes, '\t') | equal(bytes, '\n') |
                     equal(bytes, '\r');
    block backslash = equal(bytes, '\\');
    block control = (block)(bytes < 0x20);
    block_masks masks = {
        .quote = mask_of(quote),
        .structure = mask_of(structure),
        .delimiter = mask_of(structure | quote | blank),
    };
    // What is rare shares one test.
    if (__builtin_expect(mask_of(backslash | control | (block)(bytes >= 0x80)) != 0, 0)) {
        masks.backslash = mask_of(backslash);
        masks.control = mask_of(control);
        s->non_ascii |= mask_of((block)(bytes >= 0x80));
    }
    s->next = write_positions(s->next, block_starts(&s->state, &masks, base, prefix_xor_shifts),
                              base);
}

SW_INLINE block load_block(const uint8_t *bytes) {
    block b;
    memcpy(&b, bytes, sizeof b);
    return b;
}

SW_INLINE block load_rest(const uint8_t *bytes, size_t length) {
    uint8_t rest[64];
    copy_rest(rest, bytes, length);
    return load_block(rest);
}

SW_INLINE bool is_utf8(const scan *s, const uint8_t *bytes, size_t length) {
    (void)s;
    return sw_is_utf8_scalar(bytes, length);
}

#include "scan_text.h"

void sw_json_scan_portable(const uint8_t *bytes, size_t length, uint32_t *positions,
                           void *scratch, sw_scan_result *result) {
    scan s = {.next = positions};
    if (!scan_text(&s, bytes, length, scratch)) {
        sw_json_scan_scalar(bytes, length, positions, result);
        return;
    }
    *result = sound_text(length, (size_t)(s.next - positions), &s.state, s.non_ascii != 0);
}
