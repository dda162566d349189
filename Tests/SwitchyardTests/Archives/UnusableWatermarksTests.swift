import EventPattern
import Foundation
import InternalSystem
import Switchyard
import TestSupport
import Testing

/// A file that can be read, and neither written nor made longer.
private final class SealedFile {
    let descriptor: Int32

    init() throws {
        // The C library's module leaves it out.
        typealias MakeFile = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        let function = try #require(dlsym(nil, "memfd_create"))
        // MFD_ALLOW_SEALING
        descriptor = unsafeBitCast(function, to: MakeFile.self)("sealed", 2)
        try #require(descriptor >= 0)
        // F_ADD_SEALS: no shrinking, growing or writing.
        try #require(fcntl(descriptor, 1033, 2 | 4 | 8) == 0)
    }

    deinit { close(descriptor) }

    /// Puts a link to it in place of what is there.
    func replace(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/proc/self/fd/\(descriptor)")
    }
}

@Suite("An archive of a name, while targets' watermarks can't be written")
struct UnusableWatermarksTests {
    @Test("is not fed, says so, stays as it is, and holds up nobody")
    func staysAsItIs() async throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createArchive(archive())
        try first.close()
        let path = folder.path + "/router/delivery.watermarks"
        let sealed = try SealedFile()
        try sealed.replace(path)

        let second = try Router(configuration(folder))
        #expect(second.configurationProblems.count == 1)
        #expect(try !second.archive("kept").isFed)
        #expect(try second.targets(of: "Events-Archive-kept").count == 1)
        let changes: [@Sendable () throws -> Void] = [
            { try second.createArchive(archive("new")) },
            { try second.updateArchive("kept", retentionDays: 3) },
            { try second.putArchive(archive(pattern: #"{"n":[7]}"#)) },
        ]
        let outcomes = Inbox()
        // On a thread of its own: what waits for ever must not stop the test.
        DispatchQueue(label: "changes").async {
            for change in changes {
                do {
                    try change()
                    outcomes.take("done")
                } catch { outcomes.take("\(error)") }
            }
        }
        await outcomes.wait(for: changes.count)
        try #require(outcomes.count == changes.count)
        #expect(outcomes.texts.allSatisfy { $0.contains("watermarks can't be written") })
        #expect(try second.archives().map(\.definition) == [archive()])
        let rules = try second.rules().map(\.rule.name)
        #expect(rules == ["all", "Events-Archive-kept"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/router/archives")
                == ["kept.archive"])
        try second.close()

        try FileManager.default.removeItem(atPath: path)
        let third = try Router(configuration(folder))
        #expect(third.configurationProblems == [])
        #expect(try third.archives().map(\.definition) == [archive()])
        #expect(try third.archive("kept").isFed)
        try await third.publishAndConfirm(event(1))
        try await wait(for: 1, in: "kept", of: third)
        try third.deleteArchive("kept")
        try third.close()
    }

    @Test("can be removed")
    func isRemoved() async throws {
        let folder = try TemporaryFolder()
        let first = try makeRouter(folder)
        try first.createArchive(archive())
        try first.close()
        let sealed = try SealedFile()
        try sealed.replace(folder.path + "/router/delivery.watermarks")
        let second = try Router(configuration(folder))
        let isRemoved = Switch(false)
        DispatchQueue(label: "changes").async {
            guard (try? second.deleteArchive("kept")) != nil else { return }
            isRemoved.isOn = true
        }
        await wait { isRemoved.isOn }
        try #require(isRemoved.isOn)
        #expect(try second.archives() == [])
        try second.close()
    }
}
