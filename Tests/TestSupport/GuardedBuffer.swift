import Glibc

/// Memory between two pages that cannot be touched: code that reads or writes outside of what it
/// was given ends the test run.
public struct GuardedBuffer: ~Copyable {
    private let mapping: UnsafeMutableRawPointer
    private let mappingByteCount: Int

    /// The bytes between the guards. They start and end at a page's border.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Creates a buffer of at least `byteCount` zero bytes, rounded up to whole pages.
    public init(byteCount: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let inner = (byteCount + page - 1) / page * page
        self.mappingByteCount = inner + 2 * page
        let mapping = mmap(
            nil, self.mappingByteCount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapping, mapping != MAP_FAILED,
            mprotect(mapping + page, inner, PROT_READ | PROT_WRITE) == 0
        else { fatalError("no memory for a guarded buffer of \(byteCount) bytes") }
        self.mapping = mapping
        self.bytes = UnsafeMutableRawBufferPointer(start: mapping + page, count: inner)
    }

    /// Copies `contents` to the end, right before the guard, and returns where it is.
    public func placeAtEnd(_ contents: [UInt8]) -> UnsafeRawBufferPointer {
        self.place(contents, at: self.bytes.count - contents.count)
    }

    /// Copies `contents` to `offset` and returns where it is.
    public func place(_ contents: [UInt8], at offset: Int) -> UnsafeRawBufferPointer {
        precondition(offset >= 0 && offset + contents.count <= self.bytes.count)
        let target = UnsafeMutableRawBufferPointer(
            rebasing: self.bytes[offset..<offset + contents.count])
        target.copyBytes(from: contents)
        return UnsafeRawBufferPointer(target)
    }

    deinit {
        munmap(self.mapping, self.mappingByteCount)
    }
}
