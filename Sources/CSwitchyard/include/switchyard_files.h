// What the archive wants of the kernel and Swift cannot ask for: a write with flags, and mapped files
// that somebody else may cut.

#ifndef SWITCHYARD_FILES_H
#define SWITCHYARD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Not <sys/uio.h>: what else that declares (timespec) would be this module's in Swift.
struct iovec;

// As pwritev2 with RWF_DSYNC: when it returns, the bytes are on the disk. Returns the number of bytes
// written or the negative error number, -EOPNOTSUPP where the kernel or the file system has no such
// flag.
intptr_t sw_write_durably(int file, const struct iovec *pieces, int count, int64_t offset);

// Opens a file of a directory for writing past the page cache. Returns the descriptor or the negative
// error number, -EINVAL where the file system cannot do that.
int sw_open_directly(int directory, const char *name);

// The flag of an open file for that: O_DIRECT.
int sw_direct_flag(void);

// Whether the byte of a file at `offset` can be read without waiting for the disk. Where the kernel or
// the file system can't tell, it says no.
bool sw_is_cached(int file, int64_t offset);

// Maps the beginning of a file, shared with it, where its large pages can be mapped whole. NULL with errno
// if it can't.
void *sw_file_mapping(int file, size_t length, int protection);

// An anonymous buffer of `length` bytes, a multiple of the page size, that is mapped twice, one copy
// behind the other: what wraps around its end is contiguous all the same. NULL with errno set if there
// is no memory for it. Ends with munmap(start, 2 * length).
void *sw_mirrored_buffer(size_t length);

// The same of a part of a file, from `offset` on, also a multiple of the page size; shared with the file.
void *sw_mirrored_mapping(int file, int64_t offset, size_t length);

// Reads a byte of a mapping, for what happens if it is not there.
static inline void sw_touch(const void *byte) { (void)*(const volatile char *)byte; }

// How many mappings can be guarded at once. More than a process may have by default (65,530, see
// vm.max_map_count), and few enough that their table (40 MiB when full) is no concern beside them.
#define SW_MAPPING_GUARDS_MAX (1 << 20)

// Guards start[0 ..< length], a mapping of a file: if the file is cut by another process, touching the
// missing pages would end this one by SIGBUS. Instead such a page becomes an anonymous one of zeros,
// and *flag becomes 1, before the access that touched it goes on. Returns a number for
// sw_mapping_release, or -1 if there are too many, or no memory for one more (then it is not guarded).
// O(1); a page that is missing costs O(guards).
//
// The first call installs a handler for SIGBUS; faults elsewhere go to the handler before it.
// *flag must stay where it is until the release.
int sw_mapping_guard(void *start, size_t length, uint32_t *flag);

// Ends it, if the number is not negative. Call it before the memory is unmapped.
void sw_mapping_release(int guard);

#endif
