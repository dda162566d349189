#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Zstandard by the system's library, which is looked up when it is first needed: nothing of it is
/// linked, so that the package builds and runs where it is missing. Debian's is `libzstd1`.
///
/// Unchecked: functions of the library that use no state but what they are given.
final class Zstandard: @unchecked Sendable {
    /// The library; nil where there is none.
    static let library: Zstandard? = Zstandard()

    private typealias Create = @convention(c) () -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer?) -> Int
    private typealias Bound = @convention(c) (Int) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32
    private typealias Compress =
        @convention(c) (
            OpaquePointer?, UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int, Int32
        ) -> Int
    private typealias Decompress =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) ->
        Int

    private let createCompressor: Create
    private let freeCompressor: Free
    private let createDecompressor: Create
    private let freeDecompressor: Free
    private let bound: Bound
    private let isError: IsError
    private let compress: Compress
    private let decompress: Decompress

    private init?() {
        guard let handle = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL),
            let createCompressor = dlsym(handle, "ZSTD_createCCtx"),
            let freeCompressor = dlsym(handle, "ZSTD_freeCCtx"),
            let createDecompressor = dlsym(handle, "ZSTD_createDCtx"),
            let freeDecompressor = dlsym(handle, "ZSTD_freeDCtx"),
            let bound = dlsym(handle, "ZSTD_compressBound"),
            let isError = dlsym(handle, "ZSTD_isError"),
            let compress = dlsym(handle, "ZSTD_compressCCtx"),
            let decompress = dlsym(handle, "ZSTD_decompressDCtx")
        else { return nil }
        // The signatures are those of zstd.h, stable since 1.0.
        self.createCompressor = unsafeBitCast(createCompressor, to: Create.self)
        self.freeCompressor = unsafeBitCast(freeCompressor, to: Free.self)
        self.createDecompressor = unsafeBitCast(createDecompressor, to: Create.self)
        self.freeDecompressor = unsafeBitCast(freeDecompressor, to: Free.self)
        self.bound = unsafeBitCast(bound, to: Bound.self)
        self.isError = unsafeBitCast(isError, to: IsError.self)
        self.compress = unsafeBitCast(compress, to: Compress.self)
        self.decompress = unsafeBitCast(decompress, to: Decompress.self)
    }

    /// Compresses pieces of data, each to a frame of its own.
    struct Compressor: ~Copyable {
        private let library: Zstandard
        private let context: OpaquePointer?
        private let level: Int32

        init(_ library: Zstandard, level: Int) {
            self.library = library
            self.level = Int32(clamping: level)
            context = library.createCompressor()
        }

        deinit { _ = library.freeCompressor(context) }

        /// The frame; nil if the library had no memory for it.
        func frame(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
            let capacity = library.bound(bytes.count)
            var result = 0
            let frame = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                result = library.compress(
                    context, buffer.baseAddress, capacity, bytes.baseAddress, bytes.count, level)
                count = library.isError(result) == 0 ? result : 0
            }
            return frame.isEmpty ? nil : frame
        }
    }

    /// Decompresses frames.
    struct Decompressor: ~Copyable {
        private let library: Zstandard
        private let context: OpaquePointer?

        init(_ library: Zstandard) {
            self.library = library
            context = library.createDecompressor()
        }

        deinit { _ = library.freeDecompressor(context) }

        /// Whether the frame is whole and gives exactly as many bytes as there is room for.
        func decompress(
            _ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
        ) -> Bool {
            let result = library.decompress(
                context, target.baseAddress, target.count, frame.baseAddress, frame.count)
            return library.isError(result) == 0 && result == target.count
        }
    }
}
