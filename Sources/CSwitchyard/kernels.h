// What the kernel files share: their entry points, one set per processor family, and the tables
// that more than one of them reads. dispatch.c is the only caller outside the family itself, except
// that every family leaves bad input to the scalar scan, which finds the exact offset.

#ifndef SWITCHYARD_KERNELS_H
#define SWITCHYARD_KERNELS_H

#include "switchyard.h"

#define SW_INLINE static inline __attribute__((always_inline))

void sw_json_scan_scalar(const uint8_t *bytes, size_t length, uint32_t *positions,
                         sw_scan_result *result);
void sw_json_scan_portable(const uint8_t *bytes, size_t length, uint32_t *positions,
                           void *scratch, sw_scan_result *result);
bool sw_is_utf8_scalar(const uint8_t *bytes, size_t length);
bool sw_json_check_scalar(const uint8_t *bytes, size_t length, const uint32_t *positions,
                          const uint8_t *tokens, size_t count, void *scratch, uint32_t *links);
bool sw_json_check_scalars_scalar(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                  const uint8_t *tokens, size_t count, void *scratch);
uint64_t sw_json_kinds_scalar(const uint8_t *tokens, size_t count, uint8_t *kinds);
bool sw_json_kinds_equal_scalar(const uint8_t *one, const uint8_t *other, size_t count);
uint32_t sw_crc32c_scalar(uint32_t crc, const uint8_t *bytes, size_t length);
uint32_t sw_crc32c_copy_scalar(uint32_t crc, uint8_t *destination, const uint8_t *source,
                               size_t length);

#if defined(__x86_64__)

void sw_json_scan_avx2(const uint8_t *bytes, size_t length, uint32_t *positions,
                       void *scratch, sw_scan_result *result);
bool sw_json_check_avx2(const uint8_t *bytes, size_t length, const uint32_t *positions,
                        const uint8_t *tokens, size_t count, void *scratch, uint32_t *links);
bool sw_json_check_scalars_avx2(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                  const uint8_t *tokens, size_t count, void *scratch);
uint64_t sw_json_kinds_avx2(const uint8_t *tokens, size_t count, uint8_t *kinds);
bool sw_json_kinds_equal_avx2(const uint8_t *one, const uint8_t *other, size_t count);
uint32_t sw_crc32c_avx2(uint32_t crc, const uint8_t *bytes, size_t length);
uint32_t sw_crc32c_copy_avx2(uint32_t crc, uint8_t *destination, const uint8_t *source,
                             size_t length);

void sw_json_scan_avx512(const uint8_t *bytes, size_t length, uint32_t *positions,
                         uint8_t *tokens, void *scratch, sw_scan_result *result);
bool sw_json_check_avx512(const uint8_t *bytes, size_t length, const uint32_t *positions,
                          const uint8_t *tokens, size_t count, void *scratch, uint32_t *links);
bool sw_json_check_scalars_avx512(const uint8_t *bytes, size_t length, const uint32_t *positions,
                                  const uint8_t *tokens, size_t count, void *scratch);
uint64_t sw_json_kinds_avx512(const uint8_t *tokens, size_t count, uint8_t *kinds);
bool sw_json_kinds_equal_avx512(const uint8_t *one, const uint8_t *other, size_t count);
uint32_t sw_crc32c_avx512(uint32_t crc, const uint8_t *bytes, size_t length);
uint32_t sw_crc32c_ahead_avx512(uint32_t crc, const uint8_t *bytes, size_t length);
uint32_t sw_crc32c_copy_avx512(uint32_t crc, uint8_t *destination, const uint8_t *source,
                               size_t length);

#elif defined(__aarch64__)

void sw_json_scan_neon(const uint8_t *bytes, size_t length, uint32_t *positions, void *scratch,
                       sw_scan_result *result);
uint32_t sw_crc32c_neon(uint32_t crc, const uint8_t *bytes, size_t length);
uint32_t sw_crc32c_copy_neon(uint32_t crc, uint8_t *destination, const uint8_t *source,
                             size_t length);

#endif

// How far ahead memory is fetched by sw_crc32c_ahead. Of 512 to 32,768 bytes a page was best on an
// Intel Xeon: 14.4 M records of 1 KB a second, against 11.0 M without.
enum { SW_FETCH_AHEAD = 4096 };

// Slicing-by-8: sw_crc32c_slices[k][b] is the checksum register after byte b and k zero bytes.
extern const uint32_t sw_crc32c_slices[8][256];

#endif
