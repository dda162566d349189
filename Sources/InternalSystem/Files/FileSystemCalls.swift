#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The system calls that change files or make changes durable, and those that list and read them, so
/// that tests can make them fail, and can know what a power cut would leave. Each returns 0 or an
/// error number. None of them is called for each event.
package struct FileSystemCalls: Sendable {
    /// Those of the system.
    package init() {}

    /// `readdir`, to the end. A file that gets another name meanwhile may be listed under both of its
    /// names, or under neither.
    package var list: @Sendable (_ directory: Int32, _ names: inout [String]) -> Int32 = listNames

    /// `pread` of as many bytes as there is room for, fewer if the file ends before.
    package var read:
        @Sendable (
            _ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ offset: Int,
            _ count: inout Int
        ) -> Int32 = readAll

    /// `fsync`: the whole file and its size, or a directory's names.
    package var syncFile: @Sendable (_ file: Int32) -> Int32 = { fsync($0) == 0 ? 0 : errno }

    /// Gives the file this size with every block of it allocated.
    package var allocate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = allocateBlocks

    /// `pwrite` of all bytes.
    package var write:
        @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int32 =
            writeAll

    /// `write` of all bytes: behind all others where the file was opened for appending. Tells how many
    /// were written, also after an error.
    package var append:
        @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ count: inout Int) -> Int32 =
            appendAll

    /// `pwritev2` with RWF_DSYNC of all bytes of up to two pieces, one behind the other in the file:
    /// when it returns, they are durable.
    package var writeDurably:
        @Sendable (
            _ file: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
            _ offset: Int
        ) -> Int32 = writeAllDurably

    /// `ftruncate`.
    package var truncate: @Sendable (_ file: Int32, _ size: Int) -> Int32 = {
        ftruncate($0, off_t($1)) == 0 ? 0 : errno
    }

    /// `renameat` within a directory.
    package var rename: @Sendable (_ directory: Int32, _ name: String, _ newName: String) -> Int32 =
        {
            renameat($0, $1, $0, $2) == 0 ? 0 : errno
        }

    /// `unlinkat`.
    package var remove: @Sendable (_ directory: Int32, _ name: String) -> Int32 = {
        unlinkat($0, $1, 0) == 0 ? 0 : errno
    }
}
