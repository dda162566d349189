// The numbers of a text, checked all at once on bit masks (bit i for byte i of a block of 64), eight
// blocks a step, where a look at each number would cost more than all the rest of the scan. Numbers
// without an exponent are what nearly all are; a text that has another one is left to the slower
// look at each.

#ifndef SWITCHYARD_NUMBERS_H
#define SWITCHYARD_NUMBERS_H

#include <string.h>

#include "kernels.h"

// The functions below are inlined into kernels of one family, so how another would pass such a
// vector does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

// A mask for each of eight blocks. The compiler makes of it what the family has.
typedef uint64_t masks_8 __attribute__((vector_size(64)));

// How many blocks are kept before they are checked: such as have a run, or the end of one that the
// block before had. Blocks between them hand nothing on, so it is as if they were not there.
#define KEPT_BLOCKS 64

// The check of a text's numbers: what the scan keeps of blocks not checked yet, and what has been
// found. It is what a scan's scratch memory holds.
typedef struct number_check {
    // What one step of eight blocks hands to the next: its masks, of which the last block's matter.
    masks_8 last_run, last_plain, last_minus, last_point, last_leading_zero, last_carry;
    masks_8 unusual;  // not 0 if a number has an exponent, is too long, or is none
    // What the bytes of the kept blocks are, as far as numbers go. `run` are those outside strings
    // that are neither structure nor blank; what the other masks say of other bytes does not matter.
    uint64_t run[KEPT_BLOCKS + 8], digit[KEPT_BLOCKS + 8], zero[KEPT_BLOCKS + 8],
        minus[KEPT_BLOCKS + 8], point[KEPT_BLOCKS + 8];
    size_t kept;
} number_check;

_Static_assert(sizeof(number_check) <= SW_SCAN_SCRATCH_BYTES, "scratch memory is too small");
_Static_assert(_Alignof(number_check) <= SW_SCAN_SCRATCH_ALIGNMENT, "or not aligned enough");

SW_INLINE void start_numbers(number_check *c) {
    const masks_8 none = {0};
    c->last_run = c->last_plain = c->last_minus = c->last_point = c->last_leading_zero =
        c->last_carry = c->unusual = none;
}

SW_INLINE masks_8 load_8(const uint64_t *masks) {
    masks_8 result;
    memcpy(&result, masks, sizeof result);
    return result;
}

// Each block's mask in the place of the block after it, the first of them from the step before.
SW_INLINE masks_8 shifted_8(masks_8 before, masks_8 masks) {
    return __builtin_shufflevector(before, masks, 7, 8, 9, 10, 11, 12, 13, 14);
}

// The bytes after those of `masks`.
SW_INLINE masks_8 following_8(masks_8 before, masks_8 masks) {
    return masks << 1 | shifted_8(before, masks) >> 63;
}

// Checks eight blocks from the kept one at `at`. What a valid text never has is unusual; runs that
// begin neither with a digit nor with a minus are somebody else's to check.
SW_INLINE void check_numbers_8(number_check *c, size_t at) {
    masks_8 run = load_8(c->run + at);
    masks_8 digit = load_8(c->digit + at) & run;
    masks_8 minus = load_8(c->minus + at) & run;
    masks_8 point = load_8(c->point + at) & run;
    masks_8 plain = digit | minus | point;
    masks_8 starts = run & ~following_8(c->last_run, run);
    masks_8 after_minus = following_8(c->last_minus, minus);
    masks_8 after_point = following_8(c->last_point, point);

    masks_8 unusual = following_8(c->last_plain, plain) & (run & ~plain);
    unusual |= minus & ~starts;
    unusual |= (after_minus | after_point) & ~digit;

    // A number's digits before the point: adding the first of them carries to the byte after them.
    // (A carry into a block of nothing but digits would have to go on; such a block is unusual.)
    masks_8 first = (starts | after_minus) & digit;
    masks_8 sum = digit + first;
    masks_8 carry = (masks_8)(sum < digit) & 1;
    masks_8 after_whole = sum + shifted_8(c->last_carry, carry);
    unusual |= point & ~after_whole;
    unusual |= (masks_8)(run == UINT64_MAX);

    masks_8 leading_zero = first & load_8(c->zero + at);
    unusual |= following_8(c->last_leading_zero, leading_zero) & digit;

    c->unusual |= unusual;
    c->last_run = run;
    c->last_plain = plain;
    c->last_minus = minus;
    c->last_point = point;
    c->last_leading_zero = leading_zero;
    c->last_carry = carry;
}

// Checks the first `count` kept blocks: KEPT_BLOCKS, or fewer if none come after them.
SW_INLINE void check_kept_numbers(number_check *c, size_t count) {
    memset(c->run + count, 0, 8 * sizeof(uint64_t));  // makes the others' masks irrelevant
    for (size_t at = 0; at < count; at += 8) check_numbers_8(c, at);
}

// Checks what is still kept, and tells whether all numbers of the text are plain: valid and without
// an exponent. It comes long after the scan has kept the masks, because loading eight of them at
// once has to wait until every one is out of the store buffer.
SW_INLINE bool numbers_are_plain(number_check *c) {
    check_kept_numbers(c, c->kept);
    uint64_t unusual = 0;
    for (int i = 0; i < 8; i++) unusual |= c->unusual[i];
    return unusual == 0;
}

#endif
