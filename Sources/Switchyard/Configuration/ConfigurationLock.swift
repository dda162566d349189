package import InternalSystem

/// The lock that makes a store the only one, of all processes: of an open file, so that the kernel frees
/// it at the latest when the process ends.
package struct ConfigurationLock: ~Copyable, Sendable {
    private let file: OpenFile

    /// - Parameter owner: what is locked, for errors.
    package init(
        _ name: String, in folder: borrowing Folder, owner: String
    ) throws(ConfigurationStoreError) {
        do throws(FileError) {
            let file = try folder.open(name, for: .keeping, permissions: 0o644)
            if try file.lock(.exclusive) {
                self.file = file
                return
            }
        } catch { throw ConfigurationStoreError(error) }
        throw .locked(path: owner)
    }

    // Closing alone would leave it with a child that another thread just forked, until its `exec`.
    deinit { file.unlock() }
}

extension ConfigurationStoreError {
    /// What a system call that failed means for a store.
    package init(_ error: FileError) {
        self =
            if error.isFailedSync {
                .syncFailed(path: error.path, errno: error.code)
            } else if error.isNoRoom {
                .diskFull(path: error.path, errno: error.code)
            } else {
                .system(call: error.call, path: error.path, errno: error.code)
            }
    }
}
