extern "C" {
#include "storage_reference.h"
}

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#if __has_include(<lmdb.h>)
#include <lmdb.h>
#define HAS_LMDB 1
#endif
#if __has_include(<rocksdb/c.h>)
#include <rocksdb/c.h>
#define HAS_ROCKSDB 1
#endif
#if __has_include(<sqlite3.h>)
#include <sqlite3.h>
#define HAS_SQLITE 1
#endif

namespace {

struct Work {
    const char *directory;
    const uint8_t *record;
    uint64_t length, count, batch;
};

using Clock = std::chrono::steady_clock;

int64_t since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

// Calls body(first, end) for each batch; -1 as soon as it says false.
template <typename Body> int64_t timed(const Work &work, Body body) {
    auto start = Clock::now();
    for (uint64_t first = 0; first < work.count; first += work.batch) {
        if (!body(first, std::min(work.count, first + work.batch))) return -1;
    }
    return since(start);
}

int64_t append_raw(const Work &work) {
    int file = open((std::string(work.directory) + "/log").c_str(), O_WRONLY | O_CREAT, 0666);
    if (file < 0) return -1;
    std::vector<uint8_t> buffer(work.batch * work.length);
    int64_t result = timed(work, [&](uint64_t first, uint64_t end) {
        for (uint64_t i = first; i < end; i++) {
            std::copy_n(work.record, work.length, buffer.data() + (i - first) * work.length);
        }
        size_t bytes = (end - first) * work.length;
        for (size_t done = 0; done < bytes;) {
            ssize_t written = write(file, buffer.data() + done, bytes - done);
            if (written <= 0) return false;
            done += size_t(written);
        }
        return fdatasync(file) == 0;
    });
    close(file);
    return result;
}

#if HAS_LMDB
int64_t append_lmdb(const Work &work) {
    MDB_env *env = nullptr;
    MDB_dbi table;
    MDB_txn *opening = nullptr;
    if (mdb_env_create(&env)) return -1;
    mdb_env_set_mapsize(env, work.count * (work.length + 256) * 2 + (64 << 20));
    if (mdb_env_open(env, work.directory, 0, 0666)) return -1;
    if (mdb_txn_begin(env, nullptr, 0, &opening)) return -1;
    if (mdb_dbi_open(opening, nullptr, MDB_INTEGERKEY, &table) || mdb_txn_commit(opening)) {
        return -1;
    }
    int64_t result = timed(work, [&](uint64_t first, uint64_t end) {
        MDB_txn *txn = nullptr;
        if (mdb_txn_begin(env, nullptr, 0, &txn)) return false;
        for (uint64_t i = first; i < end; i++) {
            MDB_val key = {sizeof i, &i};
            MDB_val value = {work.length, const_cast<uint8_t *>(work.record)};
            if (mdb_put(txn, table, &key, &value, MDB_APPEND)) return false;
        }
        return mdb_txn_commit(txn) == 0;
    });
    mdb_env_close(env);
    return result;
}
#endif

#if HAS_ROCKSDB
int64_t append_rocksdb(const Work &work) {
    char *error = nullptr;
    rocksdb_options_t *options = rocksdb_options_create();
    rocksdb_options_set_create_if_missing(options, 1);
    rocksdb_options_set_compression(options, rocksdb_no_compression);
    rocksdb_options_set_write_buffer_size(options, 256 << 20);
    rocksdb_t *db = rocksdb_open(options, work.directory, &error);
    if (error) return -1;
    rocksdb_writeoptions_t *synced = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(synced, 1);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    int64_t result = timed(work, [&](uint64_t first, uint64_t end) {
        rocksdb_writebatch_clear(batch);
        for (uint64_t i = first; i < end; i++) {
            uint64_t key = __builtin_bswap64(i);
            rocksdb_writebatch_put(batch, reinterpret_cast<const char *>(&key), sizeof key,
                                   reinterpret_cast<const char *>(work.record), work.length);
        }
        rocksdb_write(db, synced, batch, &error);
        return error == nullptr;
    });
    rocksdb_writebatch_destroy(batch);
    rocksdb_writeoptions_destroy(synced);
    rocksdb_close(db);
    rocksdb_options_destroy(options);
    return result;
}
#endif

#if HAS_SQLITE
int64_t append_sqlite(const Work &work) {
    sqlite3 *db = nullptr;
    sqlite3_stmt *insert = nullptr;
    if (sqlite3_open((std::string(work.directory) + "/db").c_str(), &db)) return -1;
    auto run = [&](const char *text) {
        return sqlite3_exec(db, text, nullptr, nullptr, nullptr) == SQLITE_OK;
    };
    if (!run("PRAGMA journal_mode=WAL") || !run("PRAGMA synchronous=FULL")
        || !run("CREATE TABLE log (sequence INTEGER PRIMARY KEY, event BLOB)")) {
        return -1;
    }
    sqlite3_prepare_v2(db, "INSERT INTO log VALUES (?, ?)", -1, &insert, nullptr);
    int64_t result = timed(work, [&](uint64_t first, uint64_t end) {
        if (!run("BEGIN")) return false;
        for (uint64_t i = first; i < end; i++) {
            sqlite3_bind_int64(insert, 1, sqlite3_int64(i));
            sqlite3_bind_blob(insert, 2, work.record, int(work.length), SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE) return false;
            sqlite3_reset(insert);
        }
        return run("COMMIT");
    });
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return result;
}
#endif

} // namespace

