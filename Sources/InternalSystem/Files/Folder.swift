internal import CSwitchyard

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An open directory, closed with its owner: it stays the same one, however it is called meanwhile.
/// All errors name the folder's path and the file's name.
///
/// Any number of threads may use it. Unsafe: the descriptor is this folder's as long as this lives.
package struct Folder: ~Copyable, Sendable {
    /// Appended to the name of what is not complete yet.
    package static let creationSuffix = ".new"

    package let path: String
    package let calls: FileSystemCalls
    private let descriptor: Int32

    /// Opens a folder.
    package init(
        _ path: String, calls: FileSystemCalls = FileSystemCalls()
    ) throws(FileError) {
        let opened = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw FileError("open", path, code: errno) }
        self.path = path
        self.calls = calls
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Makes a folder, durably, and before it those that it lies in, unless they are there. O(its
    /// path's parts).
    package static func make(
        _ path: String, calls: FileSystemCalls = FileSystemCalls()
    ) throws(FileError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = made.isEmpty ? "." : made
            made += part
            if try makeOne(made) { try Folder(parent, calls: calls).sync() }
            made += "/"
        }
    }

    /// Makes a folder in one that exists; not durable before that is synced.
    ///
    /// - Returns: false if there is something under that name already.
    package static func makeOne(_ path: String) throws(FileError) -> Bool {
        if mkdir(path, 0o777) == 0 { return true }
        guard errno == EEXIST else { throw FileError("mkdir", path, code: errno) }
        return false
    }

    /// Removes a folder that holds nothing; durable when the one that it lies in is synced.
    package static func removeEmpty(_ path: String) throws(FileError) {
        guard rmdir(path) == 0 else { throw FileError("rmdir", path, code: errno) }
    }

    /// All names but `.` and `..`, in order.
    package func names() throws(FileError) -> [String] {
        var names: [String] = []
        let error = calls.list(descriptor, &names)
        guard error == 0 else { throw FileError("readdir", path, code: error) }
        return names.sorted()
    }

    /// Opens a file in it.
    package func open(
        _ name: String, for purpose: OpenFile.Purpose, permissions: UInt32 = 0o666
    ) throws(FileError) -> OpenFile {
        try OpenFile(name, in: descriptor, named: path(of: name), for: purpose, permissions, calls)
    }

    /// Opens a file in it for writing whole pages past the page cache; nil where that cannot be done.
    package func openDirectly(_ name: String) -> OpenFile? {
        let opened = sw_open_directly(descriptor, name)
        guard opened >= 0 else { return nil }
        return OpenFile(owning: opened, path: path(of: name), calls: calls)
    }

    /// Gives a file another name, in place of whatever has that. Durable with the next ``sync()``.
    package func rename(_ name: String, to newName: String) throws(FileError) {
        let error = calls.rename(descriptor, name, newName)
        guard error == 0 else { throw FileError("rename", path(of: name), code: error) }
    }

    /// Removes a file, if it is there.
    package func remove(_ name: String) throws(FileError) {
        let error = calls.remove(descriptor, name)
        guard error == 0 || error == ENOENT else {
            throw FileError("unlink", path(of: name), code: error)
        }
    }

    /// Gives a file one name more. Durable with the next ``sync()``.
    ///
    /// - Returns: false if there is something under that name already.
    package func link(_ name: String, as other: String) throws(FileError) -> Bool {
        if linkat(descriptor, name, descriptor, other, 0) == 0 { return true }
        guard errno == EEXIST else { throw FileError("link", path(of: name), code: errno) }
        return false
    }

    /// Makes the names in it durable.
    package func sync() throws(FileError) {
        let error = calls.syncFile(descriptor)
        guard error == 0 else { throw FileError(FileError.syncCall, path, code: error) }
    }

    /// Makes the name of this folder durable.
    package func syncParent() throws(FileError) {
        let parent = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw FileError("open", path + "/..", code: errno) }
        defer { close(parent) }
        let error = calls.syncFile(parent)
        guard error == 0 else { throw FileError(FileError.syncCall, path + "/..", code: error) }
    }

    private func path(of name: String) -> String { path + "/" + name }
}
