// The structure of a text, apart from its values: what kind of token each one is. Texts of the same
// structure have their brackets in the same places, so what was found out of one holds for all.

#ifndef SWITCHYARD_STRUCTURE_H
#define SWITCHYARD_STRUCTURE_H

#include <string.h>

#include "kernels.h"

// The functions below are inlined into kernels of one family, so how another would pass such a
// vector does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

typedef uint8_t kinds_64 __attribute__((vector_size(64)));
typedef uint64_t words_8 __attribute__((vector_size(64)));

// Which of 64 tokens there are, if `count` are left: all ones for those.
SW_INLINE kinds_64 present_64(size_t count) {
    const kinds_64 numbers = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };
    return (kinds_64)(numbers < (uint8_t)(count < 64 ? count : 64));
}

// A number by the kind 0, a literal by the kind a, anything else by its first byte: nothing that can
// begin no token is of the kind of anything that can.
SW_INLINE kinds_64 kinds_of_64(const uint8_t *tokens, size_t count) {
    kinds_64 bytes;
    memcpy(&bytes, tokens, sizeof bytes);
    kinds_64 number = (kinds_64)((bytes - '0') < 10) | (kinds_64)(bytes == '-');
    kinds_64 literal = (kinds_64)(bytes == 't') | (kinds_64)(bytes == 'f') | (kinds_64)(bytes == 'n');
    kinds_64 other = ~(number | literal);
    kinds_64 kinds = (bytes & other) | (number & (uint8_t)'0') | (literal & (uint8_t)'a');
    return kinds & present_64(count);
}

static const uint64_t lane_factors[8] = {  // odd, so that nothing of a lane gets lost
    0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0x165667B19E3779F9u, 0x85EBCA77C2B2AE63u,
    0x27D4EB2F165667C5u, 0xD6E8FEB86659FD93u, 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu,
};

// As sw_json_kinds. The hash is a sum of products of 32 bits by 32, as in NH (Black et al., "UMAC:
// Fast and Secure Message Authentication", 1999), each step with a key of its own.
SW_INLINE uint64_t structure_kinds(const uint8_t *tokens, size_t count, uint8_t *kinds) {
    words_8 sum = {0};
    words_8 key;
    memcpy(&key, lane_factors, sizeof key);
    for (size_t base = 0; base < count; base += 64) {
        kinds_64 block = kinds_of_64(tokens + base, count - base);
        memcpy(kinds + base, &block, sizeof block);
        words_8 keyed = (words_8)block ^ key;
        sum += (keyed & 0xFFFFFFFFu) * (keyed >> 32);
        key += 0x9E3779B97F4A7C15u;
    }
    // The lanes side by side: one after the other, they would take longer than all the rest.
    words_8 mixed = sum ^ sum >> 32;
    uint64_t hash = count;
    for (int lane = 0; lane < 8; lane++) hash += mixed[lane] * lane_factors[lane];
    return hash ^ hash >> 32;
}

// As sw_json_kinds_equal.
SW_INLINE bool structure_kinds_equal(const uint8_t *one, const uint8_t *other, size_t count) {
    words_8 difference = {0};
    for (size_t base = 0; base < count; base += 64) {
        words_8 left, right;
        memcpy(&left, one + base, sizeof left);
        memcpy(&right, other + base, sizeof right);
        difference |= left ^ right;
    }
    uint64_t any = 0;
    for (int lane = 0; lane < 8; lane++) any |= difference[lane];
    return any == 0;
}

#endif
