import Foundation
import Switchyard
import TestSupport
import Testing

/// Files that somebody moves or removes while targets write them.
@Suite struct LogRotationTests {
    private func lines(_ path: String) -> [String] {
        (readFile(path) ?? []).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    private func publish(_ numbers: Range<Int>, to router: Router) async throws {
        for number in numbers { try router.publish(event(number)) }
        try await wait {
            try router.statistics(target: "t", of: "all").delivered >= UInt64(numbers.upperBound)
        }
    }

    @Test("a file that was renamed is begun anew under its name, and no line is lost")
    func renamed() async throws {
        let folder = try TemporaryFolder()
        let (path, old) = (folder.path("events.jsonl"), folder.path("events.jsonl.1"))
        let router = try makeRouter()
        try router.putTargets([.file("t", path: path)], of: "all")
        try await publish(0..<10, to: router)
        try FileManager.default.moveItem(atPath: path, toPath: old)
        try await publish(10..<20, to: router)
        try router.close()
        #expect(lines(old) == (0..<10).map(event))
        #expect(lines(path) == (10..<20).map(event))
    }

    @Test("a file that was deleted is made again")
    func deleted() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        let router = try makeRouter()
        try router.putTargets([.file("t", path: path)], of: "all")
        try await publish(0..<10, to: router)
        try FileManager.default.removeItem(atPath: path)
        try await publish(10..<20, to: router)
        try router.close()
        #expect(lines(path) == (10..<20).map(event))
    }

    @Test("a file that was renamed and has a successor already is gone on with there")
    func replaced() async throws {
        let folder = try TemporaryFolder()
        let (path, old) = (folder.path("events.jsonl"), folder.path("events.jsonl.1"))
        let router = try makeRouter()
        try router.putTargets([.file("t", path: path)], of: "all")
        try await publish(0..<10, to: router)
        try FileManager.default.moveItem(atPath: path, toPath: old)
        try Data("first\n".utf8).write(to: URL(fileURLWithPath: path))
        try await publish(10..<20, to: router)
        try router.close()
        #expect(lines(old) == (0..<10).map(event))
        #expect(lines(path) == ["first"] + (10..<20).map(event))
    }

    @Test("while files come and go under its feet, every line is in one of them")
    func rotatedAllTheTime() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        let router = try makeRouter()
        try router.putTargets([.file("t", path: path)], of: "all")
        for round in 0..<50 {
            for number in 0..<100 { try router.publish(event(round * 100 + number)) }
            let old = folder.path("events.jsonl.\(round)")
            try? FileManager.default.moveItem(atPath: path, toPath: old)
        }
        try router.close()
        let all = lines(path) + (0..<50).flatMap { lines(folder.path("events.jsonl.\($0)")) }
        #expect(all.count == 5_000 && Set(all) == Set((0..<5_000).map(event)))
    }
}
