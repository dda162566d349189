// The tables that tell structure, blanks and what is rare from all other bytes by two nibble lookups (Langdale
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
    CLASS_QUOTE = 0x20,           // 22
    CLASS_BACKSLASH = 0x40,       // 5C
    CLASS_CONTROL = 0x80,         // 00 to 1F
    CLASS_ANY_STRUCTURE = CLASS_COMMA | CLASS_COLON | CLASS_BRACKET,
    CLASS_ANY_BLANK = CLASS_SPACE | CLASS_CONTROL_BLANK,
};

static const uint8_t class_low[16] = {
    [0x0] = CLASS_CONTROL | CLASS_SPACE,
    [0x1] = CLASS_CONTROL,
    [0x2] = CLASS_CONTROL | CLASS_QUOTE,
    [0x3 ... 0x8] = CLASS_CONTROL,
    [0x9] = CLASS_CONTROL | CLASS_CONTROL_BLANK,
    [0xA] = CLASS_CONTROL | CLASS_CONTROL_BLANK | CLASS_COLON,
    [0xB] = CLASS_CONTROL | CLASS_BRACKET,
    [0xC] = CLASS_CONTROL | CLASS_COMMA | CLASS_BACKSLASH,
    [0xD] = CLASS_CONTROL | CLASS_CONTROL_BLANK | CLASS_BRACKET,
    [0xE ... 0xF] = CLASS_CONTROL,
};

static const uint8_t class_high[16] = {
    [0x0] = CLASS_CONTROL | CLASS_CONTROL_BLANK,
    [0x1] = CLASS_CONTROL,
    [0x2] = CLASS_SPACE | CLASS_COMMA | CLASS_QUOTE,
    [0x3] = CLASS_COLON,
    [0x5] = CLASS_BRACKET | CLASS_BACKSLASH,
    [0x7] = CLASS_BRACKET,
};

#endif
