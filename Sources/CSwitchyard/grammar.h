// The grammar of a scanned text, checked on bit masks of its tokens (bit i for token i of a word of
// 64): what may follow what is a handful of operations on whole words, and only brackets are looked
// at one by one. The families differ in how they get the masks from the tokens' first bytes.
//
// Inside an object a comma is followed by a key, which is a string before a colon; inside an array it
// is not. So every comma says by itself where it belongs, and it is enough to compare that with the
// innermost open bracket.

#ifndef SWITCHYARD_GRAMMAR_H
#define SWITCHYARD_GRAMMAR_H

#include <string.h>

#include "kernels.h"

// What up to 64 tokens are; each is in one mask.
typedef struct token_masks {
    uint64_t open_brace, close_brace, open_bracket, close_bracket, colon, comma, string, scalar;
} token_masks;

// Reads the masks of the `count` (1 to 64) tokens whose first bytes are at `tokens`; 64 bytes can be
// read there.
typedef token_masks (*read_masks)(const uint8_t *tokens, size_t count);

// The tokens that follow those of `bits`; `carry` is whether the last token of the word before was
// one, and is replaced.
SW_INLINE uint64_t following(uint64_t bits, uint64_t *carry) {
    uint64_t result = bits << 1 | *carry;
    *carry = bits >> 63;
    return result;
}

// What one word hands to the next.
typedef struct grammar_carries {
    uint64_t open_brace, open_bracket, colon, comma, value_end, key;
} grammar_carries;

// The tokens of a word that do not fit what is before them; bits beyond its last token mean nothing.
// `keys` are its strings before a colon.
SW_INLINE uint64_t misplaced(const token_masks *m, uint64_t keys, grammar_carries *carry) {
    uint64_t values = m->open_brace | m->open_bracket | m->scalar | (m->string & ~keys);
    uint64_t ends = m->close_brace | m->close_bracket | m->scalar | (m->string & ~keys);
    uint64_t after_brace = following(m->open_brace, &carry->open_brace);
    uint64_t after_comma = following(m->comma, &carry->comma);
    uint64_t errors = after_brace & ~(keys | m->close_brace);
    errors |= following(m->open_bracket, &carry->open_bracket) & ~(values | m->close_bracket);
    errors |= following(m->colon, &carry->colon) & ~values;
    errors |= after_comma & ~(keys | values);
    errors |= following(ends, &carry->value_end) &
              ~(m->comma | m->close_brace | m->close_bracket);
    errors |= keys & ~(after_brace | after_comma);
    errors |= m->colon & ~following(keys, &carry->key);
    return errors;
}

// Brackets that are open, from the outside: the token in the low 31 bits, and above whether it is a
// brace.
typedef struct open_brackets {
    uint32_t tokens[SW_DEPTH_MAX];
    uint32_t depth;
} open_brackets;

#define IN_OBJECT 0x80000000u

// Matches the brackets of a word and compares its commas with them. False where they do not fit, or
// anything follows the text's last bracket.
SW_INLINE bool match_brackets(const token_masks *m, uint64_t object_commas, size_t base,
                              size_t count, open_brackets *open, uint32_t *links) {
    uint64_t array_commas = m->comma & ~object_commas;
    uint64_t opening = m->open_brace | m->open_bracket;
    uint64_t braces = m->open_brace | m->close_brace;
    uint64_t wrong = 0;
    uint64_t seen = 0;  // the tokens up to the last bracket
    uint32_t depth = open->depth;
    uint32_t top = depth == 0 ? 0 : open->tokens[depth - 1];
    for (uint64_t left = opening | m->close_brace | m->close_bracket; left != 0;
         left &= left - 1) {
        uint32_t token = (uint32_t)base + (uint32_t)__builtin_ctzll(left);
        uint64_t bit = left & -left;
        uint64_t before = (bit - 1) & ~seen;
        wrong |= before & (top & IN_OBJECT ? array_commas : object_commas);
        seen = bit | (bit - 1);
        uint32_t kind = braces & bit ? IN_OBJECT : 0;
        if (opening & bit) {
            if (depth == SW_DEPTH_MAX) return false;
            top = token | kind;
            open->tokens[depth++] = top;
        } else {
            if (depth == 0 || (top & IN_OBJECT) != kind) return false;
            links[top & ~IN_OBJECT] = token;
            if (--depth == 0) {
                open->depth = 0;
                return wrong == 0 && token + 1 == count;
            }
            top = open->tokens[depth - 1];
        }
    }
    wrong |= ~seen & (top & IN_OBJECT ? array_commas : object_commas);
    open->depth = depth;
    return wrong == 0;
}

SW_INLINE bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

