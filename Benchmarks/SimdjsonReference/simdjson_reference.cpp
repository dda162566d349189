#include "simdjson_reference.h"

#if __has_include(<simdjson.h>)

// As in a release build, whatever this build is.
#define SIMDJSON_DEVELOPMENT_CHECKS 0

// As the library was built: its pkg-config file says so, and SwiftPM drops it ("prohibited flag").
#ifndef SIMDJSON_THREADS_ENABLED
#define SIMDJSON_THREADS_ENABLED 1
#endif

// On-Demand is compiled into whoever uses it, for one family of processors, which without flags for
// the compiler would be the portable one. Its stage 1, like everything else here, comes from the
// library and is chosen by processor at run time.
#if defined(__x86_64__)
#define SIMDJSON_BUILTIN_IMPLEMENTATION haswell
#endif

// Standard headers stay outside the region for AVX2, so that none of their functions is compiled
// for it and then shared with the rest of the program.
#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cfloat>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iomanip>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

bool simdjson_reference_available(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
#else
    return true;
#endif
}

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang diagnostic push
// Templates of the standard library that are instantiated below keep their own target.
#pragma clang diagnostic ignored "-Wignored-attributes"
#pragma clang attribute push(__attribute__((target("avx2,bmi,pclmul,lzcnt,popcnt"))), \
                             apply_to = function)
#endif
#include <simdjson.h>

struct simdjson_reference {
    simdjson::dom::parser dom;
    simdjson::ondemand::parser on_demand;

    // Written out, because what a compiler makes up by itself is outside the region.
    simdjson_reference() {}
    ~simdjson_reference() {}
};

const char *simdjson_reference_description(void) {
    static const std::string description =
        std::to_string(simdjson::SIMDJSON_VERSION_MAJOR) + "."
        + std::to_string(simdjson::SIMDJSON_VERSION_MINOR) + "."
        + std::to_string(simdjson::SIMDJSON_VERSION_REVISION) + " "
        + simdjson::get_active_implementation()->name();
    return description.c_str();
}

size_t simdjson_reference_padding(void) { return simdjson::SIMDJSON_PADDING; }

simdjson_reference *simdjson_reference_create(size_t longest) {
    std::unique_ptr<simdjson_reference> made(new (std::nothrow) simdjson_reference);
    if (!made || made->dom.allocate(longest) || made->on_demand.allocate(longest)) {
        return nullptr;
    }
    return made.release();
}

void simdjson_reference_destroy(simdjson_reference *reference) { delete reference; }

uint64_t simdjson_reference_validate_utf8(
    const uint8_t *bytes, const intptr_t *offsets, size_t count) {
    auto text = reinterpret_cast<const char *>(bytes);
    uint64_t valid = 0;
    for (size_t event = 0; event < count; event += 1) {
        valid += simdjson::validate_utf8(
            text + offsets[event], size_t(offsets[event + 1] - offsets[event]));
    }
    return valid;
}

uint64_t simdjson_reference_stage1(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count) {
    auto &implementation = *reference->dom.implementation;
    uint64_t positions = 0;
    for (size_t event = 0; event < count; event += 1) {
        auto error = implementation.stage1(
            bytes + offsets[event], size_t(offsets[event + 1] - offsets[event]),
            simdjson::stage1_mode::regular);
        if (error) return SIMDJSON_REFERENCE_FAILED;
        positions += implementation.n_structural_indexes;
    }
    return positions;
}

uint64_t simdjson_reference_dom(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count) {
    uint64_t objects = 0;
    for (size_t event = 0; event < count; event += 1) {
        simdjson::dom::element root;
        auto error = reference->dom.parse(
            bytes + offsets[event], size_t(offsets[event + 1] - offsets[event]), false).get(root);
        if (error) return SIMDJSON_REFERENCE_FAILED;
        objects += root.is_object();
    }
    return objects;
}

uint64_t simdjson_reference_four_fields(
    simdjson_reference *reference, const uint8_t *bytes, const intptr_t *offsets, size_t count) {
    uint64_t complete = 0;
    for (size_t event = 0; event < count; event += 1) {
        size_t length = size_t(offsets[event + 1] - offsets[event]);
        simdjson::ondemand::document document;
        auto error = reference->on_demand
            .iterate(bytes + offsets[event], length, length + simdjson::SIMDJSON_PADDING)
            .get(document);
        if (error) return SIMDJSON_REFERENCE_FAILED;
        std::string_view type, source, account, state;
        // In the order of the text, so that no lookup has to begin again.
        if (document["detail-type"].get(type) || document["source"].get(source)
            || document["account"].get(account)) {
            return SIMDJSON_REFERENCE_FAILED;
        }
        complete += document["detail"]["state"].get(state) == simdjson::SUCCESS;
    }
    return complete;
}

#if defined(__x86_64__)
#pragma clang attribute pop
#pragma clang diagnostic pop
#endif

#else

bool simdjson_reference_available(void) { return false; }
const char *simdjson_reference_description(void) { return "not available"; }
size_t simdjson_reference_padding(void) { return 0; }
simdjson_reference *simdjson_reference_create(size_t) { return nullptr; }
void simdjson_reference_destroy(simdjson_reference *) {}
uint64_t simdjson_reference_validate_utf8(const uint8_t *, const intptr_t *, size_t) {
    return SIMDJSON_REFERENCE_FAILED;
}
uint64_t simdjson_reference_stage1(
    simdjson_reference *, const uint8_t *, const intptr_t *, size_t) {
    return SIMDJSON_REFERENCE_FAILED;
}
uint64_t simdjson_reference_dom(
    simdjson_reference *, const uint8_t *, const intptr_t *, size_t) {
    return SIMDJSON_REFERENCE_FAILED;
}
uint64_t simdjson_reference_four_fields(
    simdjson_reference *, const uint8_t *, const intptr_t *, size_t) {
    return SIMDJSON_REFERENCE_FAILED;
}

#endif
