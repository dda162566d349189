internal import InternalSystem

/// An open file of an archive: what can go wrong with it, in the archive's own words, with the name
/// that it has in the archive's directory.
struct ArchiveFile: ~Copyable, Sendable {
    let file: OpenFile
    /// The name within the archive's directory when it was opened, for errors.
    let name: String

    init(_ file: consuming OpenFile, named name: String) {
        self.file = file
        self.name = name
    }

    /// The same open file once more, closed for itself.
    func duplicate() throws(ArchiveError) -> ArchiveFile {
        do throws(FileError) {
            return ArchiveFile(try file.duplicate(), named: name)
        } catch { throw ArchiveError(error, name) }
    }

    /// The size of the file now.
    func byteCount() throws(ArchiveError) -> Int {
        do throws(FileError) { return try file.byteCount() } catch {
            throw ArchiveError(error, name)
        }
    }

    /// What tells it from every other file of the system while it is open.
    func identity() throws(ArchiveError) -> FileIdentity {
        do throws(FileError) { return try file.identity() } catch {
            throw ArchiveError(error, name)
        }
    }

    /// The bytes of a range, fewer if the file ends before.
    func read(_ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
        do throws(FileError) { return try file.read(range) } catch {
            throw ArchiveError(error, name)
        }
    }

    /// Reads as many bytes as there is room for, fewer if the file ends before. Returns how many.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ArchiveError) -> Int {
        do throws(FileError) {
            return try file.read(into: buffer, at: offset)
        } catch { throw ArchiveError(error, name) }
    }

    /// Writes all bytes at an offset. Throws `diskFull` if there is no room.
    func write(_ bytes: [UInt8], at offset: Int) throws(ArchiveError) {
        do throws(FileError) {
            try file.write(bytes, at: offset)
        } catch { throw ArchiveError(error, name) }
    }

    func truncate(to byteCount: Int) throws(ArchiveError) {
        do throws(FileError) {
            try file.truncate(to: byteCount)
        } catch { throw ArchiveError(error, name) }
    }

    /// Gives the file a size with every block allocated. Throws `diskFull`.
    func allocate(_ byteCount: Int) throws(ArchiveError) {
        do throws(FileError) {
            try file.allocate(byteCount)
        } catch { throw ArchiveError(error, name) }
    }

    /// Makes content and size durable. Throws `syncFailed`.
    func sync() throws(ArchiveError) {
        do throws(FileError) { try file.sync() } catch { throw ArchiveError(error, name) }
    }

    /// Where data begins, from this offset on; see `OpenFile`.
    func nextData(from offset: Int) -> Int? { file.nextData(from: offset) }
}

extension ArchiveError {
    /// What a failed call means for the archive: `diskFull`, `syncFailed` or `system`.
    init(_ error: FileError, _ name: String) {
        if error.isFailedSync {
            self = .syncFailed(file: name, errno: error.code)
        } else if error.isNoRoom {
            self = .diskFull(file: name, bytes: error.byteCount, errno: error.code)
        } else {
            self = .system(call: error.call, file: name, errno: error.code)
        }
    }
}