SW_INLINE size_t skip_digits(const uint8_t *bytes, size_t at, size_t bound) {
    while (at < bound && is_digit(bytes[at])) at++;
    return at;
}

// The end of the number at bytes[start], before `bound`, or 0 if there is none.
SW_INLINE size_t number_end(const uint8_t *bytes, size_t start, size_t bound) {
    size_t first = start + (bytes[start] == '-');
    size_t end = skip_digits(bytes, first, bound);
    if (end == first || (bytes[first] == '0' && end - first > 1)) return 0;
    if (end < bound && bytes[end] == '.') {
        first = end + 1;
        end = skip_digits(bytes, first, bound);
        if (end == first) return 0;
    }
    if (end < bound && (bytes[end] | 0x20) == 'e') {
        end++;
        if (end < bound && (bytes[end] == '+' || bytes[end] == '-')) end++;
        first = end;
        end = skip_digits(bytes, first, bound);
        if (end == first) return 0;
    }
    return end - start > SW_NUMBER_BYTES_MAX ? 0 : end;
}

// Which of the 32 bytes at `bytes` are digits.
typedef uint32_t (*read_digits)(const uint8_t *bytes);

// As number_end, for most numbers in one look at 32 bytes: digits, perhaps a point and more digits.
SW_INLINE size_t number_end_fast(const uint8_t *bytes, size_t start, size_t bound, size_t length,
                                 read_digits digits) {
    size_t first = start + (bytes[start] == '-');
    if (length - first < 32) return number_end(bytes, start, bound);
    uint64_t others = ~(uint64_t)digits(bytes + first);  // bits above 31 are set
    unsigned whole = (unsigned)__builtin_ctzll(others);
    unsigned end = whole;
    if (whole < 31 && bytes[first + whole] == '.') {
        end = whole + 1 + (unsigned)__builtin_ctzll(others >> (whole + 1));
        if (end == whole + 1) return 0;
    }
    if (end >= 31 || (bytes[first + end] | 0x20) == 'e') return number_end(bytes, start, bound);
    if (whole == 0 || (bytes[first] == '0' && whole > 1)) return 0;
    return first + end;
}

// Whether the run at bytes[start], before `bound`, is a number or one of the three literals.
SW_INLINE bool is_scalar(const uint8_t *bytes, size_t start, size_t bound, size_t length,
                         read_digits digits) {
    size_t end = 0;
    switch (bytes[start]) {
    case 't':
        if (bound - start >= 4 && memcmp(bytes + start, "true", 4) == 0) end = start + 4;
        break;
    case 'n':
        if (bound - start >= 4 && memcmp(bytes + start, "null", 4) == 0) end = start + 4;
        break;
    case 'f':
        if (bound - start >= 5 && memcmp(bytes + start, "false", 5) == 0) end = start + 5;
        break;
    default: end = number_end_fast(bytes, start, bound, length, digits);
    }
    if (end == 0) return false;
    // What is left before the next token can only be blanks, or the run goes on.
    return end == bound || bytes[end] == ' ' || bytes[end] == '\n' || bytes[end] == '\r' ||
           bytes[end] == '\t';
}

SW_INLINE bool check_grammar(const uint8_t *bytes, size_t length, const uint32_t *positions,
                             const uint8_t *tokens, size_t count, uint32_t *links,
                             read_masks read, read_digits digits) {
    if (count < 2 || tokens[0] != '{') return false;
    grammar_carries carry = {0};
    open_brackets open;
    open.depth = 0;
    token_masks m = read(tokens, count < 64 ? count : 64);
    for (size_t base = 0; base < count; base += 64) {
        token_masks next = {0};
        if (base + 64 < count) {
            size_t rest = count - base - 64;
            next = read(tokens + base + 64, rest < 64 ? rest : 64);
        }
        for (uint32_t i = 0; i < 64; i++) links[base + i] = (uint32_t)base + i;
        uint64_t keys = m.string & (m.colon >> 1 | next.colon << 63);
        uint64_t next_is_key = next.string & next.colon >> 1 & 1;
        uint64_t object_commas = m.comma & (keys >> 1 | next_is_key << 63);
        uint64_t here = count - base < 64 ? ((uint64_t)1 << (count - base)) - 1 : UINT64_MAX;
        if ((misplaced(&m, keys, &carry) & here) != 0) return false;
        if (!match_brackets(&m, object_commas, base, count, &open, links)) return false;
        for (uint64_t left = m.scalar; left != 0; left &= left - 1) {
            size_t token = base + (size_t)__builtin_ctzll(left);
            size_t bound = token + 1 < count ? positions[token + 1] : length;
            if (!is_scalar(bytes, positions[token], bound, length, digits)) return false;
        }
        m = next;
    }
    return open.depth == 0;
}

#endif
