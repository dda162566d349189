// See switchyard_files.h.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "switchyard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x8
#endif
#ifndef RWF_DSYNC
#define RWF_DSYNC 0x2
#endif

intptr_t sw_write_durably(int file, const struct iovec *pieces, int count, int64_t offset) {
    ssize_t written = pwritev2(file, pieces, count, (off_t)offset, RWF_DSYNC);
    if (written >= 0) return written;
    return errno == ENOSYS ? -EOPNOTSUPP : -errno;
}

int sw_open_directly(int directory, const char *name) {
    int file = openat(directory, name, O_RDWR | O_DIRECT | O_CLOEXEC);
    return file >= 0 ? file : -errno;
}

bool sw_is_cached(int file, int64_t offset) {
    char byte;
    struct iovec piece = {&byte, 1};
    return preadv2(file, &piece, 1, (off_t)offset, RWF_NOWAIT) == 1;
}

int sw_direct_flag(void) { return O_DIRECT; }

enum { LARGE_PAGE = 2 << 20 };

// Addresses for so many bytes of a file from an offset on, where its large pages could be mapped whole.
static void *reserve(int64_t offset, size_t length) {
    size_t all = length + LARGE_PAGE;
    char *start = mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return MAP_FAILED;
    size_t before = ((uintptr_t)offset - (uintptr_t)start) % LARGE_PAGE;
    if (before > 0) munmap(start, before);
    munmap(start + before + length, all - before - length);
    return start + before;
}

void *sw_file_mapping(int file, size_t length, int protection) {
    if (length < LARGE_PAGE) {
        void *start = mmap(NULL, length, protection, MAP_SHARED, file, 0);
        return start == MAP_FAILED ? NULL : start;
    }
    void *place = reserve(0, length);
    if (place == MAP_FAILED) return NULL;
    if (mmap(place, length, protection, MAP_SHARED | MAP_FIXED, file, 0) == place) return place;
    int saved = errno;
    munmap(place, length);
    errno = saved;
    return NULL;
}

void *sw_mirrored_mapping(int file, int64_t offset, size_t length) {
    // Twice the room first, then both halves into it, so that nobody else gets in between.
    void *start = reserve(offset, 2 * length);
    for (size_t half = 0; half < 2 && start != MAP_FAILED; half++) {
        char *place = (char *)start + half * length;
        if (mmap(place, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
                 (off_t)offset) == place) {
            continue;
        }
        int saved = errno;
        munmap(start, 2 * length);
        errno = saved;
        start = MAP_FAILED;
    }
    return start == MAP_FAILED ? NULL : start;
}

void *sw_mirrored_buffer(size_t length) {
    int file = memfd_create("switchyard", MFD_CLOEXEC);
    if (file < 0) return NULL;
    void *start = NULL;
    if (ftruncate(file, (off_t)length) == 0) start = sw_mirrored_mapping(file, 0, length);
    int saved = errno;
    close(file);
    errno = saved;
    return start;
}

// ---- Guards of mappings ------------------------------------------------------------------------
//
// The table grows by chunks, which are never moved and never given back, so that the handler can read
// it at any time: it takes no lock and asks for no memory, and makes one system call. Whoever registers
// and releases takes turns under a mutex, which the handler does not know.

enum { CHUNK_GUARDS = 1024, CHUNKS_MAX = SW_MAPPING_GUARDS_MAX / CHUNK_GUARDS };

typedef struct guard {
    // Odd while the others change: who reads the same even number before and after them has read what
    // belongs together. The guard of a mapping that somebody touches does not change meanwhile.
    _Atomic uint64_t version;
    _Atomic uintptr_t start;
    _Atomic uintptr_t end;  // 0 while it is free
    _Atomic(uint32_t *) flag;
    int next;  // the next free one, under the mutex
} guard;

// Filled from the front; the first NULL is the end.
static _Atomic(guard *) chunks[CHUNKS_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int first_free = -1;
static int chunk_count = 0;

static struct sigaction previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static uintptr_t page_mask;

static guard *guard_at(int number) {
    return atomic_load(&chunks[number / CHUNK_GUARDS]) + number % CHUNK_GUARDS;
}

// Everything in the next two may be called from a signal handler: atomics and a system call.

// The flag of the mapping that an address lies in; NULL if it lies in none.
static uint32_t *flag_of(uintptr_t address) {
    for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
        guard *guards = atomic_load(&chunks[chunk]);
        if (guards == NULL) break;
        for (int slot = 0; slot < CHUNK_GUARDS; slot++) {
            guard *candidate = &guards[slot];
            uint64_t version = atomic_load(&candidate->version);
            uintptr_t start = atomic_load(&candidate->start);
            uintptr_t end = atomic_load(&candidate->end);
            if (address < start || address >= end) continue;
            uint32_t *flag = atomic_load(&candidate->flag);
            if (version % 2 == 0 && version == atomic_load(&candidate->version)) return flag;
        }
    }
    return NULL;
}

static bool repair(uintptr_t address) {
    uint32_t *flag = flag_of(address);
    if (flag == NULL) return false;
    // Before there is anything to be read in place of the page.
    atomic_store((_Atomic uint32_t *)flag, 1);
    void *page = mmap((void *)(address & page_mask), ~page_mask + 1, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return page != MAP_FAILED;
}

static void handle(int signal, siginfo_t *info, void *context) {
    int saved = errno;
    bool repaired = info->si_code == BUS_ADRERR && repair((uintptr_t)info->si_addr);
    errno = saved;
    if (repaired) return;
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        // Returning touches the page again, and then nobody handles it.
        sigaction(SIGBUS, &previous, NULL);
    }
}

static void install(void) {
    page_mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
    struct sigaction action = {0};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

// Under the mutex: a chunk more. False if there is no memory, or no room in the table.
static bool grow(void) {
    if (chunk_count == CHUNKS_MAX) return false;
    guard *guards = calloc(CHUNK_GUARDS, sizeof(guard));
    if (guards == NULL) return false;
    int first = chunk_count * CHUNK_GUARDS;
    for (int slot = 0; slot < CHUNK_GUARDS; slot++) {
        guards[slot].next = slot + 1 < CHUNK_GUARDS ? first + slot + 1 : first_free;
    }
    atomic_store(&chunks[chunk_count], guards);
    chunk_count += 1;
    first_free = first;
    return true;
}

// Under the mutex.
static void set(guard *changed, uintptr_t start, uintptr_t end, uint32_t *flag) {
    atomic_fetch_add(&changed->version, 1);
    atomic_store(&changed->start, start);
    atomic_store(&changed->end, end);
    atomic_store(&changed->flag, flag);
    atomic_fetch_add(&changed->version, 1);
}

int sw_mapping_guard(void *start, size_t length, uint32_t *flag) {
    pthread_once(&once, install);
    int number = -1;
    pthread_mutex_lock(&mutex);
    if (first_free >= 0 || grow()) {
        number = first_free;
        guard *taken = guard_at(number);
        first_free = taken->next;
        set(taken, (uintptr_t)start, (uintptr_t)start + length, flag);
    }
    pthread_mutex_unlock(&mutex);
    return number;
}

void sw_mapping_release(int number) {
    if (number < 0) return;
    pthread_mutex_lock(&mutex);
    guard *released = guard_at(number);
    set(released, 0, 0, NULL);
    released->next = first_free;
    first_free = number;
    pthread_mutex_unlock(&mutex);
}
