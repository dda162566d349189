#ifndef SIMDJSON_REFERENCE_H
#define SIMDJSON_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// simdjson over a whole batch of events at a time, as the physical limit to compare with.
///
/// Events stand one behind the other in `bytes`; event `n` is `offsets[n]..<offsets[n + 1]`, and
/// at least `simdjson_reference_padding()` readable bytes follow the last one: simdjson reads
/// beyond the end of what it parses. Each pass returns a count to compare with ours, or
/// `SIMDJSON_REFERENCE_FAILED` if an event is no JSON.
///
/// Where libsimdjson-dev was not installed at build time, or the processor has no AVX2, nothing is
/// available, and no other function may be called.

#define SIMDJSON_REFERENCE_FAILED UINT64_MAX

/// Whether there is a simdjson to compare with.
bool simdjson_reference_available(void);

/// "3.0.1 icelake": the version and the kernel that its stage 1 uses on this processor.
const char *simdjson_reference_description(void);

/// How many bytes behind the last event have to be readable.
size_t simdjson_reference_padding(void);

/// Parsers, made once and used for every pass.
typedef struct simdjson_reference simdjson_reference;

/// Makes parsers for events of up to `longest` bytes; NULL if there is no memory.
simdjson_reference *simdjson_reference_create(size_t longest);
void simdjson_reference_destroy(simdjson_reference *reference);

/// Whether the bytes are UTF-8, nothing else. Returns how many events are.
uint64_t simdjson_reference_validate_utf8(
    const uint8_t *bytes, const intptr_t *offsets, size_t count);

/// Stage 1: UTF-8, control characters and the positions of all structural characters, as our kernel
/// finds them. No grammar. Returns how many positions.
uint64_t simdjson_reference_stage1(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count);

/// Stages 1 and 2: a full check and the document as a tape, which nobody walks. Returns how many
/// events are objects.
uint64_t simdjson_reference_dom(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count);

/// On demand: stage 1, then `detail-type`, `source`, `account` and `detail.state` as strings. What
/// it passes over is not checked. Returns how many events have all four.
uint64_t simdjson_reference_four_fields(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count);

#ifdef __cplusplus
}
#endif

#endif
