// What others make of the archive's work: records of one size, appended in batches, each batch durable
// before the next one begins.

#ifndef STORAGE_REFERENCE_H
#define STORAGE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    STORAGE_RAW_FILE, // write, then fdatasync
    STORAGE_LMDB,     // one transaction a batch, MDB_APPEND, sync at commit
    STORAGE_ROCKSDB,  // one WriteBatch a batch, sync, no compression
    STORAGE_SQLITE,   // WAL, synchronous=FULL, one transaction a batch
} storage_reference;

// Whether it was there when this was built.
bool storage_reference_available(storage_reference which);

// Appends `count` records to a new store in an empty directory, and returns the nanoseconds that it
// took from the first record to the last sync, without opening and closing; -1 if anything failed.
int64_t storage_reference_append(storage_reference which, const char *directory,
                                 const uint8_t *record, uint64_t length, uint64_t count,
                                 uint64_t batch);

// Goes through all records of an LMDB store that was made so, by one cursor, and returns the
// nanoseconds, without opening; -1 if anything failed. `touches`: also adds up all words of each value.
int64_t storage_reference_lmdb_scan(const char *directory, bool touches, uint32_t *sum);

#endif
