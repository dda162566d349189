// The kernels in plain C. They run on every processor, and they are what the others are tested
// against: one byte after the other, as the header words it. The only liberty is a step of eight
// bytes inside strings, where nothing but quotes, backslashes, control characters and non-ASCII
// bytes matters. Of the scans this one finds where a text is wrong, for all families; for texts that
// are right, portable.c is quicker.

#include <string.h>

#include "grammar.h"
#include "kernels.h"
#include "numbers.h"
#include "structure.h"

// ---- Structural scan -------------------------------------------------------------------------

enum byte_class {
    CLASS_RUN = 0,  // ASCII that belongs to a run outside strings
    CLASS_BLANK,
    CLASS_STRUCTURE,  // { } [ ] : ,
    CLASS_QUOTE,
    CLASS_BACKSLASH,
    CLASS_NON_ASCII,
};

static const uint8_t byte_classes[256] = {
    [' '] = CLASS_BLANK,       ['\t'] = CLASS_BLANK,         ['\n'] = CLASS_BLANK,
    ['\r'] = CLASS_BLANK,      ['{'] = CLASS_STRUCTURE,      ['}'] = CLASS_STRUCTURE,
    ['['] = CLASS_STRUCTURE,   [']'] = CLASS_STRUCTURE,      [':'] = CLASS_STRUCTURE,
    [','] = CLASS_STRUCTURE,   ['"'] = CLASS_QUOTE,          ['\\'] = CLASS_BACKSLASH,
    [0x80 ... 0xFF] = CLASS_NON_ASCII,
};

SW_INLINE bool is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The length of the well-formed UTF-8 sequence that a byte >= 0x80 begins, 0 if it begins none.
// The bounds of the second byte are those of RFC 3629, section 4.
static size_t utf8_sequence_length(const uint8_t *bytes, size_t available) {
    uint8_t lead = bytes[0];
    size_t length;
    uint8_t second_low = 0x80, second_high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) second_low = 0xA0;   // below: overlong
        if (lead == 0xED) second_high = 0x9F;  // above: surrogates
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) second_low = 0x90;   // below: overlong
        if (lead == 0xF4) second_high = 0x8F;  // above: beyond U+10FFFF
    } else {
        return 0;
    }
    if (available < length) return 0;
    if (bytes[1] < second_low || bytes[1] > second_high) return 0;
    for (size_t i = 2; i < length; i++) {
        if (!is_continuation(bytes[i])) return 0;
    }
    return length;
}

// Whether one of eight bytes of a string needs a look of its own: a quote, a backslash, a control
// character or a non-ASCII byte. Borrows may only add a wrong yes above a right one.
SW_INLINE bool needs_look(uint64_t word) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    uint64_t found = (quote - ones) | (backslash - ones) | (word - ones * 0x20) | word;
    return (found & (ones * 0x80)) != 0;
}

// Keeps the error of the lowest offset; callers report in ascending order.
SW_INLINE void report(sw_scan_result *result, sw_scan_error error, size_t offset) {
    if (result->error != SW_SCAN_OK) return;
    result->error = error;
    result->error_offset = offset;
}

SW_INLINE void note_backslash(sw_scan_result *result, size_t offset) {
    if (!result->has_backslash) result->escapes_from = (uint32_t)offset;
    result->has_backslash = true;
    result->escapes_to = (uint32_t)offset + 1;
}

bool sw_is_utf8_scalar(const uint8_t *bytes, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint64_t word;
        if (length - i >= 8 && (memcpy(&word, bytes + i, 8), (word & 0x8080808080808080u) == 0)) {
            i += 8;
        } else if (bytes[i] < 0x80) {
            i++;
        } else {
            size_t step = utf8_sequence_length(bytes + i, length - i);
            if (step == 0) return false;
            i += step;
        }
    }
    return true;
}

// Looks at the byte >= 0x80 at `i`, in a string or not, and returns where the next look is due.
static size_t scan_non_ascii(const uint8_t *bytes, size_t length, size_t i,
                             sw_scan_result *result) {
    result->has_non_ascii = true;
    size_t step = utf8_sequence_length(bytes + i, length - i);
    if (step == 0) {
        report(result, SW_SCAN_INVALID_UTF8, i);
        step = 1;
    }
    return i + step;
}

