/// What makes a directory an archive: the content of `archive.identity`.
struct ArchiveIdentity: Hashable, Sendable {
    static let fileName = "archive.identity"
    static let magic: StaticString = "SWYDARCH"
    static let byteCount = 64

    var id: ArchiveID
    var created: Int64

    func encoded() -> [UInt8] {
        var writer = LittleEndianWriter()
        FormatPrefix.encode(magic: Self.magic, into: &writer)
        writer.put(id.low)
        writer.put(id.high)
        writer.put(created)
        writer.put(zeros: 20)
        writer.put(Checksum.crc32c(writer.bytes, 0..<60))
        return writer.bytes
    }

    init(id: ArchiveID, created: Int64) {
        self.id = id
        self.created = created
    }

    /// Throws `damagedIdentity` or `newerFormat`.
    init(decoding bytes: [UInt8], directory: String) throws(ArchiveError) {
        switch FormatPrefix.judge(bytes, magic: Self.magic) {
        case .readable: break
        case .newer(let major):
            throw .newerFormat(
                file: Self.fileName, major: major, supported: ArchiveFormat.major)
        case .damaged: throw .damagedIdentity(directory: directory)
        }
        var checksum = LittleEndianReader(bytes, from: 60)
        guard bytes.count == Self.byteCount, checksum.take() == Checksum.crc32c(bytes, 0..<60)
        else { throw .damagedIdentity(directory: directory) }
        var reader = LittleEndianReader(bytes, from: FormatPrefix.byteCount)
        self.init(
            id: ArchiveID(low: reader.take(), high: reader.take()), created: reader.take())
    }
}

/// The random 128 bits that tell one archive's files from another's.
struct ArchiveID: Hashable, Sendable {
    var low: UInt64
    var high: UInt64

    static func random() -> ArchiveID {
        ArchiveID(low: .random(in: .min ... .max), high: .random(in: .min ... .max))
    }
}
