// The only C of Switchyard: kernels that want a processor's own instructions.
//
// Each kernel exists once per processor family, in a file named after it (scalar.c, avx2.c,
// avx512.c, neon.c), with the same signature. Callers go through the functions below, which take
// the family as an argument: one predictable branch and one call per event, never one per block.

#ifndef SWITCHYARD_H
#define SWITCHYARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "switchyard_files.h"
#include "switchyard_threads.h"

// A processor family that has kernels of its own. SW_SCALAR runs everywhere and is what the others
// are tested against.
typedef enum sw_kernel {
    SW_SCALAR = 0,
    SW_AVX2 = 1,
    SW_AVX512 = 2,
    SW_NEON = 3,
} sw_kernel;

// Whether this processor can run the family's kernels (and this build contains them).
bool sw_kernel_supported(sw_kernel kernel);

// The fastest supported family; found once, then cached. The functions below must not be called
// with a family that is not supported.
sw_kernel sw_kernel_best(void);

// Asks for a cache line that will be read soon. Whatever the address is, it does no harm.
static inline void sw_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// ---- Structural scan -------------------------------------------------------------------------

typedef enum sw_scan_error {
    SW_SCAN_OK = 0,
    SW_SCAN_INVALID_UTF8 = 1,         // offset: the bad sequence's first byte
    SW_SCAN_CONTROL_CHARACTER = 2,    // offset: the raw byte below 0x20 inside a string
    SW_SCAN_UNTERMINATED_STRING = 3,  // offset: the opening quote
} sw_scan_error;

typedef struct sw_scan_result {
    uint64_t error_offset;  // of the first error (lowest offset); `length` when there is none. An
                            // unterminated string thus wins over whatever is wrong inside it
    uint32_t count;         // entries written to `positions`
    sw_scan_error error;
    bool has_backslash;  // any byte 0x5C anywhere, before or after an error
    uint32_t escapes_from;  // no backslash stands before it
    uint32_t escapes_to;    // nor at or after it; 0 if there is none
    bool has_non_ascii;  // any byte >= 0x80 anywhere, before or after an error
} sw_scan_result;

// How many entries `positions` must have room for: one for each byte, and what the widest kernel
// may write past the last one.
#define SW_SCAN_PADDING 128

// Finds the structure of a JSON text: writes, in ascending order, the offset of
//   - each { } [ ] : , outside strings,
//   - each opening quote of a string (never a closing one),
//   - the first byte of each run of other non-blank bytes outside strings (numbers, literals, and
//     whatever does not belong there), a run ending at blanks (space, tab, LF, CR), at the six
//     characters above and at quotes,
// and validates UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) and that no
// string holds a raw control character.
//
// `length` must be below 2^32 - 128. Reads nothing outside bytes[0 ..< length]. After an error, the
// entries below `error_offset` are exact, and those at or above it mean nothing. An escape is a
// backslash in a string together with the byte after it, so that a quote after an odd number of
// backslashes does not end the string; a control character is an error even when escaped. Outside
// strings a backslash is an ordinary byte of a run, and a quote after it opens a string.
//
// One pass, O(length); a second one over the whole text if there is an error, to find its offset.
//
// `tokens`, with as much room, gets the byte at each of these offsets. `scratch` is memory that the
// scan leaves notes in for sw_json_check.
void sw_json_scan(sw_kernel kernel, const uint8_t *bytes, size_t length, uint32_t *positions,
                  uint8_t *tokens, void *scratch, sw_scan_result *result);

#define SW_SCAN_SCRATCH_BYTES 4096
#define SW_SCAN_SCRATCH_ALIGNMENT 64

// Brackets inside each other, and characters of a number: what JSONLimits in JSONScan says.
#define SW_DEPTH_MAX 1000
#define SW_NUMBER_BYTES_MAX 1000

// Whether a text that was scanned without error is one JSON object, with nothing behind it, as far
// as its tokens and scalars go: whether escapes in strings are valid, and strings no longer than
// allowed, is not looked at. Writes to `links` (as much room again), for each token, its own index,
// or for one that opens a bracket the index of the one that closes it. After `false`, they mean
// nothing, and a slower pass has to find out what is wrong, if anything. `scratch` is the scan's, and
// used up.
bool sw_json_check(sw_kernel kernel, const uint8_t *bytes, size_t length,
                   const uint32_t *positions, const uint8_t *tokens, size_t count,
                   void *scratch, uint32_t *links);

// The second half of sw_json_check: whether the numbers and literals of a text are valid, where it is
// known already that its tokens are one JSON object.
bool sw_json_check_scalars(sw_kernel kernel, const uint8_t *bytes, size_t length,
                           const uint32_t *positions, const uint8_t *tokens, size_t count,
                           void *scratch);

// Tells the kinds of a text's tokens, on which alone it depends whether they are one JSON object and
// which brackets belong together: a number is of the kind '0', a literal 'a', any other token of that
// of its byte. `tokens` are a scan's. Writes to `kinds`, which has as much room, a byte for each
// token and zeros up to a multiple of 64; returns a hash of them. O(count).
uint64_t sw_json_kinds(sw_kernel kernel, const uint8_t *tokens, size_t count, uint8_t *kinds);

// Whether `count` kinds, and the zeros after them, are the same.
bool sw_json_kinds_equal(sw_kernel kernel, const uint8_t *one, const uint8_t *other, size_t count);

// ---- Numbers ---------------------------------------------------------------------------------

// 10 to a power from 0 to 22, all of which are exact doubles. A table, which Swift can't have without
// asking each time whether it is there already, and a `switch` becomes a jump that can't be foretold.
static inline double sw_power_of_ten(uint32_t exponent) {
    static const double powers[23] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    return powers[exponent];
}

// ---- Escapes ---------------------------------------------------------------------------------

// Takes the inside of a JSON string out of its short escapes (\", \\, \/, \b, \f, \n, \r, \t): copies
// `raw` from *read on to `output`, up to the first \u or the end, and sets *read to where that is.
// Returns how many bytes were written. `raw` has passed the scan; `output`, which does not overlap it,
// has room for what is left of it, no escape being shorter than what it stands for. O(length).
//
// Sixteen bytes at a time where the architecture always has vectors of that size (x86-64, 64-bit ARM);
// there is nothing to choose at run time.
size_t sw_json_unescape(const uint8_t *raw, size_t length, size_t *read, uint8_t *output);

// The same, byte by byte: what the other one is tested against.
size_t sw_json_unescape_scalar(const uint8_t *raw, size_t length, size_t *read, uint8_t *output);

// ---- CRC32C (Castagnoli, reflected 0x82F63B78; that of iSCSI, ext4 and Kafka) ------------------

// CRC32C of `length` bytes, continuing from `crc` (0 to begin). The usual inversion before and
// after is included, so sw_crc32c(k, sw_crc32c(k, 0, a), b) is the checksum of a followed by b, and
// that of "123456789" is 0xE3069283.
uint32_t sw_crc32c(sw_kernel kernel, uint32_t crc, const void *bytes, size_t length);

// The same for one of many pieces that are read one behind the other: fetches, on the way, the memory
// that comes next. What lies there need not be mapped.
uint32_t sw_crc32c_ahead(sw_kernel kernel, uint32_t crc, const void *bytes, size_t length);

// Copies `length` bytes and returns their CRC32C, continuing from `crc`, reading the source once
// and writing nothing outside destination[0 ..< length]. The two must not overlap.
uint32_t sw_crc32c_copy(sw_kernel kernel, uint32_t crc, void *destination, const void *source,
                        size_t length);

#endif