// Returns the offset after the closing quote of the string whose opening one is at `open`, or
// SIZE_MAX if it has none.
static size_t scan_string(const uint8_t *bytes, size_t length, size_t open,
                          sw_scan_result *result) {
    size_t i = open + 1;
    bool escaped = false;
    while (i < length) {
        if (!escaped && length - i >= 8) {
            uint64_t word;
            memcpy(&word, bytes + i, 8);
            if (!needs_look(word)) {
                i += 8;
                continue;
            }
        }
        uint8_t byte = bytes[i];
        if (byte >= 0x80) {
            i = scan_non_ascii(bytes, length, i, result);
            escaped = false;
            continue;
        }
        if (byte < 0x20) report(result, SW_SCAN_CONTROL_CHARACTER, i);
        if (byte == '\\') note_backslash(result, i);
        if (byte == '"' && !escaped) return i + 1;
        escaped = byte == '\\' && !escaped;
        i++;
    }
    return SIZE_MAX;
}

void sw_json_scan_scalar(const uint8_t *bytes, size_t length, uint32_t *positions,
                         sw_scan_result *result) {
    *result = (sw_scan_result){.error_offset = length};
    uint32_t *next = positions;
    bool in_run = false;
    size_t i = 0;
    while (i < length) {
        enum byte_class class = byte_classes[bytes[i]];
        switch (class) {
        case CLASS_BLANK:
            in_run = false;
            i++;
            break;
        case CLASS_STRUCTURE:
            in_run = false;
            *next++ = (uint32_t)i++;
            break;
        case CLASS_QUOTE: {
            in_run = false;
            *next++ = (uint32_t)i;
            size_t open = i;
            i = scan_string(bytes, length, open, result);
            if (i == SIZE_MAX && open < result->error_offset) {
                // Whatever was reported since the quote lies above it.
                result->error = SW_SCAN_UNTERMINATED_STRING;
                result->error_offset = open;
            }
            break;
        }
        case CLASS_BACKSLASH:
        case CLASS_NON_ASCII:
        case CLASS_RUN:
            if (!in_run) *next++ = (uint32_t)i;
            in_run = true;
            if (class == CLASS_NON_ASCII) {
                i = scan_non_ascii(bytes, length, i, result);
            } else {
                if (class == CLASS_BACKSLASH) note_backslash(result, i);
                i++;
            }
            break;
        }
    }
    result->count = (uint32_t)(next - positions);
}

SW_INLINE uint32_t digits_of(const uint8_t *bytes) {
    uint32_t digits = 0;
    for (unsigned i = 0; i < 32 && (is_digit(bytes[i]) || bytes[i] == '.' || i == 0); i++) {
        digits |= (uint32_t)is_digit(bytes[i]) << i;
    }
    return digits;
}

SW_INLINE uint8_t nibble_lookup(const uint8_t *low, const uint8_t *high, uint8_t byte) {
    return low[byte & 0xF] & high[byte >> 4];
}

