/// Builds the small structures of the format field by field.
struct LittleEndianWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(zeros count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    mutating func put(_ other: [UInt8]) {
        bytes.append(contentsOf: other)
    }
}

/// Reads them field by field; what lies past the end reads as zero, so that no input can trap.
struct LittleEndianReader {
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes[...]
        self.offset = offset
    }

    var remaining: Int { max(0, bytes.endIndex - offset) }

    mutating func take<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
        var value: Value = 0
        for index in 0..<MemoryLayout<Value>.size where index < remaining {
            value |= Value(truncatingIfNeeded: bytes[offset + index]) << Value(8 * index)
        }
        skip(MemoryLayout<Value>.size)
        return value
    }

    mutating func skip(_ count: Int) {
        offset += min(max(0, count), remaining)
    }
}

/// The 16 bytes that begin every structure with a version, in all versions to come.
enum FormatPrefix {
    static let byteCount = 16

    enum Verdict: Equatable {
        /// This version, or one whose additions can be ignored.
        case readable
        /// Another major version.
        case newer(UInt16)
        /// Not a prefix with this magic, or a damaged one.
        case damaged
    }

    static func encode(magic: StaticString, into writer: inout LittleEndianWriter) {
        var prefix = LittleEndianWriter()
        magic.withUTF8Buffer { prefix.put(Array($0)) }
        prefix.put(ArchiveFormat.major)
        prefix.put(ArchiveFormat.minor)
        prefix.put(Checksum.crc32c(prefix.bytes, 0..<12))
        writer.put(prefix.bytes)
    }

    static func judge(_ bytes: [UInt8], at offset: Int = 0, magic: StaticString) -> Verdict {
        guard bytes.count - offset >= byteCount,
            magic.withUTF8Buffer({ bytes[offset..<offset + 8].elementsEqual($0) })
        else { return .damaged }
        var reader = LittleEndianReader(bytes, from: offset + 8)
        let major = reader.take(UInt16.self)
        reader.skip(2)
        guard reader.take(UInt32.self) == Checksum.crc32c(bytes, offset..<offset + 12) else {
            return .damaged
        }
        return major == ArchiveFormat.major ? .readable : .newer(major)
    }
}