extern "C" int64_t storage_reference_lmdb_scan(const char *directory, bool touches, uint32_t *sum) {
#if HAS_LMDB
    MDB_env *env = nullptr;
    MDB_dbi table;
    MDB_txn *txn = nullptr;
    MDB_cursor *cursor = nullptr;
    if (mdb_env_create(&env) || mdb_env_open(env, directory, MDB_RDONLY, 0666)) return -1;
    if (mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn)) return -1;
    if (mdb_dbi_open(txn, nullptr, MDB_INTEGERKEY, &table)) return -1;
    auto start = Clock::now();
    if (mdb_cursor_open(txn, table, &cursor)) return -1;
    MDB_val key, value;
    uint32_t total = 0;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        auto *bytes = static_cast<const uint8_t *>(value.mv_data);
        total += uint32_t(value.mv_size);
        uint64_t sums[8] = {};
        for (size_t i = 0; touches && i + sizeof sums <= value.mv_size; i += sizeof sums) {
            uint64_t words[8];
            memcpy(words, bytes + i, sizeof words);
            for (int lane = 0; lane < 8; lane++) sums[lane] += words[lane];
        }
        for (uint64_t lane : sums) total += uint32_t(lane);
    }
    *sum = total;
    int64_t result = since(start);
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return result;
#else
    return -1;
#endif
}

extern "C" bool storage_reference_available(storage_reference which) {
    switch (which) {
    case STORAGE_RAW_FILE: return true;
#if HAS_LMDB
    case STORAGE_LMDB: return true;
#endif
#if HAS_ROCKSDB
    case STORAGE_ROCKSDB: return true;
#endif
#if HAS_SQLITE
    case STORAGE_SQLITE: return true;
#endif
    default: return false;
    }
}

extern "C" int64_t storage_reference_append(storage_reference which, const char *directory,
                                            const uint8_t *record, uint64_t length,
                                            uint64_t count, uint64_t batch) {
    Work work = {directory, record, length, count, batch};
    switch (which) {
    case STORAGE_RAW_FILE: return append_raw(work);
#if HAS_LMDB
    case STORAGE_LMDB: return append_lmdb(work);
#endif
#if HAS_ROCKSDB
    case STORAGE_ROCKSDB: return append_rocksdb(work);
#endif
#if HAS_SQLITE
    case STORAGE_SQLITE: return append_sqlite(work);
#endif
    default: return -1;
    }
}
