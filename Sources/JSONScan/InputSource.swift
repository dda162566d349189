#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The bytes of a file, pipe or terminal as UTF-8 text: what is compressed with gzip is
/// decompressed, and what can't be such a text is refused by its first two bytes.
struct InputSource: ~Copyable {
    /// As errors call it.
    let name: String
    private let file: Int32
    private let ownsFile: Bool
    /// The first bytes, until they are handed out.
    private var head: [UInt8] = []
    private var isOpened = false
    private var inflater: GzipInflater?

    /// Opens a file.
    ///
    /// - Parameter path: a file's path, or `-` for standard input.
    /// - Throws: that it can't be opened.
    init(path: String) throws(InputError) {
        if path == "-" {
            file = STDIN_FILENO
            ownsFile = false
            name = "standard input"
        } else {
            file = open(path, O_RDONLY | O_CLOEXEC)
            ownsFile = true
            name = path
            guard file >= 0 else { throw InputError(path: path, errno: errno) }
        }
    }

    deinit { if ownsFile { close(file) } }

    /// Reads some bytes into `buffer`, which has room for at least one.
    ///
    /// - Returns: how many; 0 at the end.
    /// - Throws: that reading fails, or that it is no text that can be read.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        if !isOpened { try recognise() }
        if let inflater {
            do throws(GzipInflater.Failure) {
                while true {
                    if let count = try inflater.inflate(into: buffer) { return count }
                    let file = file
                    var failure: Int32 = 0
                    let isMore = inflater.refill { room in
                        let count = readBytes(file, room)
                        if count < 0 { failure = errno }
                        return max(count, 0)
                    }
                    if failure != 0 { throw .reading(failure) }
                    if !isMore { return try inflater.finish() }
                }
            } catch {
                switch error {
                case .reading(let number): throw InputError(path: name, errno: number)
                case .damaged(let message): throw InputError(path: name, message: message)
                }
            }
        }
        if !head.isEmpty {
            let count = min(head.count, buffer.count)
            buffer.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
            return count
        }
        let count = readBytes(file, buffer)
        guard count >= 0 else { throw InputError(path: name, errno: errno) }
        return count
    }

    /// Looks at the first two bytes.
    private mutating func recognise() throws(InputError) {
        isOpened = true
        var bytes = [UInt8](repeating: 0, count: 2)
        var filled = 0
        while filled < 2 {
            let file = file
            let count = bytes.withUnsafeMutableBytes {
                readBytes(file, UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard count >= 0 else { throw InputError(path: name, errno: errno) }
            if count == 0 { break }
            filled += count
        }
        head = Array(bytes[..<filled])
        guard filled == 2 else { return }
        switch (bytes[0], bytes[1]) {
        case (0xFF, 0xFE), (0xFE, 0xFF), (UInt8(ascii: "{"), 0), (0, UInt8(ascii: "{")),
            (UInt8(ascii: "["), 0), (0, UInt8(ascii: "[")):
            throw InputError(
                path: name,
                message: "it is UTF-16, and JSON is read as UTF-8: convert it with "
                    + "iconv -f UTF-16 -t UTF-8")
        case (0x28, 0xB5):
            throw InputError(
                path: name, message: "it is compressed with Zstandard: decompress it with zstd -d")
        case (0x1F, 0x8B):
            guard let inflater = GzipInflater(head: head) else {
                throw InputError(
                    path: name,
                    message: "it is compressed with gzip, and there is no libz.so.1 on this system "
                        + "(Debian's package is zlib1g)")
            }
            self.inflater = inflater
            head = []
        default: break
        }
    }
}

/// `read`, taken up again after a signal; below 0 where it fails.
private func readBytes(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
        let count = read(file, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        return count
    }
}
