import CSwitchyard
import EventArchive
import Foundation
import StorageReference

/// What appending costs, beside the stores that others use for it, alternating in one run: 1 KB events,
/// one producer thread, medians of five. Prints one line a row; arguments choose rows by their names.
@main
enum ArchiveAppend {
    static let eventBytes = 1_024
    nonisolated(unsafe) static let event: UnsafeRawBufferPointer = {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: eventBytes, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        return UnsafeRawBufferPointer(bytes)
    }()
    static let passes = 5

    static func main() throws {
        let wanted = CommandLine.arguments.dropFirst()
        warmUp(gibibytes: 6)
        func row(_ name: String, _ body: () throws -> Void) throws {
            if wanted.isEmpty || wanted.contains(name) { try body() }
        }
        for batch in [64, 1_000, 4_096] {
            try row("batch-\(batch)") { try compare(batch: batch) }
        }
        try row("ready") { try ready() }
        try row("sustained") { try sustained(recycled: false) }
        try row("recycled") { try sustained(recycled: true) }
        try row("latency") { try latency(perSecond: 1_500_000, recycled: false) }
        try row("latency-recycled") { try latency(perSecond: 1_500_000, recycled: true) }
        try row("latency-half") {
            for _ in 0..<passes { try latency(perSecond: 500_000, recycled: false) }
        }
    }

    /// `.batch`, and the others with a sync for as many events.
    private static func compare(batch: Int) throws {
        let count = batch == 64 ? 64 * 1_000 : batch * (300_000 / batch)
        var times: [String: [Double]] = [:]
        for _ in 0..<passes {
            for (name, reference) in references where storage_reference_available(reference) {
                let directory = Scratch()
                let nanoseconds = storage_reference_append(
                    reference, directory.path, event.baseAddress, UInt64(eventBytes), UInt64(count),
                    UInt64(batch))
                guard nanoseconds > 0 else { fatalError("\(name) failed") }
                times[name, default: []].append(Double(nanoseconds))
            }
            for recycled in [false, true] {
                let name = recycled ? "archive, recycled segments" : "archive, new segments"
                times[name, default: []].append(
                    try appendInBatches(count, batch: batch, recycled: recycled))
            }
        }
        for (name, times) in times.sorted(by: { $0.value.median < $1.value.median }) {
            report("batch \(batch): \(name)", count, times)
        }
    }

    private static var references: [(String, storage_reference)] {
        [
            ("raw write + fdatasync", STORAGE_RAW_FILE), ("LMDB", STORAGE_LMDB),
            ("RocksDB", STORAGE_ROCKSDB), ("SQLite WAL", STORAGE_SQLITE),
        ]
    }

    /// One sync for each batch; while it runs the next one is appended and asked for. A batch is begun
    /// once the one before the last is durable.
    private static func appendInBatches(
        _ count: Int, batch: Int, recycled: Bool
    ) throws -> Double {
        let directory = Scratch()
        let configuration = ArchiveConfiguration(durability: .batch)
        if recycled { try directory.fillWithSpares(2, configuration) }
        let writer = try ArchiveWriter(directory: directory.path, configuration: configuration)
        let first = writer.watermark.appended
        let start = DispatchTime.now().uptimeNanoseconds
        for begin in stride(from: 0, to: count, by: batch) {
            for _ in begin..<begin + batch { try append(to: writer) }
            try writer.startCommit()
            if begin > 0 { try writer.watermark.waitUntilDurable(first + UInt64(begin) - 1) }
        }
        try writer.watermark.waitUntilDurable(first + UInt64(count) - 1)
        let time = DispatchTime.now().uptimeNanoseconds - start
        try writer.close()
        return Double(time)
    }

