// The grammar of a scanned text, checked on its tokens' first bytes, 64 tokens a step: what may follow
// what is two lookups and a few operations on bit masks (bit i for token i of the step), and only
// brackets and literals are looked at one by one.
//
// Inside an object a comma is followed by a key, which is a string before a colon; inside an array it
// is not. So every comma says by itself where it belongs, and it is enough to compare that with the
// innermost open bracket.

#ifndef SWITCHYARD_GRAMMAR_H
#define SWITCHYARD_GRAMMAR_H

#include <string.h>

#include "kernels.h"

// What a token is, by its first byte, and in a set of these: what may follow it. Which kind of
// bracket closes is left to the matching of brackets.
enum {
    TOKEN_STRING = 0x01,         // 22
    TOKEN_OPEN_BRACE = 0x02,     // 7B
    TOKEN_OPEN_BRACKET = 0x04,   // 5B
    TOKEN_CLOSE = 0x08,          // 5D 7D
    TOKEN_COLON = 0x10,          // 3A
    TOKEN_COMMA = 0x20,          // 2C
    TOKEN_SCALAR = 0x40,         // 30 to 39, small letters, and some that begin nothing valid
    TOKEN_MINUS = 0x80,          // 2D
    TOKEN_ANY_SCALAR = TOKEN_SCALAR | TOKEN_MINUS,
    TOKEN_VALUE = TOKEN_STRING | TOKEN_OPEN_BRACE | TOKEN_OPEN_BRACKET | TOKEN_ANY_SCALAR,
    AFTER_VALUE = TOKEN_COMMA | TOKEN_CLOSE,
};

// Both by two nibble lookups, as in class_tables.h: the entries of the low and of the high nibble
// have in common what the byte is, and what may follow it. A byte that begins no token is nothing.
static const uint8_t token_low[16] = {
    [0x0] = TOKEN_SCALAR, [0x1] = TOKEN_SCALAR, [0x2] = TOKEN_SCALAR | TOKEN_STRING,
    [0x3] = TOKEN_SCALAR, [0x4] = TOKEN_SCALAR, [0x5] = TOKEN_SCALAR,
    [0x6] = TOKEN_SCALAR, [0x7] = TOKEN_SCALAR, [0x8] = TOKEN_SCALAR,
    [0x9] = TOKEN_SCALAR, [0xA] = TOKEN_COLON,  [0xB] = TOKEN_OPEN_BRACE | TOKEN_OPEN_BRACKET,
    [0xC] = TOKEN_COMMA,  [0xD] = TOKEN_CLOSE | TOKEN_MINUS, [0xE] = TOKEN_SCALAR,
};
static const uint8_t token_high[16] = {
    [0x2] = TOKEN_STRING | TOKEN_COMMA | TOKEN_MINUS,
    [0x3] = TOKEN_SCALAR | TOKEN_COLON,
    [0x5] = TOKEN_OPEN_BRACKET | TOKEN_CLOSE,
    [0x6] = TOKEN_SCALAR,
    [0x7] = TOKEN_SCALAR | TOKEN_OPEN_BRACE | TOKEN_CLOSE,
};
static const uint8_t follow_low[16] = {
    [0x0] = AFTER_VALUE, [0x1] = AFTER_VALUE, [0x2] = AFTER_VALUE | TOKEN_COLON,
    [0x3] = AFTER_VALUE, [0x4] = AFTER_VALUE, [0x5] = AFTER_VALUE,
    [0x6] = AFTER_VALUE, [0x7] = AFTER_VALUE, [0x8] = AFTER_VALUE,
    [0x9] = AFTER_VALUE, [0xA] = TOKEN_VALUE, [0xB] = TOKEN_VALUE | TOKEN_CLOSE,
    [0xC] = TOKEN_VALUE, [0xD] = AFTER_VALUE, [0xE] = AFTER_VALUE,
};
static const uint8_t follow_high[16] = {
    [0x2] = TOKEN_VALUE | AFTER_VALUE | TOKEN_COLON,
    [0x3] = TOKEN_VALUE | AFTER_VALUE,
    [0x5] = TOKEN_VALUE | AFTER_VALUE,
    [0x6] = AFTER_VALUE,
    [0x7] = TOKEN_STRING | AFTER_VALUE,
};

