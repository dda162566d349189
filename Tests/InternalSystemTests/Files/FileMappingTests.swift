import CSwitchyard
import Foundation
import InternalSystem
import TestSupport
import Testing

@Suite("Mapped files")
struct FileMappingTests {
    /// A file of some pages of ones, that can be cut.
    private final class Pages: Sendable {
        let folder: TemporaryFolder
        let path: String

        init(_ count: Int) throws {
            folder = try TemporaryFolder()
            path = try folder.file("f", [UInt8](repeating: 1, count: count * page))
        }

        func map(_ count: Int) throws -> Shared {
            Shared(
                try FileMapping(
                    OpenFile(path, for: .reading), byteCount: count * page, writable: false))
        }

        func cut(to count: Int) { #expect(truncate(path, off_t(count * page)) == 0) }
    }

    @Test("bytes of the file are there, also when it was closed")
    func content() throws {
        let pages = try Pages(2)
        let mapping = try pages.map(2)
        #expect(mapping.byteCount == 2 * page)
        #expect(mapping.bytes(ofPage: 1) == [1, 1, 1])
        #expect(!mapping.isCut)
    }

    @Test("stores are in the file, and others see them")
    func stores() throws {
        let pages = try Pages(1)
        let file = try OpenFile(pages.path, for: .changing)
        let mapping = try FileMapping(file, byteCount: page, writable: true)
        mapping.base.storeBytes(of: 7, toByteOffset: 9, as: UInt8.self)
        #expect(try file.read(9..<10) == [7])
    }

    @Test("pages that were cut off are zeros, and the mapping says so")
    func cut() throws {
        let pages = try Pages(3)
        let mapping = try pages.map(3)
        let untouched = try Pages(3).map(3)
        pages.cut(to: 1)
        #expect(mapping.bytes(ofPage: 0) == [1, 1, 1])
        #expect(!mapping.isCut)
        #expect(mapping.bytes(ofPage: 1) == [0, 0, 0])
        #expect(mapping.isCut)
        #expect(!untouched.isCut)
    }

    @Test("a file that is cut ends no process, however many others are mapped")
    func manyMappings() async {
        await #expect(processExitsWith: .success) {
            let pages = try Pages(2)
            var mappings: [Shared] = []
            for _ in 0..<10_000 { mappings.append(try pages.map(2)) }
            pages.cut(to: 1)
            for number in [0, 1_023, 1_024, 9_999] {
                let mapping = mappings[number]
                guard mapping.bytes(ofPage: 1) == [0, 0, 0],
                    mapping.isCut
                else { exit(1) }
            }
            guard mappings.count(where: \.isCut) == 4 else { exit(2) }
        }
    }

    @Test("mappings that come and go on other threads are not taken for the one that was cut")
    func comingAndGoing() throws {
        let cut = try Pages(64)
        let mapping = try cut.map(64)
        cut.cut(to: 0)
        let mistaken = Guarded(0)
        let isDone = Guarded(false)
        onThreads(4) { index in
            if index == 0 {
                for page in 0..<64 {
                    if mapping.bytes(ofPage: page) != [0, 0, 0] {
                        Issue.record("page \(page) is not zeros")
                    }
                    sched_yield()
                }
                isDone.withLock { $0 = true }
                return
            }
            do {
                let pages = try Pages(index)
                while !isDone.withLock({ $0 }) {
                    let other = try pages.map(index)
                    if other.isCut { mistaken.withLock { $0 += 1 } }
                }
            } catch { Issue.record(error) }
        }
        #expect(mapping.isCut)
        #expect(mistaken.withLock { $0 } == 0)
    }

    @Test("as many mappings are guarded as a process can have, and one more is told")
    func bound() async {
        await #expect(processExitsWith: .success) {
            let flag = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
            flag.initialize(to: 0)
            let nowhere = UnsafeMutableRawPointer(bitPattern: 1 << 12)
            for number in 0..<SW_MAPPING_GUARDS_MAX {
                guard sw_mapping_guard(nowhere, 4096, flag) == number else { exit(1) }
            }
            guard sw_mapping_guard(nowhere, 4096, flag) == -1 else { exit(2) }
            let pages = try Pages(1)
            do {
                _ = try pages.map(1)
                exit(3)
            } catch let error as FileError {
                guard error == FileError("mmap", pages.path, code: ENOMEM) else { exit(4) }
            }
            sw_mapping_release(77)
            guard sw_mapping_guard(nowhere, 4096, flag) == 77 else { exit(5) }
            sw_mapping_release(-1)
        }
    }
}

/// A mapping that several refer to.
private final class Shared: Sendable {
    let mapping: FileMapping
    init(_ mapping: consuming FileMapping) { self.mapping = mapping }

    var byteCount: Int { mapping.byteCount }
    var isCut: Bool { mapping.isCut }

    /// The first bytes of a page.
    func bytes(ofPage number: Int) -> [UInt8] {
        Array(mapping.bytes(number * page..<number * page + 3))
    }
}

private let page = 4096
