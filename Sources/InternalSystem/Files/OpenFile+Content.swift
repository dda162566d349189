#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension OpenFile {
    /// Everything in the file.
    package func readAll() throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        // It may grow meanwhile, and some files (those of /proc) do not tell their size.
        repeat {
            let wanted = max(try byteCount() - bytes.count, 0) + 1
            let more = try read(bytes.count..<bytes.count + max(wanted, 4096))
            if more.isEmpty { return bytes }
            bytes += more
        } while true
    }

    /// The bytes of a range, fewer if the file ends before.
    package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(FileError) in try read(into: buffer, at: range.lowerBound) }
        }
        bytes.removeSubrange(try result.get()...)
        return bytes
    }

    /// Reads as many bytes as there is room for, fewer if the file ends before. Returns how many.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        var count = 0
        let error = calls.read(descriptor, buffer, offset, &count)
        guard error == 0 else { throw FileError("pread", path, code: error) }
        return count
    }

    /// Writes all bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        let error = bytes.withUnsafeBytes { calls.write(descriptor, $0, offset) }
        guard error == 0 else {
            throw FileError("pwrite", path, code: error, byteCount: bytes.count)
        }
    }

    /// Writes all bytes behind all others, or none; the file was opened for that. What was written
    /// before an error is cut off again if it is still the last of the file: another process may have
    /// appended something since. A pipe keeps what it got.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        let end = try byteCount()
        var written = 0
        let error = bytes.withUnsafeBytes { calls.append(descriptor, $0, &written) }
        guard error != 0 else { return }
        if written > 0, (try? byteCount()) == end + written { try? truncate(to: end) }
        throw FileError("write", path, code: error, byteCount: bytes.count)
    }

    /// Gives the file this size, by cutting it or adding zeros that take no room.
    package func truncate(to byteCount: Int) throws(FileError) {
        let error = calls.truncate(descriptor, byteCount)
        guard error == 0 else { throw FileError("ftruncate", path, code: error) }
    }

    /// Gives the file a size with every block allocated.
    package func allocate(_ byteCount: Int) throws(FileError) {
        let error = calls.allocate(descriptor, byteCount)
        guard error == 0 else {
            throw FileError("fallocate", path, code: error, byteCount: byteCount)
        }
    }

    /// Makes content and size durable. After an error, never try again with the same file: the system
    /// forgets what it could not write, and would say that all is well.
    package func sync() throws(FileError) {
        let error = calls.syncFile(descriptor)
        guard error == 0 else { throw FileError(FileError.syncCall, path, code: error) }
    }
}