// What 64 tokens are, and what those after them are.
typedef struct token_masks {
    uint64_t misplaced;   // the token after it may not stand there
    uint64_t before_key;  // a string comes after it, and then a colon
    uint64_t open_brace, open_bracket, close, comma;
    uint64_t brace;       // of brackets: which are braces
    uint64_t string_next; // a string comes after it
} token_masks;

// Reads the masks of the 64 tokens whose first bytes are at `tokens`; 66 bytes can be read there.
typedef token_masks (*read_masks)(const uint8_t *tokens);

// Which of the 64 tokens at `tokens` are scalars: literals, and if `all` numbers too.
typedef uint64_t (*read_scalars)(const uint8_t *tokens, bool all);

// Brackets that are open, from the outside: the token in the low 31 bits, and above whether it is a
// brace.
typedef struct open_brackets {
    uint32_t tokens[SW_DEPTH_MAX];
    uint32_t depth;
} open_brackets;

#define IN_OBJECT 0x80000000u

// Matches the brackets of a step and compares its commas with them. False where they do not fit, or
// anything follows the text's last bracket.
SW_INLINE bool match_brackets(const token_masks *m, uint64_t here, size_t base, size_t count,
                              open_brackets *open, uint32_t *links) {
    uint64_t object_commas = m->comma & m->before_key & here;
    uint64_t array_commas = m->comma & ~m->before_key & here;
    uint64_t opening = m->open_brace | m->open_bracket;
    uint64_t wrong = 0;
    uint64_t seen = 0;  // the tokens up to the last bracket
    uint32_t depth = open->depth;
    uint32_t top = depth == 0 ? 0 : open->tokens[depth - 1];
    for (uint64_t left = (opening | m->close) & here; left != 0; left &= left - 1) {
        uint32_t token = (uint32_t)base + (uint32_t)__builtin_ctzll(left);
        uint64_t bit = left & -left;
        uint64_t until = left ^ (left - 1);
        wrong |= (until ^ seen) & (top & IN_OBJECT ? array_commas : object_commas);
        seen = until;
        uint32_t kind = m->brace & bit ? IN_OBJECT : 0;
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

// Whether the tokens are one object. What literals and numbers are is not looked at.
SW_INLINE bool check_structure(const uint8_t *tokens, size_t count, uint32_t *links,
                               read_masks read) {
    if (count < 2 || tokens[0] != '{') return false;
    open_brackets open;
    open.depth = 0;
    for (size_t base = 0; base < count; base += 64) {
        for (uint32_t i = 0; i < 64; i++) links[base + i] = (uint32_t)base + i;
        token_masks m = read(tokens + base);
        uint64_t here = count - base < 64 ? ((uint64_t)1 << (count - base)) - 1 : UINT64_MAX;
        uint64_t followed = count - base <= 64 ? here >> 1 : UINT64_MAX;
        // A key belongs behind a brace or a comma, and behind a brace a string is a key.
        uint64_t wrong = m.misplaced | (m.before_key & ~(m.open_brace | m.comma)) |
                         (m.open_brace & m.string_next & ~m.before_key);
        if ((wrong & followed) != 0) return false;
        if (!match_brackets(&m, here, base, count, &open, links)) return false;
    }
    return open.depth == 0;
}

// Whether the literals, and if `all` the numbers too, are what they should be.
SW_INLINE bool check_scalars(const uint8_t *bytes, size_t length, const uint32_t *positions,
                             const uint8_t *tokens, size_t count, bool all, read_scalars read,
                             read_digits digits) {
    for (size_t base = 0; base < count; base += 64) {
        uint64_t here = count - base < 64 ? ((uint64_t)1 << (count - base)) - 1 : UINT64_MAX;
        for (uint64_t left = read(tokens + base, all) & here; left != 0; left &= left - 1) {
            size_t token = base + (size_t)__builtin_ctzll(left);
            size_t bound = token + 1 < count ? positions[token + 1] : length;
            if (!is_scalar(bytes, positions[token], bound, length, digits)) return false;
        }
    }
    return true;
}

#endif