// Token by token, what check_structure in grammar.h does with masks. Without notes of a scan (NULL),
// which the scalar one does not leave, each number is looked at.
bool sw_json_check_scalar(const uint8_t *bytes, size_t length, const uint32_t *positions,
                          const uint8_t *tokens, size_t count, void *scratch, uint32_t *links) {
    bool all = scratch == NULL || !numbers_are_plain(scratch);
    if (count < 2 || tokens[0] != '{') return false;
    open_brackets open;
    uint32_t depth = 0, top = 0;
    uint8_t class = TOKEN_OPEN_BRACE;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t next = i + 1 < count ? tokens[i + 1] : 0;
        uint8_t next_class = nibble_lookup(token_low, token_high, next);
        bool before_key = next == '"' && i + 2 < count && tokens[i + 2] == ':';
        links[i] = i;
        switch (class) {
        case TOKEN_OPEN_BRACE:
        case TOKEN_OPEN_BRACKET:
            if (depth == SW_DEPTH_MAX) return false;
            top = i | (class == TOKEN_OPEN_BRACE ? IN_OBJECT : 0);
            open.tokens[depth++] = top;
            if (class == TOKEN_OPEN_BRACE ? next == '"' && !before_key : before_key) return false;
            break;
        case TOKEN_CLOSE:
            if ((top & IN_OBJECT) != (tokens[i] == '}' ? IN_OBJECT : 0)) return false;
            links[top & ~IN_OBJECT] = i;
            if (--depth == 0) return i + 1 == count;
            top = open.tokens[depth - 1];
            break;
        case TOKEN_COMMA:
            if (before_key != ((top & IN_OBJECT) != 0)) return false;
            break;
        case TOKEN_COLON:
            if (before_key) return false;
            break;
        case TOKEN_SCALAR:
        case TOKEN_MINUS: {
            if (!all && (class == TOKEN_MINUS || tokens[i] <= '9')) break;
            size_t bound = i + 1 < count ? positions[i + 1] : length;
            if (!is_scalar(bytes, positions[i], bound, length, digits_of)) return false;
            break;
        }
        }
        uint8_t follow = nibble_lookup(follow_low, follow_high, tokens[i]);
        if ((follow & next_class) == 0) return false;
        class = next_class;
    }
    return false;
}

bool sw_json_check_scalars_scalar(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                  const uint8_t *tokens, size_t count, void *scratch) {
    bool all = scratch == NULL || !numbers_are_plain(scratch);
    for (size_t i = 0; i < count; i++) {
        uint8_t class = nibble_lookup(token_low, token_high, tokens[i]);
        if ((class & TOKEN_ANY_SCALAR) == 0) continue;
        if (!all && (class == TOKEN_MINUS || tokens[i] <= '9')) continue;
        size_t bound = i + 1 < count ? positions[i + 1] : length;
        if (!is_scalar(bytes, positions[i], bound, length, digits_of)) return false;
    }
    return true;
}

uint64_t sw_json_kinds_scalar(const uint8_t *tokens, size_t count, uint8_t *kinds) {
    return structure_kinds(tokens, count, kinds);
}

bool sw_json_kinds_equal_scalar(const uint8_t *one, const uint8_t *other, size_t count) {
    return structure_kinds_equal(one, other, count);
}

// ---- CRC32C ----------------------------------------------------------------------------------

SW_INLINE uint64_t load_little_endian(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

// The register after eight more bytes: Kounavis and Berry, "A Systematic Approach to Building High
// Performance Software-Based CRC Generators" (2005), with eight tables.
SW_INLINE uint32_t slice_by_8(uint32_t crc, uint64_t word) {
    word ^= crc;
    return sw_crc32c_slices[7][word & 0xFF] ^ sw_crc32c_slices[6][word >> 8 & 0xFF] ^
           sw_crc32c_slices[5][word >> 16 & 0xFF] ^ sw_crc32c_slices[4][word >> 24 & 0xFF] ^
           sw_crc32c_slices[3][word >> 32 & 0xFF] ^ sw_crc32c_slices[2][word >> 40 & 0xFF] ^
           sw_crc32c_slices[1][word >> 48 & 0xFF] ^ sw_crc32c_slices[0][word >> 56];
}

uint32_t sw_crc32c_scalar(uint32_t crc, const uint8_t *bytes, size_t length) {
    crc = ~crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        crc = slice_by_8(crc, load_little_endian(bytes));
    }
    for (; length > 0; bytes++, length--) {
        crc = crc >> 8 ^ sw_crc32c_slices[0][(crc ^ *bytes) & 0xFF];
    }
    return ~crc;
}

uint32_t sw_crc32c_copy_scalar(uint32_t crc, uint8_t *destination, const uint8_t *source,
                               size_t length) {
    crc = ~crc;
    for (; length >= 8; destination += 8, source += 8, length -= 8) {
        crc = slice_by_8(crc, load_little_endian(source));
        memcpy(destination, source, 8);
    }
    for (; length > 0; destination++, source++, length--) {
        crc = crc >> 8 ^ sw_crc32c_slices[0][(crc ^ *source) & 0xFF];
        *destination = *source;
    }
    return ~crc;
}
