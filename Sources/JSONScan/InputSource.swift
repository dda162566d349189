#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The bytes of a file, pipe or terminal as UTF-8 text: what is compressed with gzip is
/// decompressed, and what can't be such a text is refused by its first two bytes, compressed or not.
struct InputSource: ~Copyable {
    /// As errors call it.
    let name: String
    private let file: Int32
    private let ownsFile: Bool
    /// The first bytes, until they are handed out.
    private var head: [UInt8] = []
    private var isOpened = false
    private var inflater: GzipInflater?
    private let beforeReading: (() -> Void)?

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-` for standard input.
    ///   - beforeReading: is called before each read of the system, which may have to wait.
    /// - Throws: that it can't be opened.
    init(path: String, beforeReading: (() -> Void)? = nil) throws(InputError) {
        self.beforeReading = beforeReading
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
        if !head.isEmpty {
            let count = min(head.count, buffer.count)
            buffer.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
            return count
        }
        return try readNext(into: buffer)
    }

    /// Reads behind the first bytes.
    private func readNext(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        guard let inflater else {
            beforeReading?()
            let count = readBytes(file, buffer)
            guard count >= 0 else { throw InputError(path: name, errno: errno) }
            return count
        }
        do throws(GzipInflater.Failure) {
            while true {
                if let count = try inflater.inflate(into: buffer) { return count }
                let file = file
                var failure: Int32 = 0
                beforeReading?()
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

    /// Looks at the first two bytes, and if they say that it is compressed, at those of what was.
    private mutating func recognise() throws(InputError) {
        isOpened = true
        head = try readHead()
        guard head.starts(with: [0x1F, 0x8B]) else { return try refuseOther(than: head) }
        guard let inflater = GzipInflater(head: head) else {
            throw InputError(
                path: name,
                message: "it is compressed with gzip, and there is no libz.so.1 on this system "
                    + "(Debian's package is zlib1g)")
        }
        self.inflater = inflater
        head = try readHead()
        try refuseOther(than: head)
    }

    /// Two bytes, or fewer at the end.
    private func readHead() throws(InputError) -> [UInt8] {
        var head: [UInt8] = []
        while head.count < 2 {
            var byte: UInt8 = 0
            let result = withUnsafeMutableBytes(of: &byte) { buffer in
                Result { () throws(InputError) in try readNext(into: buffer) }
            }
            if try result.get() == 0 { break }
            head.append(byte)
        }
        return head
    }

    /// Throws what text is that begins so, unless it may be UTF-8.
    private func refuseOther(than head: [UInt8]) throws(InputError) {
        guard head.count == 2 else { return }
        switch (head[0], head[1]) {
        case (0xFF, 0xFE), (0xFE, 0xFF), (UInt8(ascii: "{"), 0), (0, UInt8(ascii: "{")),
            (UInt8(ascii: "["), 0), (0, UInt8(ascii: "[")):
            throw InputError(
                path: name,
                message: "it is UTF-16, and JSON is read as UTF-8: convert it with "
                    + "iconv -f UTF-16 -t UTF-8")
        case (0x28, 0xB5):
            throw InputError(
                path: name, message: "it is compressed with Zstandard: decompress it with zstd -d")
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
