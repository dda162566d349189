import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EventArchive

/// Readers of all kinds, each on a thread of its own, against a writer that appends, seals and rolls:
/// what ThreadSanitizer is to see.
@Suite("Readers beside a writer", .onThreadsOfItsOwn)
struct ReadersBesideWriterTests {
    private static let total: UInt64 = 4_000
    private static let bytes = 150

    private enum Role: Int, CaseIterable {
        case writer, follower, scanner, selector, indexer
    }

    @Test("find a segment that was sealed after it was listed, and none that was removed")
    func sealedMeanwhile() throws {
        let fixture = Fixture()
        try fixture.write(0..<10)
        let directory = try ArchiveDirectory(opening: fixture.path)
        let archive = try directory.identity().id
        let sealed = try #require(try directory.segmentNames().first)
        var listed = SegmentName(id: sealed.id, firstSequence: sealed.firstSequence, state: .open)
        var report = ArchiveRecoveryReport()
        func examine() throws(ArchiveError) -> SegmentSurvey.Finding {
            try SegmentSurvey.examineUnderLaterNames(
                &listed, in: directory, of: archive, tail: nil, leavesOpen: false, report: &report)
        }
        guard case .readable(let segment) = try examine() else {
            Issue.record("not found")
            return
        }
        #expect(segment.name == sealed && listed == sealed)
        #expect(segment.summary.endSequence == 10)
        try fixture.remove(sealed.fileName)
        #expect(throws: ArchiveError.self) { try examine() }
    }

    @Test("follow, scan, select and index while it appends: every event once, whole and in order")
    func together() throws {
        let fixture = Fixture()
        let writer = try fixture.writer(calls: .unsynced)
        let isDone = Atomic<Bool>(false)
        let failures = Mutex<[String]>([])
        onThreads(Role.allCases.count) { index in
            do {
                switch Role(rawValue: index) {
                case .writer?:
                    defer { isDone.store(true, ordering: .releasing) }
                    for sequence in 0..<Self.total {
                        try writer.append(Event(sequence, bytes: Self.bytes))
                        // In between the others get a turn, also on one processor.
                        if sequence % 64 == 0 { usleep(200) }
                    }
                    try writer.close()
                case .follower?: try Self.follow(fixture)
                case .scanner?:
                    while !isDone.load(ordering: .acquiring) { try Self.scan(fixture, .all) }
                    try Self.scan(fixture, .all, expecting: Self.total)
                case .selector?:
                    while !isDone.load(ordering: .acquiring) {
                        let first = UInt64.random(in: 0..<Self.total)
                        try Self.scan(fixture, .sequences(first..<first + 300), from: first)
                    }
                case .indexer?:
                    while !isDone.load(ordering: .acquiring) {
                        try ArchiveReader(directory: fixture.path).makeIndexes()
                        usleep(2_000)
                    }
                case nil: break
                }
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        let verification = try fixture.reader().verify()
        #expect(verification.isSound && verification.records == Self.total)
    }

    private struct WrongEvent: Error {
        var found: UInt64
        var expected: UInt64
    }

    private static func check(_ record: borrowing ArchiveRecord, _ expected: UInt64) throws {
        let event = Event(record.sequence, bytes: bytes)
        guard record.sequence == expected,
            record.bytes.withUnsafeBytes({ $0.elementsEqual(event.bytes) })
        else { throw WrongEvent(found: record.sequence, expected: expected) }
    }

    private static func follow(_ fixture: Fixture) throws {
        var cursor = try ArchiveReader(directory: fixture.path).cursor(following: true)
        var next: UInt64 = 0
        while next < total {
            if let record = try cursor.next() {
                try check(record, next)
                next += 1
            } else {
                _ = try cursor.waitForMore(nanoseconds: 100_000_000)
            }
        }
        guard cursor.gaps.isEmpty else { throw WrongEvent(found: 0, expected: next) }
    }

    private static func scan(
        _ fixture: Fixture, _ selection: ArchiveSelection, from first: UInt64 = 0,
        expecting end: UInt64? = nil
    ) throws {
        var cursor = try ArchiveReader(directory: fixture.path).cursor(over: selection)
        var next = first
        while let record = try cursor.next() {
            try check(record, next)
            next += 1
        }
        guard cursor.gaps.isEmpty, end ?? next == next else {
            throw WrongEvent(found: next, expected: end ?? 0)
        }
    }
}
