import Foundation
import InternalSystem
import Testing

@testable import EventArchive

/// A directory of its own for an archive, removed with the last reference.
final class Fixture: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "archive-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The smallest segments, so that few events fill one; what is appended is in the file at once.
    static let small = configuration(.none)

    /// The smallest segments, written in the way of this durability.
    static func configuration(_ durability: ArchiveDurability) -> ArchiveConfiguration {
        ArchiveConfiguration(
            segmentBytes: ArchiveFormat.segmentBytesMin, durability: durability,
            prefaultBytes: 16 << 10)
    }

    func writer(
        _ configuration: ArchiveConfiguration = Fixture.small,
        calls: FileSystemCalls = FileSystemCalls(), clock: any TimeSource = SystemClock.shared
    ) throws -> ArchiveWriter {
        try ArchiveWriter(
            directory: path, configuration: configuration, clock: clock, calls: calls)
    }

    func reader() throws -> ArchiveReader { try ArchiveReader(directory: path) }

    /// Appends the events of some sequence numbers, then closes or (as a crash would) walks away. Syncs
    /// nothing, to be quick: what is tested with it is what is in the files.
    func write(
        _ sequences: Range<UInt64>, configuration: ArchiveConfiguration = Fixture.small,
        closing: Bool = true, bytes: Int? = nil
    ) throws {
        let writer = try writer(configuration, calls: .unsynced)
        for sequence in sequences {
            try #require(try writer.append(Event(sequence, bytes: bytes)) == sequence)
        }
        if closing { try writer.close() }
    }

    /// Every file of the directory but the lock and the tail, in order.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .filter { $0 != ArchiveDirectory.lockName && $0 != ArchiveTail.fileName }
    }

    /// The segment files, oldest first.
    func segments() throws -> [String] {
        try files().filter { $0.hasSuffix(".segment") || $0.hasSuffix(".open") }
    }

    func content(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
    }

    /// Over what is there, cut afterwards: ext4 begins to write a file that was cut to nothing first as
    /// soon as it is closed, and waits.
    func replace(_ file: String, _ content: [UInt8]) throws {
        let opened = Foundation.open("\(path)/\(file)", O_WRONLY | O_CREAT, 0o666)
        try #require(opened >= 0)
        defer { close(opened) }
        try #require(pwrite(opened, content, content.count, 0) == content.count)
        try #require(ftruncate(opened, off_t(content.count)) == 0)
    }

    /// Changes one byte of a file.
    func poke(_ file: String, at offset: Int, _ byte: UInt8) throws {
        let opened = Foundation.open("\(path)/\(file)", O_WRONLY)
        try #require(opened >= 0)
        defer { close(opened) }
        try #require(pwrite(opened, [byte], 1, off_t(offset)) == 1)
    }

    /// Changes one byte of the first segment where its writer has gathered it: its bytes are at their
    /// own offsets of the ring.
    func pokeRing(_ offset: Int, _ byte: UInt8) throws {
        try poke(RingLayout.fileName, at: RingLayout.headerBytes + offset, byte)
    }

    /// Changes a file's bytes in place.
    func edit(_ file: String, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = try content(file)
        try change(&bytes)
        try replace(file, bytes)
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }

    func rename(_ file: String, to name: String) throws {
        try FileManager.default.moveItem(atPath: "\(path)/\(file)", toPath: "\(path)/\(name)")
    }

    func copy(_ file: String, to name: String) throws {
        try FileManager.default.copyItem(atPath: "\(path)/\(file)", toPath: "\(path)/\(name)")
    }
}

/// The event that every test writes under a sequence number: whatever a reader gives can be told right
/// from wrong by the number alone.
struct Event: Equatable {
    var sequence: UInt64
    var bytes: [UInt8]
    var keys: ArchiveKeys
    var eventTime: Int64
    var ingestTime: Int64

    /// Ingest times grow by 1,000 with each event; event times come in another order.
    init(_ sequence: UInt64, bytes count: Int? = nil) {
        self.sequence = sequence
        let text = #"{"id":"\#(sequence)","detail":"\#(sequence &* 0x9E37_79B9_7F4A_7C15)"}"#
        let filler = repeatElement(UInt8(ascii: "x"), count: max(0, (count ?? 0) - text.utf8.count))
        bytes = Array((Array(text.utf8) + filler).prefix(count ?? .max))
        let hash = UInt32(truncatingIfNeeded: sequence)
        keys = ArchiveKeys(source: hash | 1, detailType: hash &* 31, account: 0)
        eventTime = Int64(sequence ^ 1) * 10 - 5
        ingestTime = Int64(sequence) * 1_000
    }
}

extension ArchiveWriter {
    @discardableResult
    func append(_ event: Event) throws -> UInt64 {
        try append(
            event.bytes.span.bytes, keys: event.keys, eventTime: event.eventTime,
            ingestTime: event.ingestTime)
    }
}

/// What a cursor gave.
struct Reading: Equatable {
    var sequences: [UInt64] = []
    var gaps: [ArchiveGap] = []
    var segmentsOpened = 0
}

extension ArchiveReader {
    /// Reads the selected records and requires of each that it is the event written under its number.
    func read(
        _ selection: ArchiveSelection = .all, bytes: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Reading {
        var reading = Reading()
        var cursor = cursor(over: selection)
        while let record = try cursor.next() {
            let expected = Event(record.sequence, bytes: bytes)
            let isRight =
                record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) }
                && record.keys == expected.keys && record.eventTime == expected.eventTime
                && record.ingestTime == expected.ingestTime
            try #require(isRight, "wrong event \(record.sequence)", sourceLocation: sourceLocation)
            reading.sequences.append(record.sequence)
        }
        reading.gaps = cursor.gaps
        reading.segmentsOpened = cursor.segmentsOpened
        return reading
    }
}

/// The seed of random tests: from the environment to repeat a failure, which prints it.
let seed: UInt64 =
    ProcessInfo.processInfo.environment["SWITCHYARD_SEED"].flatMap { UInt64($0) }
    ?? .random(in: 0 ... .max)

/// SplitMix64: small and repeatable.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension FileSystemCalls {
    /// Syncs nothing: for tests that open an archive many times.
    static let unsynced: FileSystemCalls = {
        var calls = FileSystemCalls()
        calls.syncFile = { _ in 0 }
        return calls
    }()
}

extension SegmentName {
    /// The name of the archive's first segment.
    static let firstOpen = SegmentName(id: 1, firstSequence: 0, isSealed: false).fileName
    static let firstSealed = SegmentName(id: 1, firstSequence: 0, isSealed: true).fileName
}

/// Where things are in a segment whose events all have the same size.
struct SegmentMap {
    let eventBytes: Int

    var recordBytes: Int { RecordLayout.recordBytes(eventBytes: eventBytes) }

    /// The bytes of the record at this index.
    func record(_ index: Int) -> Range<Int> {
        let begin = ArchiveFormat.segmentHeaderBytes + index * recordBytes
        return begin..<begin + recordBytes
    }
}
