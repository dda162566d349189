// The tables of UTF-8 validation by three lookups: Keiser and Lemire, "Validating UTF-8 in less
// than one instruction per byte", Software: Practice and Experience 51 (2021).
//
// Two neighbouring bytes are looked up by the high nibble of the first, its low nibble, and the
// high nibble of the second. Each bit of an entry stands for a way to be wrong (or, the highest,
// for two continuations, which is right or wrong depending on the bytes before); what all three
// entries agree on, the pair is.

#ifndef SWITCHYARD_UTF8_TABLES_H
#define SWITCHYARD_UTF8_TABLES_H

#include <stdint.h>

enum {
    UTF8_TOO_SHORT = 0x01,   // a lead byte, then no continuation
    UTF8_TOO_LONG = 0x02,    // ASCII, then a continuation
    UTF8_OVERLONG_3 = 0x04,  // E0, then 80 to 9F
    UTF8_TOO_LARGE = 0x08,   // F4, then 90 to BF; or F5 to FF, then 90 to BF
    UTF8_SURROGATE = 0x10,   // ED, then A0 to BF
    UTF8_OVERLONG_2 = 0x20,  // C0 or C1, then a continuation
    UTF8_F_THEN_8 = 0x40,    // F0 (overlong) or F5 to FF (too large), then 80 to 8F
    UTF8_TWO_CONTINUATIONS = 0x80,
    // Wrong whatever the low nibble of the first byte is.
    UTF8_ANY_LOW = UTF8_TOO_SHORT | UTF8_TOO_LONG | UTF8_TWO_CONTINUATIONS,
    // Wrong after F5 to FF.
    UTF8_ABOVE_F4 = UTF8_ANY_LOW | UTF8_TOO_LARGE | UTF8_F_THEN_8,
    // Wrong with a second byte of 80 to 8F, 90 to 9F, and A0 to BF.
    UTF8_SECOND_8 = UTF8_TOO_LONG | UTF8_OVERLONG_2 | UTF8_TWO_CONTINUATIONS | UTF8_OVERLONG_3 |
                    UTF8_F_THEN_8,
    UTF8_SECOND_9 = UTF8_TOO_LONG | UTF8_OVERLONG_2 | UTF8_TWO_CONTINUATIONS | UTF8_OVERLONG_3 |
                    UTF8_TOO_LARGE,
    UTF8_SECOND_AB = UTF8_TOO_LONG | UTF8_OVERLONG_2 | UTF8_TWO_CONTINUATIONS | UTF8_SURROGATE |
                     UTF8_TOO_LARGE,
};

// By the high nibble of the first byte.
static const uint8_t utf8_first_high[16] = {
    UTF8_TOO_LONG,  // 0 to 7: ASCII
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TOO_LONG,
    UTF8_TWO_CONTINUATIONS,  // 8 to B: continuations
    UTF8_TWO_CONTINUATIONS,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TWO_CONTINUATIONS,
    UTF8_TOO_SHORT | UTF8_OVERLONG_2,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT | UTF8_OVERLONG_3 | UTF8_SURROGATE,
    UTF8_TOO_SHORT | UTF8_TOO_LARGE | UTF8_F_THEN_8,
};

// By the low nibble of the first byte.
static const uint8_t utf8_first_low[16] = {
    UTF8_ANY_LOW | UTF8_OVERLONG_2 | UTF8_OVERLONG_3 | UTF8_F_THEN_8,  // C0, E0, F0
    UTF8_ANY_LOW | UTF8_OVERLONG_2,                                    // C1
    UTF8_ANY_LOW,
    UTF8_ANY_LOW,
    UTF8_ANY_LOW | UTF8_TOO_LARGE,  // F4
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4 | UTF8_SURROGATE,  // ED
    UTF8_ABOVE_F4,
    UTF8_ABOVE_F4,
};

// By the high nibble of the second byte.
static const uint8_t utf8_second_high[16] = {
    UTF8_TOO_SHORT,  // 0 to 7: ASCII
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_SECOND_8,
    UTF8_SECOND_9,
    UTF8_SECOND_AB,
    UTF8_SECOND_AB,
    UTF8_TOO_SHORT,  // C to F: lead bytes
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
    UTF8_TOO_SHORT,
};

#endif
