// Compares the kernels of a processor family with the scalar ones on generated inputs: what
// JSONScanTests does for the families of the processor that it runs on, for one that is only
// emulated. `.ci/neon` builds it for 64-bit ARM and runs it under QEMU.
//
//     compare SEED
//
// Prints the seed and what it has compared; ends with 1 at the first difference, having printed the
// input. Each text ends right before, or begins right after, a page that can't be touched.

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels.h"

enum { TEXT_MAX = 8192, LENGTHS = 300 };

static uint64_t seed;
static sw_kernel family;
// How many texts were right and one object, right but none, and wrong: none may be 0.
static unsigned objects, others, broken;

// SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
static uint64_t state;
static uint64_t next_random(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}
static unsigned below(unsigned bound) { return (unsigned)(next_random() % bound); }

// ---- Texts -----------------------------------------------------------------------------------

typedef struct text {
    uint8_t bytes[TEXT_MAX];
    size_t length;
} text;

static void put(text *t, const char *bytes, size_t length) {
    if (length > TEXT_MAX - t->length) length = TEXT_MAX - t->length;
    memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
}
#define PUT(t, literal) put(t, literal, sizeof(literal) - 1)

static void put_blanks(text *t) {
    static const char blanks[] = " \t\r\n";
    for (unsigned left = below(8) == 0 ? below(70) : 0; left > 0; left--) {
        put(t, blanks + below(4), 1);
    }
}

static void put_string(text *t) {
    static const char *const pieces[] = {
        "a", "key", "\\\"", "\\\\", "\\u00e9", "{}", ",:", "é", "€", "🚉", " ", "-1", "0123456789",
        "a longer piece of a string, with some punctuation: more than one register holds",
    };
    PUT(t, "\"");
    for (unsigned left = below(4); left > 0; left--) {
        const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
        put(t, piece, strlen(piece));
    }
    PUT(t, "\"");
}

static void put_number(text *t) {
    // Some that are none: a zero before other digits, a point without any, a letter in between.
    static const char *const pieces[] = {"0", "1", "-", ".", "e", "E+", "12", "345678", "00", "x"};
    if (below(10) == 0) {
        for (unsigned left = 1 + below(5); left > 0; left--) {
            const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
            put(t, piece, strlen(piece));
        }
        return;
    }
    char digits[64];
    unsigned scale = below(8);
    double value = (double)(int64_t)next_random() / 1e12;
    int count = scale < 4 ? snprintf(digits, sizeof digits, "%d", (int)below(100000) - 50000)
                          : snprintf(digits, sizeof digits, "%.*f", (int)scale, value);
    put(t, digits, (size_t)count);
}

static void put_value(text *t, unsigned depth) {
    put_blanks(t);
    unsigned kind = below(depth > 4 ? 5 : 7);
    if (kind < 2) {
        put_string(t);
    } else if (kind < 4) {
        put_number(t);
    } else if (kind == 4) {
        static const char *const literals[] = {"true", "false", "null"};
        const char *literal = literals[below(3)];
        put(t, literal, strlen(literal));
    } else {
        bool is_object = kind == 5;
        put(t, is_object ? "{" : "[", 1);
        unsigned count = below(5);
        for (unsigned i = 0; i < count; i++) {
            if (i > 0) PUT(t, ",");
            if (is_object) {
                put_string(t);
                PUT(t, ":");
            }
            put_value(t, depth + 1);
        }
        put(t, is_object ? "}" : "]", 1);
    }
    put_blanks(t);
}

static void make_object(text *t) {
    t->length = 0;
    PUT(t, "{");
    // Now and then so many that the notes of numbers are checked on the way, after 64 blocks.
    unsigned count = below(16) == 0 ? below(150) : below(12);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) PUT(t, ",");
        put_string(t);
        PUT(t, ":");
        put_value(t, 1);
    }
    PUT(t, "}");
}

