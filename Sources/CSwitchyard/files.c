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
#include <sys/mman.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x8
#endif
#ifndef RWF_DSYNC
#define RWF_DSYNC 0x2
#endif

ssize_t sw_write_durably(int file, const struct iovec *pieces, int count, int64_t offset) {
    ssize_t written = pwritev2(file, pieces, count, (off_t)offset, RWF_DSYNC);
    if (written >= 0) return written;
    return errno == ENOSYS ? -EOPNOTSUPP : -errno;
}

void sw_start_writing_back(int file, int64_t offset, int64_t length) {
    sync_file_range(file, offset, length, SYNC_FILE_RANGE_WRITE);
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

void *sw_mirrored_buffer(size_t length) {
    int file = memfd_create("switchyard", MFD_CLOEXEC);
    if (file < 0) return NULL;
    void *start = MAP_FAILED;
    if (ftruncate(file, (off_t)length) == 0) {
        // Twice the room first, then both halves into it, so that nobody else gets in between.
        start = mmap(NULL, 2 * length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    for (size_t half = 0; half < 2 && start != MAP_FAILED; half++) {
        char *place = (char *)start + half * length;
        if (mmap(place, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == place) {
            continue;
        }
        munmap(start, 2 * length);
        start = MAP_FAILED;
    }
    int saved = errno;
    close(file);
    errno = saved;
    return start == MAP_FAILED ? NULL : start;
}

// A segment or two for a writer, one for each cursor.
enum { GUARDS_MAX = 1024 };

// A slot belongs to whoever changed `start` from 0 to 1. The handler trusts a slot once `start` is an
// address, which is stored last and taken away first.
static struct {
    _Atomic uintptr_t start;
    _Atomic uintptr_t end;
    _Atomic(uint32_t *) flag;
} guards[GUARDS_MAX];

static struct sigaction previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static uintptr_t page_mask;

// Everything in here may be called from a signal handler: atomics and system calls.
static bool repair(uintptr_t address) {
    for (int slot = 0; slot < GUARDS_MAX; slot++) {
        uintptr_t start = atomic_load(&guards[slot].start);
        if (start <= 1 || address < start || address >= atomic_load(&guards[slot].end)) continue;
        uint32_t *flag = atomic_load(&guards[slot].flag);
        void *page = mmap((void *)(address & page_mask), ~page_mask + 1, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (page == MAP_FAILED) return false;
        atomic_store((_Atomic uint32_t *)flag, 1);
        return true;
    }
    return false;
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

int sw_mapping_guard(void *start, size_t length, uint32_t *flag) {
    pthread_once(&once, install);
    for (int slot = 0; slot < GUARDS_MAX; slot++) {
        uintptr_t unused = 0;
        if (!atomic_compare_exchange_strong(&guards[slot].start, &unused, 1)) continue;
        atomic_store(&guards[slot].end, (uintptr_t)start + length);
        atomic_store(&guards[slot].flag, flag);
        atomic_store(&guards[slot].start, (uintptr_t)start);
        return slot;
    }
    return -1;
}

void sw_mapping_release(int guard) {
    if (guard >= 0) atomic_store(&guards[guard].start, 0);
}
