internal import CSwitchyard

/// The file `configuration`, byte by byte. Numbers are little-endian.
///
/// It begins with a header of 48 bytes:
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 8 | `SWYCONF` and a line feed |
/// | 8 | 2 | major version, 1: a reader that does not know it refuses the file |
/// | 10 | 2 | minor version, 0: a reader can pass over what a higher one adds |
/// | 12 | 4 | zero |
/// | 16 | 8 | generation, a random number that goes into every checksum |
/// | 24 | 8 | where the snapshot ends: what was there when the file was made |
/// | 32 | 8 | the store's revision at that time |
/// | 40 | 4 | zero |
/// | 44 | 4 | CRC32C of the bytes before |
///
/// Then batches follow, first those of the snapshot, each at a multiple of 8 bytes:
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 4 | bytes of the body, a multiple of 8 |
/// | 4 | 4 | number of changes, at least one |
/// | 8 | 8 | revision: one more than that of the batch before, in the snapshot that of the header |
/// | 16 | 8 | zero |
/// | 24 | 4 | CRC32C of the body, seeded |
/// | 28 | 4 | CRC32C of the 28 bytes before, seeded |
/// | 32 | | the changes, and up to seven bytes 0xFF |
///
/// A change is the length of its key (4 bytes), of its value (4 bytes, all ones if the key is removed)
/// and its version (8 bytes), then key and value. The seed of a checksum is the CRC32C of the
/// generation and the batch's offset, so that nothing passes in another file or place.
package enum ConfigurationFileFormat {
    static let magic = Array("SWYCONF\n".utf8)
    static let major = 1
    static let minor = 0
    static let headerBytes = 48
    static let batchHeaderBytes = 32
    static let changeHeaderBytes = 16
    /// What disks write at once or not at all; none has smaller sectors.
    static let sectorBytes = 512
    private static let removed = UInt32.max

    private static let kernel = sw_kernel_best()

    /// The CRC32C of bytes, going on from that of what was before them.
    package static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        sw_crc32c(kernel, seed, bytes.baseAddress, bytes.count)
    }

    static func seed(_ generation: UInt64, _ offset: Int) -> UInt32 {
        var bytes: [UInt8] = []
        bytes.append(number: generation)
        bytes.append(number: UInt64(offset))
        return bytes.withUnsafeBytes { checksum($0) }
    }

    /// The beginning of a file.
    struct Header: Equatable {
        var generation: UInt64
        var snapshotEnd: Int
        var revision: UInt64

        var bytes: [UInt8] {
            var bytes = magic
            bytes.append(number: UInt16(major))
            bytes.append(number: UInt16(minor))
            bytes.append(number: UInt32(0))
            bytes.append(number: generation)
            bytes.append(number: UInt64(snapshotEnd))
            bytes.append(number: revision)
            bytes.append(number: UInt32(0))
            bytes.append(number: bytes.withUnsafeBytes { checksum($0) })
            return bytes
        }

        /// Reads the beginning of a file.
        init(_ file: UnsafeRawBufferPointer, path: String) throws(ConfigurationStoreError) {
            guard file.prefix(magic.count).elementsEqual(magic) else {
                let reason = file.isEmpty ? "it is empty" : "it begins with other bytes"
                throw .foreignFile(path: path, reason: reason)
            }
            guard file.count >= headerBytes else {
                throw .damaged(path: path, offset: file.count, reason: "the header is cut short")
            }
            let expected = checksum(UnsafeRawBufferPointer(rebasing: file[..<(headerBytes - 4)]))
            guard file.number(at: 44, UInt32.self) == expected else {
                throw .damaged(path: path, offset: 0, reason: "the header's checksum is wrong")
            }
            let version = Int(file.number(at: 8, UInt16.self))
            guard version == major else {
                throw .newerFormat(path: path, version: version, supported: major)
            }
            generation = file.number(at: 16, UInt64.self)
            revision = file.number(at: 32, UInt64.self)
            guard let end = Int(exactly: file.number(at: 24, UInt64.self)), end <= file.count else {
                throw .damaged(path: path, offset: file.count, reason: "the file is cut short")
            }
            snapshotEnd = end
        }

        init(generation: UInt64, snapshotEnd: Int, revision: UInt64) {
            self.generation = generation
            self.snapshotEnd = snapshotEnd
            self.revision = revision
        }
    }

    /// What a change is in the file.
    struct Change {
        let key: String
        /// Nil if it was removed.
        let value: [UInt8]?
        let version: UInt64
    }

    /// Appends a batch to what is to be written at `offset`.
    static func append(
        _ changes: some Sequence<Change>, revision: UInt64, generation: UInt64, at offset: Int,
        to output: inout [UInt8]
    ) {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: batchHeaderBytes))
        var count: UInt32 = 0
        for change in changes {
            count += 1
            output.append(number: UInt32(change.key.utf8.count))
            output.append(number: change.value.map { UInt32($0.count) } ?? removed)
            output.append(number: change.version)
            output += change.key.utf8
            if let value = change.value { output += value }
        }
        // Ones, so that no sector of a batch that was written has nothing but zeros.
        while (output.count - start) % 8 != 0 { output.append(0xFF) }
        let seed = seed(generation, offset)
        let body = start + batchHeaderBytes
        var header: [UInt8] = []
        header.append(number: UInt32(output.count - body))
        header.append(number: count)
        header.append(number: revision)
        header.append(number: UInt64(0))
        header.append(
            number: output.withUnsafeBytes {
                checksum(UnsafeRawBufferPointer(rebasing: $0[body...]), seed: seed)
            })
        header.append(number: header.withUnsafeBytes { checksum($0, seed: seed) })
        output.replaceSubrange(start..<body, with: header)
    }

    /// A batch as it was read.
    struct Batch {
        let revision: UInt64
        let changes: [Change]
        /// Where the next one begins.
        let end: Int
    }

    /// The length of the batch whose header stands at `offset`; nil if that is none.
    private static func byteCount(
        _ file: UnsafeRawBufferPointer, at offset: Int, _ generation: UInt64
    ) -> Int? {
        guard offset + batchHeaderBytes <= file.count else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: file[offset..<offset + 28])
        guard
            file.number(at: offset + 28, UInt32.self)
                == checksum(bytes, seed: seed(generation, offset))
        else { return nil }
        return batchHeaderBytes + Int(file.number(at: offset, UInt32.self))
    }

    /// The batch at `offset`; nil if there is no good one.
    static func batch(
        _ file: UnsafeRawBufferPointer, at offset: Int, _ generation: UInt64
    ) -> Batch? {
        guard let count = byteCount(file, at: offset, generation), offset + count <= file.count
        else { return nil }
        let end = offset + count
        let body = UnsafeRawBufferPointer(rebasing: file[(offset + batchHeaderBytes)..<end])
        guard
            file.number(at: offset + 24, UInt32.self)
                == checksum(body, seed: seed(generation, offset))
        else { return nil }
        let changeCount = Int(file.number(at: offset + 4, UInt32.self))
        guard let changes = changes(body, count: changeCount) else { return nil }
        return Batch(
            revision: file.number(at: offset + 8, UInt64.self), changes: changes, end: end)
    }

    private static func changes(_ body: UnsafeRawBufferPointer, count: Int) -> [Change]? {
        guard count > 0, count <= body.count / changeHeaderBytes else { return nil }
        var changes: [Change] = []
        changes.reserveCapacity(count)
        var at = 0
        for _ in 0..<count {
            guard at + changeHeaderBytes <= body.count else { return nil }
            let keyBytes = Int(body.number(at: at, UInt32.self))
            let valueBytes = body.number(at: at + 4, UInt32.self)
            let version = body.number(at: at + 8, UInt64.self)
            let key = at + changeHeaderBytes
            let value = key + keyBytes
            at = value + (valueBytes == removed ? 0 : Int(valueBytes))
            guard at <= body.count else { return nil }
            changes.append(
                Change(
                    key: String(decoding: body[key..<value], as: UTF8.self),
                    value: valueBytes == removed ? nil : Array(body[value..<at]), version: version))
        }
        return body.count - at < 8 ? changes : nil
    }

    /// Whether what is no good batch at `offset`, at the end of the file, is one that a crash or a power
    /// cut kept from being written: the recovery table of this file.
    ///
    /// | found | verdict |
    /// | --- | --- |
    /// | it belongs to the snapshot | damage: that was durable before the file had its name |
    /// | a good batch stands behind it | damage: no batch is begun before the one before is durable |
    /// | the file ends before the batch does | torn |
    /// | a sector of it holds nothing but zeros | torn: it was never written |
    /// | anything else | damage: all of it was written, and is not what it was |
    static func isTorn(
        _ file: UnsafeRawBufferPointer, at offset: Int, _ header: Header
    ) -> Bool {
        if offset < header.snapshotEnd { return false }
        var later = offset + 8
        while later + batchHeaderBytes <= file.count {
            if batch(file, at: later, header.generation) != nil { return false }
            later += 8
        }
        let count = byteCount(file, at: offset, header.generation) ?? batchHeaderBytes
        let end = offset + count
        if end > file.count { return true }
        var start = offset
        while start < end {
            let next = min(end, (start / sectorBytes + 1) * sectorBytes)
            if file[start..<next].allSatisfy({ $0 == 0 }) { return true }
            start = next
        }
        return false
    }
}

extension [UInt8] {
    /// Appends a number, little-endian.
    fileprivate mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number at an offset, which has to be within the bytes.
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, _ type: Number.Type
    ) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