// Some bytes replaced, removed or doubled, often by such as change what all later ones mean.
static void spoil(text *t) {
    static const uint8_t telling[] = {'"',  '\\', '{',  '}',  '[',  ']',  ':',  ',',  ' ', '0',
                                      '-',  '.',  'e',  0x00, 0x1F, 0x7F, 0x80, 0xC2, 0xE2, 0xED,
                                      0xF0, 0xF4, 0xFF, 'a',  '\n'};
    for (unsigned left = 1 + below(3); left > 0 && t->length > 0; left--) {
        size_t at = below((unsigned)t->length);
        if (below(4) == 0) {
            memmove(t->bytes + at, t->bytes + at + 1, t->length - at - 1);
            t->length--;
        } else {
            t->bytes[at] = telling[below(sizeof telling)];
        }
    }
}

static void make_bytes(text *t, size_t length) {
    static const uint8_t few[] = {'"', '\\', '{', ',', 'a', ' ', '1', 0xC3, 0xA9, 0xE2, 0x82, 0xAC};
    unsigned kind = below(3);
    t->length = length;
    for (size_t i = 0; i < length; i++) {
        t->bytes[i] = kind == 0 ? (uint8_t)next_random()
                    : kind == 1 ? few[below(sizeof few)]
                                : (uint8_t)(' ' + below(95));
    }
}

// ---- Comparison ------------------------------------------------------------------------------

// Memory between two pages that can't be touched.
static uint8_t *room;
static size_t room_bytes;

static void make_room(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    room_bytes = (TEXT_MAX + page - 1) / page * page;
    uint8_t *all = mmap(NULL, room_bytes + 2 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) != 0 ||
        mprotect(all + page + room_bytes, page, PROT_NONE) != 0) {
        perror("guarded memory");
        exit(2);
    }
    room = all + page;
}

static void fail(const uint8_t *bytes, size_t length, const char *what, ...) {
    va_list arguments;
    va_start(arguments, what);
    fprintf(stderr, "error: ");
    vfprintf(stderr, what, arguments);
    va_end(arguments);
    fprintf(stderr, ", seed %llu, %zu bytes:\n", (unsigned long long)seed, length);
    for (size_t i = 0; i < length; i++) fprintf(stderr, "%02x", bytes[i]);
    fprintf(stderr, "\n");
    exit(1);
}

typedef struct outcome {
    sw_scan_result result;
    uint32_t positions[TEXT_MAX + SW_SCAN_PADDING];
    uint8_t tokens[TEXT_MAX + SW_SCAN_PADDING];
    uint32_t links[TEXT_MAX + SW_SCAN_PADDING];
    uint8_t kinds[TEXT_MAX + SW_SCAN_PADDING];
    size_t entries;  // those below the error
    bool is_object;
    uint64_t kinds_hash;
} outcome;

static _Alignas(SW_SCAN_SCRATCH_ALIGNMENT) uint8_t scratch[SW_SCAN_SCRATCH_BYTES];

static void run(sw_kernel kernel, const uint8_t *bytes, size_t length, outcome *o) {
    memset(o, 0xA5, sizeof *o);
    // What an earlier scan left must not matter.
    memset(scratch, 0x5A, sizeof scratch);
    if (kernel == SW_SCALAR) {
        // Not through sw_json_scan, which has portable.c do it: that one shares the driver.
        sw_json_scan_scalar(bytes, length, o->positions, &o->result);
        for (size_t i = 0; i < o->result.count; i++) o->tokens[i] = bytes[o->positions[i]];
    } else {
        sw_json_scan(kernel, bytes, length, o->positions, o->tokens, scratch, &o->result);
    }
    o->entries = 0;
    while (o->entries < o->result.count &&
           o->positions[o->entries] < o->result.error_offset) o->entries++;
    if (o->result.error != SW_SCAN_OK) return;
    size_t count = o->result.count;
    o->kinds_hash = sw_json_kinds(kernel, o->tokens, count, o->kinds);
    // The scalar scan leaves no notes: each number is looked at.
    o->is_object =
        kernel == SW_SCALAR
            ? sw_json_check_scalar(bytes, length, o->positions, o->tokens, count, NULL, o->links)
            : sw_json_check(kernel, bytes, length, o->positions, o->tokens, count, scratch,
                            o->links);
}