    /// `.none`, into a segment that is ready as a whole; beside it what the processor and the memory
    /// allow: the same bytes checksummed and copied to the same kind of mapping, and nothing else.
    private static func ready() throws {
        let count = 400_000
        var times: [Double] = []
        var bounds: [Double] = []
        for _ in 0..<passes {
            let directory = Scratch()
            let writer = try ArchiveWriter(
                directory: directory.path,
                configuration: ArchiveConfiguration(
                    segmentBytes: 512 << 20, durability: .none, prefaultBytes: 512 << 20))
            sleep(1)
            let event = event
            let start = DispatchTime.now().uptimeNanoseconds
            for _ in 0..<count { try writer.append(event.bytes, eventTime: 1, ingestTime: 1) }
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start))
            bounds.append(copyAlone(count))
        }
        report("none: into a ready segment", count, times)
        report("  the copy and its checksum alone", count, bounds)
    }

    private static func copyAlone(_ count: Int) -> Double {
        let recordBytes = 48 + eventBytes
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * recordBytes, alignment: 2 << 20)
        defer { memory.deallocate() }
        madvise(memory, count * recordBytes, MADV_HUGEPAGE)
        memset(memory, 1, count * recordBytes)
        let (kernel, event) = (sw_kernel_best(), event)
        let start = DispatchTime.now().uptimeNanoseconds
        for index in 0..<count {
            let record = memory + index * recordBytes
            let header = sw_crc32c(kernel, 0, event.baseAddress, 44)
            let checksum = sw_crc32c_copy(
                kernel, header, record + 48, event.baseAddress, eventBytes)
            record.storeBytes(of: checksum, as: UInt32.self)
        }
        return Double(DispatchTime.now().uptimeNanoseconds - start)
    }

    /// `.none`, 10 GB in one go.
    private static func sustained(recycled: Bool) throws {
        let count = 10_000_000
        if !recycled { warmUp(gibibytes: 14) }
        let directory = Scratch()
        let configuration = ArchiveConfiguration(durability: .none, unsealedSegmentsMax: 32)
        if recycled { try directory.fillWithSpares(44, configuration) }
        let writer = try ArchiveWriter(directory: directory.path, configuration: configuration)
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<count { try append(to: writer) }
        let time = DispatchTime.now().uptimeNanoseconds - start
        report("none: 10 GB, \(recycled ? "recycled" : "new") segments", count, [Double(time)])
        try writer.close()
        let closed = DispatchTime.now().uptimeNanoseconds - start
        report("  the same until it is durable", count, [Double(closed)])
    }

    /// `.none`, an event every so often whether the one before is done or not: in new segments, and in
    /// those that retention gives back.
    private static func latency(perSecond rate: Double, recycled: Bool) throws {
        let count = Int(4 * rate)
        if !recycled { warmUp(gibibytes: 10) }
        let directory = Scratch()
        let configuration = ArchiveConfiguration(durability: .none, unsealedSegmentsMax: 32)
        if recycled { try directory.fillWithSpares(count >> 18 + 8, configuration) }
        let writer = try ArchiveWriter(directory: directory.path, configuration: configuration)
        var latencies = [UInt32](repeating: 1, count: count)
        let start = DispatchTime.now().uptimeNanoseconds
        for index in 0..<count {
            let due = start + UInt64(Double(index) * 1e9 / rate)
            while DispatchTime.now().uptimeNanoseconds < due {}
            try append(to: writer)
            latencies[index] = UInt32(
                clamping: DispatchTime.now().uptimeNanoseconds &- due)
        }
        latencies.sort()
        let percentiles = [0.5, 0.99, 0.999, 0.9999].map { share in
            "p\(share * 100) \(Double(latencies[Int(Double(count) * share)]) / 1_000) us"
        }
        print(
            "latency at \(Int(rate)) events/s, \(recycled ? "recycled" : "new") segments: "
                + percentiles.joined(separator: ", "))
        try writer.close()
    }

    @inline(__always)
    private static func append(to writer: ArchiveWriter) throws {
        try writer.append(event.bytes, eventTime: 1, ingestTime: 1)
    }

    private static func report(_ name: String, _ count: Int, _ times: [Double]) {
        let rate = Double(count) / times.median * 1e3
        let range = times.map { Double(count) / $0 * 1e3 }
        print(
            name.padding(toLength: 46, withPad: " ", startingAt: 0),
            String(
                format: "%7.3f M events/s  (%.3f to %.3f)", rate, range.min() ?? 0,
                range.max() ?? 0))
    }

    /// A virtual machine that gives memory back to its host pays for the first touch of a page.
    private static func warmUp(gibibytes: Int) {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: gibibytes << 30, alignment: 4096)
        memset(bytes, 1, gibibytes << 30)
        bytes.deallocate()
    }
}

/// A directory in the folder for temporary files, removed with the last reference.
final class Scratch {
    let path = NSTemporaryDirectory() + "archive-append-\(UUID().uuidString)"

    init() {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Leaves as many files that were segments, as retention does.
    func fillWithSpares(_ count: Int, _ configuration: ArchiveConfiguration) throws {
        let writer = try ArchiveWriter(directory: path, configuration: configuration)
        let event = [UInt8](repeating: 1, count: 1 << 16)
        for _ in 0..<(count * configuration.segmentBytes >> 16) {
            try writer.append(event.span.bytes, eventTime: 0, ingestTime: 0)
        }
        try writer.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        for file in files.filter({ $0.hasSuffix(".segment") }).prefix(count) {
            let id = file.prefix(20)
            try FileManager.default.moveItem(
                atPath: "\(path)/\(file)", toPath: "\(path)/\(id).spare")
        }
    }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}
