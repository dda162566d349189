/// Small files that are read and written as a whole, by their paths.
///
///     try WholeFile.replace(directory + "/state.json", with: bytes)
///     let bytes = try WholeFile.read(directory + "/state.json") ?? []
package enum WholeFile {
    /// Everything in a file; nil if there is none. O(bytes).
    package static func read(
        _ path: String, calls: FileSystemCalls = FileSystemCalls()
    ) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            return try OpenFile(path, for: .reading, calls: calls).readAll()
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    /// Puts a file with this content in place of whatever is there, durably: see
    /// ``Folder/replaceFile(_:with:permissions:)``. Its folder must exist. O(bytes).
    ///
    /// - Returns: the new file, open.
    @discardableResult
    package static func replace(
        _ path: String, with content: [UInt8], calls: FileSystemCalls = FileSystemCalls()
    ) throws(FileError) -> OpenFile {
        let (folder, name) = folderAndName(of: path)
        return try Folder(folder, calls: calls).replaceFile(name, with: content)
    }

    private static func folderAndName(of path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }
}

extension Folder {
    /// Everything in a file; nil if there is none.
    package func readFile(_ name: String) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            return try open(name, for: .reading).readAll()
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
    }

    /// Puts a file with this content in place of whatever has its name, durably: at every moment, also
    /// after a power cut, there is the old one or the new one, whole.
    ///
    /// It is written under another name first, which ends in ``creationSuffix``; what an attempt that
    /// failed left there is overwritten by the next. One thread, in one process, at a time for a name.
    ///
    /// - Returns: the new file, open.
    /// - Throws: what failed; where that was the sync of this folder, nobody knows which of the two
    ///   files there will be after a power cut.
    @discardableResult
    package func replaceFile(
        _ name: String, with content: [UInt8], permissions: UInt32 = 0o666
    ) throws(FileError) -> OpenFile {
        let fresh = name + Self.creationSuffix
        var file = try open(fresh, for: .replacing, permissions: permissions)
        do throws(FileError) {
            try file.write(content, at: 0)
            try file.sync()
            try rename(fresh, to: name)
        } catch {
            // Best effort: the room is wanted by others, and what failed is the error to tell.
            try? remove(fresh)
            throw error
        }
        file.path = path + "/" + name
        try sync()
        return file
    }

    /// Removes a file, if it is there, durably.
    package func removeFile(_ name: String) throws(FileError) {
        try remove(name)
        try sync()
    }
}