static void compare(const uint8_t *bytes, size_t length) {
    static outcome expected, found;
    run(SW_SCALAR, bytes, length, &expected);
    run(family, bytes, length, &found);
    const sw_scan_result *e = &expected.result, *f = &found.result;
    if (e->error != f->error || e->error_offset != f->error_offset)
        fail(bytes, length, "error %d at %llu, not %d at %llu", f->error,
             (unsigned long long)f->error_offset, e->error, (unsigned long long)e->error_offset);
    if (e->has_backslash != f->has_backslash || e->has_non_ascii != f->has_non_ascii)
        fail(bytes, length, "has_backslash %d, has_non_ascii %d", f->has_backslash,
             f->has_non_ascii);
    // A family may say so by blocks.
    if (f->escapes_from > e->escapes_from || f->escapes_to < e->escapes_to)
        fail(bytes, length, "escapes from %u to %u, not %u to %u", f->escapes_from, f->escapes_to,
             e->escapes_from, e->escapes_to);
    if (expected.entries != found.entries ||
        memcmp(expected.positions, found.positions, 4 * expected.entries) != 0 ||
        memcmp(expected.tokens, found.tokens, expected.entries) != 0)
        fail(bytes, length, "other positions");
    if (e->error != SW_SCAN_OK) {
        broken++;
        return;
    }
    if (expected.kinds_hash != found.kinds_hash ||
        memcmp(expected.kinds, found.kinds, (e->count + 63) / 64 * 64) != 0)
        fail(bytes, length, "other kinds");
    if (expected.is_object != found.is_object)
        fail(bytes, length, "taken for an object: %d, not %d", found.is_object,
             expected.is_object);
    if (!expected.is_object) {
        others++;
        return;
    }
    objects++;
    if (memcmp(expected.links, found.links, 4 * e->count) != 0)
        fail(bytes, length, "other links");
}

static void compare_placed(const text *t) {
    uint8_t *end = room + room_bytes - t->length;
    memcpy(end, t->bytes, t->length);
    compare(end, t->length);
    memcpy(room, t->bytes, t->length);
    compare(room, t->length);
}

static void compare_checksums(const text *t) {
    static uint8_t copy[TEXT_MAX + 1];
    uint8_t *bytes = room + room_bytes - t->length;
    memcpy(bytes, t->bytes, t->length);
    uint32_t start = (uint32_t)next_random();
    uint32_t expected = sw_crc32c_scalar(start, bytes, t->length);
    uint32_t found = sw_crc32c(family, start, bytes, t->length);
    if (found != expected) fail(bytes, t->length, "checksum %08x, not %08x", found, expected);
    found = sw_crc32c_ahead(family, start, bytes, t->length);
    if (found != expected) fail(bytes, t->length, "checksum ahead %08x, not %08x", found, expected);
    memset(copy, 0xA5, sizeof copy);
    found = sw_crc32c_copy(family, start, copy, bytes, t->length);
    if (found != expected) fail(bytes, t->length, "checksum of a copy %08x", found);
    if (memcmp(copy, bytes, t->length) != 0 || copy[t->length] != 0xA5)
        fail(bytes, t->length, "another copy");
}

int main(int count, char **arguments) {
    seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    state = seed;
    family = sw_kernel_best();
    static const char *const names[] = {"scalar", "avx2", "avx512", "neon"};
    printf("%s, seed %llu\n", names[family], (unsigned long long)seed);
    if (family == SW_SCALAR) {
        fprintf(stderr, "error: this processor has no family of its own\n");
        return 2;
    }
    make_room();
    if (sw_crc32c(family, 0, "123456789", 9) != 0xE3069283u) {
        fprintf(stderr, "error: the checksum of 123456789\n");
        return 1;
    }
    static text t;
    unsigned checksums = 0;
    for (size_t length = 0; length <= LENGTHS; length++) {
        for (int round = 0; round < 100; round++) {
            make_bytes(&t, length);
            compare_placed(&t);
            if (round < 3) compare_checksums(&t), checksums++;
        }
    }
    for (int round = 0; round < 40000; round++) {
        make_object(&t);
        compare_placed(&t);
        spoil(&t);
        compare_placed(&t);
        if (round % 16 == 0) compare_checksums(&t), checksums++;
    }
    printf("as scalar: %u objects, %u other texts, %u broken ones, %u checksums\n", objects, others,
           broken, checksums);
    if (objects < 1000 || others < 1000 || broken < 1000) {
        fprintf(stderr, "error: hardly any text of one of these kinds\n");
        return 1;
    }
    return 0;
}
