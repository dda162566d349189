// The part of the structural scan that every vector kernel shares: given 64 bytes as bit masks (bit
// i for byte i), which of them start something. Only integer arithmetic on the masks; the kernels
// differ in how they get the masks, how they sum quotes up, and how they write positions. The loop
// over a text's blocks is in scan_text.h.
//
// The idea of carrying the scan out on masks is that of Langdale and Lemire, "Parsing Gigabytes of
// JSON per Second", VLDB Journal 28 (2019).

#ifndef SWITCHYARD_BLOCK_H
#define SWITCHYARD_BLOCK_H

#include <string.h>

#include "kernels.h"

// What 64 bytes are. A byte may be in several masks or in none.
typedef struct block_masks {
    uint64_t quote;
    uint64_t structure;  // { } [ ] : ,
    uint64_t delimiter;  // structure, quotes, and blanks: space, tab, LF, CR
    uint64_t backslash;
    uint64_t control;    // below 0x20
} block_masks;

// What one block hands to the next, and what is summed up over all of them.
typedef struct scan_state {
    uint64_t in_string;       // all ones if the last block ended inside a string, else 0
    uint64_t escaped;         // 1 if the last block ended with an escape's backslash, else 0
    uint64_t in_run;          // 1 if the last block's last byte belongs to a run, else 0
    uint64_t run;             // the last block's bytes of runs
    bool has_run;             // whether the last block has a run, or one ended right before it
    uint32_t escapes_from;    // the first block with a backslash
    uint32_t escapes_to;      // behind the last one, 0 if there was none
    uint64_t string_control;  // not 0 if there was a control character in a string
} scan_state;

// What a scan found of a text in which nothing is wrong.
SW_INLINE sw_scan_result sound_text(size_t length, size_t count, const scan_state *state,
                                    bool has_non_ascii) {
    return (sw_scan_result){
        .error_offset = length,
        .count = (uint32_t)count,
        .error = SW_SCAN_OK,
        .has_backslash = state->escapes_to != 0,
        .escapes_from = state->escapes_from,
        .escapes_to = state->escapes_to,
        .has_non_ascii = has_non_ascii,
    };
}

// Texts mostly come back to back, in a batch or in a segment of the archive: while one is scanned, the
// next is fetched. From memory, that takes a scan from 231 to 163 ns per event of 1.1 KB; half the
// distance to 178 ns. A prefetch of what is not there, behind the last text, does nothing.
#define PREFETCH_DISTANCE 2048

SW_INLINE void prefetch_ahead(const uint8_t *bytes) {
    // The address as a number, because a pointer must not point there.
    __builtin_prefetch((const void *)((uintptr_t)bytes + PREFETCH_DISTANCE), 0, 3);
}

// The last bytes of a text, fewer than 64, and blanks after them: for families whose loads can't be
// masked.
SW_INLINE void copy_rest(uint8_t *rest, const uint8_t *bytes, size_t length) {
    memset(rest, ' ', 64);
    if (length > 0) memcpy(rest, bytes, length);
}

// The xor of each bit with all those below it: turns quotes into the strings between them.
typedef uint64_t (*prefix_xor)(uint64_t bits);

// The bytes that an escape makes ordinary, provided that every backslash stands in a string. Of the
// bytes of a run of backslashes it leaves out those that do not matter: only the byte after the run
// is right. `carry` is 1 if the byte before the block escapes the first one, and is replaced.
//
// A run escapes the byte after it if its length is odd, that is, if it starts at an even index and
// ends before an odd one or the other way round. Adding its first bit to a run carries a one to the
// byte after it; runs whose first bit is not added stay as they are, and the mask removes them.
SW_INLINE uint64_t escaped_bytes(uint64_t backslash, uint64_t *carry) {
    const uint64_t even = 0x5555555555555555u;
    uint64_t runs = backslash & ~*carry;
    uint64_t starts = runs & ~(runs << 1);
    unsigned long long after_even, after_odd;
    __builtin_add_overflow(runs, starts & even, &after_even);
    // Index 64 is even: a run from an odd index up to the block's end has an odd length.
    bool out = __builtin_add_overflow(runs, starts & ~even, &after_odd);
    uint64_t escaped = ((after_even & ~even) | (after_odd & even)) & ~runs;
    escaped |= *carry;
    *carry = out;
    return escaped;
}

// The quotes that open or close a string, found one by one: for blocks with a backslash outside
// strings, where it escapes nothing. Never in a JSON text.
static uint64_t unescaped_quotes_slow(uint64_t quote, uint64_t backslash, uint64_t in_string,
                                      uint64_t *carry) {
    uint64_t left = quote | backslash;
    uint64_t quotes = 0;
    unsigned escaped_index = *carry ? 0 : 65;
    for (; left != 0; left &= left - 1) {
        unsigned index = (unsigned)__builtin_ctzll(left);
        uint64_t bit = (uint64_t)1 << index;
        if (index == escaped_index) continue;
        if (quote & bit) {
            quotes |= bit;
            in_string = ~in_string;
        } else if (in_string) {
            escaped_index = index + 1;
        }
    }
    *carry = escaped_index == 64;
    return quotes;
}

// The bytes of the block at `base` whose offsets the scan writes.
SW_INLINE uint64_t block_starts(scan_state *state, const block_masks *masks, uint32_t base,
                                prefix_xor sum) {
    uint64_t quotes = masks->quote;
    uint64_t in_string;  // opening quotes included, closing ones not
    if (__builtin_expect((masks->backslash | state->escaped) == 0, 1)) {
        in_string = sum(quotes) ^ state->in_string;
    } else {
        if (masks->backslash != 0) {
            if (state->escapes_to == 0) state->escapes_from = base;
            state->escapes_to = base + 64;
        }
        uint64_t carry = state->escaped;
        quotes &= ~escaped_bytes(masks->backslash, &carry);
        in_string = sum(quotes) ^ state->in_string;
        // Up to the first backslash outside strings the masks are right, so it is always found.
        if (__builtin_expect((masks->backslash & ~in_string) != 0, 0)) {
            uint64_t slow_carry = state->escaped;
            quotes = unescaped_quotes_slow(masks->quote, masks->backslash, state->in_string,
                                           &slow_carry);
            carry = slow_carry;
            in_string = sum(quotes) ^ state->in_string;
        }
        state->escaped = carry;
    }
    state->in_string = (uint64_t)((int64_t)in_string >> 63);
    state->string_control |= masks->control & in_string;

    uint64_t run = ~(in_string | masks->delimiter);
    uint64_t run_starts = run & ~(run << 1 | state->in_run);
    state->has_run = (run | state->in_run) != 0;
    state->in_run = run >> 63;
    state->run = run;
    return (masks->structure & ~in_string) | (quotes & in_string) | run_starts;
}

#endif
