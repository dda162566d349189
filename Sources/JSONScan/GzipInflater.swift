#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Decompresses gzip, piece by piece, by the system's zlib, which is looked up when it is first needed:
/// nothing of it is linked, so that the package builds and runs where it is missing.
///
/// Owns a `z_stream` of zlib, which no one else sees, and the compressed bytes that it points into;
/// both live until it is destroyed. To be used by one thread at a time.
final class GzipInflater {
    enum Failure: Error {
        /// A read failed, with this `errno`.
        case reading(Int32)
        /// The data is not what gzip writes.
        case damaged(String)
    }

    private typealias Initialise =
        @convention(c) (UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>?, Int32) -> Int32
    private typealias Step = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
    private typealias End = @convention(c) (UnsafeMutableRawPointer) -> Int32
    private typealias Version = @convention(c) () -> UnsafePointer<CChar>?

    private struct Library {
        let initialise: Initialise
        let inflate: Step
        let reset: End
        let end: End
        let version: Version
    }

    /// The signatures are those of zlib.h.
    private static let library: Library? = {
        guard let handle = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL),
            let initialise = dlsym(handle, "inflateInit2_"),
            let inflate = dlsym(handle, "inflate"), let reset = dlsym(handle, "inflateReset"),
            let end = dlsym(handle, "inflateEnd"), let version = dlsym(handle, "zlibVersion")
        else { return nil }
        return Library(
            initialise: unsafeBitCast(initialise, to: Initialise.self),
            inflate: unsafeBitCast(inflate, to: Step.self),
            reset: unsafeBitCast(reset, to: End.self), end: unsafeBitCast(end, to: End.self),
            version: unsafeBitCast(version, to: Version.self))
    }()

    /// Whether this system has a zlib.
    static var isAvailable: Bool { library != nil }

    /// `z_stream` as 64-bit systems lay it out; zlib has kept it since its first version 1.
    private enum Field {
        static let nextIn = 0
        static let availableIn = 8
        static let nextOut = 24
        static let availableOut = 32
        static let byteCount = 112
    }

    private static let streamEnd: Int32 = 1
    private static let bufferError: Int32 = -5
    /// A gzip header, and the largest window.
    private static let windowBits: Int32 = 16 + 15

    private let library: Library
    private let stream: UnsafeMutableRawPointer
    private let input: UnsafeMutableRawBufferPointer
    /// Whether a member was begun and not ended.
    private var isInside = true
    /// Whether there may be more to come of the input that was taken already.
    private var isPending = false

    /// Begins with the first bytes of the data; nil where there is no zlib, or no memory for it.
    init?(head: [UInt8]) {
        guard let library = Self.library else { return nil }
        self.library = library
        stream = .allocate(byteCount: Field.byteCount, alignment: 16)
        stream.initializeMemory(as: UInt8.self, repeating: 0, count: Field.byteCount)
        input = .allocate(byteCount: 1 << 16, alignment: 16)
        input.copyBytes(from: head)
        point(at: 0, head.count)
        let result = library.initialise(
            stream, Self.windowBits, library.version(), Int32(Field.byteCount))
        if result != 0 { return nil }
    }

    deinit {
        _ = library.end(stream)
        stream.deallocate()
        input.deallocate()
    }

    private func point(at offset: Int, _ count: Int) {
        stream.storeBytes(
            of: input.baseAddress.map { $0 + offset }, toByteOffset: Field.nextIn,
            as: UnsafeMutableRawPointer?.self)
        stream.storeBytes(of: UInt32(count), toByteOffset: Field.availableIn, as: UInt32.self)
    }

    private var availableIn: Int {
        Int(stream.load(fromByteOffset: Field.availableIn, as: UInt32.self))
    }

    /// Decompresses what there is into `buffer`.
    ///
    /// - Returns: how many bytes, more than 0; nil where it takes more input to give any.
    func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int? {
        while availableIn > 0 || isPending {
            if !isInside {
                // Another member, or the zeros with which some tools fill up the last block.
                skipZeros()
                if availableIn == 0 { return nil }
                _ = library.reset(stream)
                isInside = true
            }
            let room = min(buffer.count, Int(Int32.max))
            stream.storeBytes(
                of: buffer.baseAddress, toByteOffset: Field.nextOut,
                as: UnsafeMutableRawPointer?.self)
            stream.storeBytes(of: UInt32(room), toByteOffset: Field.availableOut, as: UInt32.self)
            let result = library.inflate(stream, 0)
            guard result == 0 || result == Self.streamEnd || result == Self.bufferError else {
                throw .damaged("the gzip data is damaged, or something else follows it")
            }
            if result == Self.streamEnd { isInside = false }
            let left = Int(stream.load(fromByteOffset: Field.availableOut, as: UInt32.self))
            isPending = left == 0 && isInside
            let count = room - left
            if count > 0 { return count }
        }
        return nil
    }

    private func skipZeros() {
        let count = availableIn
        guard
            let next = stream.load(
                fromByteOffset: Field.nextIn, as: UnsafeMutableRawPointer?.self),
            let base = input.baseAddress
        else { return }
        let offset = next - base
        var zeros = 0
        while zeros < count, input[offset + zeros] == 0 { zeros += 1 }
        point(at: offset + zeros, count - zeros)
    }

    /// Takes more of the data from `read`, which gives how many bytes it wrote.
    ///
    /// - Returns: whether there was more.
    func refill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
        let count = read(input)
        point(at: 0, count)
        return count > 0
    }

    /// Ends it.
    ///
    /// - Returns: 0.
    /// - Throws: that the data ends early.
    func finish() throws(Failure) -> Int {
        if isInside { throw .damaged("the gzip data ends early: the file is cut off") }
        return 0
    }
}
