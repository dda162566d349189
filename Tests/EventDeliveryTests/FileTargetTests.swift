import Foundation
import InternalSystem
import TestSupport
import Testing

@testable import EventDelivery

@Suite struct FileTargetTests {
    private func give(_ number: Int, to target: FileTarget) throws {
        let names = TargetNames(bus: "default", rule: "all", target: "t", ruleARN: "")
        try Array(event(number).utf8).withUnsafeBytes {
            try target.deliver(
                MatchedEvent(
                    bytes: $0, sequence: UInt64(number), attempt: 1, publishTime: 0, hops: 0,
                    names: names))
        }
        try target.finishRun()
    }

    private func lines(_ path: String) -> [String] {
        (readFile(path) ?? []).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A disk on which there is room for half of what is written, if it may fail; then `meanwhile`
    /// happens.
    private func halfWriting(
        _ mayFail: Switch, meanwhile: @escaping @Sendable () -> Void
    ) -> FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls()
        calls.append = { file, bytes, count in
            guard mayFail.isOn else { return real.append(file, bytes, &count) }
            let half = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            let error = real.append(file, half, &count)
            meanwhile()
            return error == 0 ? ENOSPC : error
        }
        return calls
    }

    @Test("a target that takes half a line back takes nothing of another one that has its file")
    func takesTurns() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        let (other, isDone) = (FileTarget(path: path), Switch(false))
        let mayFail = Switch(false)
        let failing = FileTarget(
            path: path,
            calls: halfWriting(mayFail) {
                // Meanwhile the other one wants to write. That it waits can't be seen from here.
                Thread.detachNewThread {
                    try? self.give(3, to: other)
                    isDone.isOn = true
                }
                for _ in 0..<100 where !isDone.isOn { usleep(1_000) }
            })
        try give(0, to: other)
        try give(1, to: failing)
        mayFail.isOn = true
        #expect(throws: DeliveryError.self) { try give(2, to: failing) }
        mayFail.isOn = false
        for _ in 0..<patience where !isDone.isOn { usleep(10_000) }
        try give(2, to: failing)
        #expect(lines(path) == [0, 1, 3, 2].map(event))
    }

    @Test("what another process appended behind half a line stays")
    func leavesOthersAlone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        let mayFail = Switch(true)
        let target = FileTarget(
            path: path,
            calls: halfWriting(mayFail) {
                let file = FileHandle(forWritingAtPath: path)
                file?.seekToEndOfFile()
                file?.write(Data("\nother\n".utf8))
            })
        #expect(throws: DeliveryError.self) { try give(1, to: target) }
        mayFail.isOn = false
        try give(1, to: target)
        #expect(lines(path).suffix(2) == ["other", event(1)])
    }
}
