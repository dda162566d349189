import CSwitchyard
import EventArchive
import Foundation
import StorageReference

/// The whole archive from its first record to its last, checksums verified.
enum Scans {
    private static let eventBytes = 1_024
    private static let count = 1_000_000

    static func compare(cold: Bool) throws {
        let archive = Scratch()
        let lmdb = Scratch()
        var event = [UInt8](repeating: UInt8(ascii: "x"), count: eventBytes)
        let writer = try ArchiveWriter(
            directory: archive.path, configuration: ArchiveConfiguration(durability: .none))
        for number in 0..<count {
            withUnsafeBytes(of: number) { event.replaceSubrange(0..<8, with: $0) }
            try writer.append(event.span.bytes, eventTime: Int64(number), ingestTime: Int64(number))
        }
        try writer.close()
        let hasLMDB = storage_reference_available(STORAGE_LMDB)
        if hasLMDB {
            _ = storage_reference_append(
                STORAGE_LMDB, lmdb.path, event, UInt64(eventBytes), UInt64(count), 100_000)
        }
        let segments = try archive.files(".segment")
        var times: [(String, [Double])] = []
        func measure(_ name: String, _ body: () throws -> Double) rethrows {
            let time = try body()
            if let row = times.firstIndex(where: { $0.0 == name }) {
                times[row].1.append(time)
            } else {
                times.append((name, [time]))
            }
        }
        for _ in 0..<ArchiveRead.passes {
            if cold { try archive.forget() }
            try measure("archive, every checksum verified") { try scan(archive.path) }
            if cold { try archive.forget() }
            try measure("the same files, checksums alone") { try checksums(segments) }
            if cold { try archive.forget() }
            try measure("the same files, read() alone") { try reads(segments) }
            guard hasLMDB else { continue }
            for (name, touches) in [("LMDB, every value read", true), ("LMDB, no value", false)] {
                if cold { try lmdb.forget() }
                measure(name) {
                    var sum: UInt32 = 0
                    return Double(storage_reference_lmdb_scan(lmdb.path, touches, &sum))
                }
            }
        }
        for (name, times) in times {
            ArchiveRead.report("\(cold ? "cold" : "hot") scan: \(name)", count, times)
            guard cold else { continue }
            print("  \(String(format: "%.2f", Double(count * eventBytes) / times.median)) GB/s")
        }
    }

    private static func scan(_ directory: String) throws -> Double {
        var (records, bytes) = (0, 0)
        let time = try ArchiveRead.time {
            var cursor = try ArchiveReader(directory: directory).cursor()
            while let record = try cursor.next() {
                records &+= 1
                bytes &+= record.byteCount
            }
        }
        ArchiveRead.expect(
            records == count && bytes == count * eventBytes, "\(records) records were read")
        return time
    }

    /// What the work can take at best: one checksum a record's length, no records.
    private static func checksums(_ files: [String]) throws -> Double {
        let kernel = sw_kernel_best()
        let length = eventBytes + ArchiveFormat.recordHeaderBytes
        var sum: UInt32 = 0
        let time = ArchiveRead.time {
            for file in files {
                let descriptor = open(file, O_RDONLY)
                let size = Int(lseek(descriptor, 0, SEEK_END))
                let base = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
                guard let base, base != MAP_FAILED else { continue }
                madvise(base, size, MADV_SEQUENTIAL)
                for offset in stride(from: 0, through: size - length, by: length) {
                    sum ^= sw_crc32c_ahead(kernel, 0, base + offset, length)
                }
                munmap(base, size)
                close(descriptor)
            }
        }
        ArchiveRead.expect(sum != 1, "")
        return time
    }

    private static func reads(_ files: [String]) throws -> Double {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
        defer { buffer.deallocate() }
        return ArchiveRead.time {
            for file in files {
                let descriptor = open(file, O_RDONLY)
                while read(descriptor, buffer, 1 << 20) > 0 {}
                close(descriptor)
            }
        }
    }
}
