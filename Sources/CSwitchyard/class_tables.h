// The tables that tell structure and blanks from all other bytes by two nibble lookups (Langdale
// and Lemire, 2019): a byte is of a class if the entries of its low and of its high nibble share a
// bit. The low table must yield 0 for bytes >= 0x80, as `pshufb` does.

#ifndef SWITCHYARD_CLASS_TABLES_H
#define SWITCHYARD_CLASS_TABLES_H

#include <stdint.h>

enum {
    CLASS_COMMA = 0x01,           // 2C
    CLASS_COLON = 0x02,           // 3A
    CLASS_BRACKET = 0x04,         // 5B 5D 7B 7D
    CLASS_SPACE = 0x08,           // 20
    CLASS_CONTROL_BLANK = 0x10,   // 09 0A 0D
    CLASS_ANY_STRUCTURE = CLASS_COMMA | CLASS_COLON | CLASS_BRACKET,
    CLASS_ANY_BLANK = CLASS_SPACE | CLASS_CONTROL_BLANK,
};

static const uint8_t class_low[16] = {
    [0x0] = CLASS_SPACE,
    [0x9] = CLASS_CONTROL_BLANK,
    [0xA] = CLASS_CONTROL_BLANK | CLASS_COLON,
    [0xB] = CLASS_BRACKET,
    [0xC] = CLASS_COMMA,
    [0xD] = CLASS_CONTROL_BLANK | CLASS_BRACKET,
};

static const uint8_t class_high[16] = {
    [0x0] = CLASS_CONTROL_BLANK,
    [0x2] = CLASS_SPACE | CLASS_COMMA,
    [0x3] = CLASS_COLON,
    [0x5] = CLASS_BRACKET,
    [0x7] = CLASS_BRACKET,
};

#endif
