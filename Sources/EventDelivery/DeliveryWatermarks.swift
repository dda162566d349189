internal import Dispatch
package import Foundation
internal import JSONScan

/// How far each target has come in its bus's archive, kept on disk: every event below its watermark
/// was delivered to it, or became a dead letter.
///
/// The file is JSON Lines, `{"bus":...,"rule":...,"target":...,"sequence":...}`, of which the last
/// line for a target counts, and `"removed":true` ends one. Lines are only ever appended; a line that
/// a crash cut short is the last one, and is ignored. Opening rewrites the file when it has become
/// much longer than it needs to be. A watermark that is too low only costs deliveries that were made
/// already, so a line does not have to be durable before anything else happens: targets raise their
/// watermarks in memory, and never wait for the disk.
package final class DeliveryWatermarks: Sendable {
    package struct Key: Hashable, Sendable {
        package var bus: String
        package var rule: String
        package var target: String
    }

    /// What the disk is asked for, so that tests can make it slow.
    package typealias Synchronize = @Sendable (FileHandle) throws -> Void

    private struct State {
        var values: [Key: UInt64]
        /// Those that the file does not have as they are.
        var changed: Set<Key> = []
        var isSaveRequested = false
    }

    // Not a Mutex, whose calls ThreadSanitizer does not see.
    private let lock = NSLock()
    // Only touched under the lock.
    nonisolated(unsafe) private var state: State
    private let queue = DispatchQueue(label: "switchyard.watermarks")
    // Only touched on `queue`.
    nonisolated(unsafe) private var file: FileHandle
    private let synchronize: Synchronize

    /// Reads the file in a directory, or begins one.
    ///
    /// - Throws: an error of the file system.
    package init(
        directory: String, synchronize: @escaping Synchronize = { try $0.synchronize() }
    ) throws {
        let path = directory + "/delivery.watermarks"
        let text = FileManager.default.contents(atPath: path).map(Array.init) ?? []
        let (values, lineCount, endsWhole) = Self.read(text)
        state = State(values: values)
        self.synchronize = synchronize
        if lineCount > 2 * values.count + 1_000 || !endsWhole {
            let fresh = values.map { Self.line($0.key, $0.value) }.joined()
            try Data(fresh.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } else if text.isEmpty {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
    }

    private static func read(
        _ text: [UInt8]
    ) -> (values: [Key: UInt64], lineCount: Int, endsWhole: Bool) {
        var values: [Key: UInt64] = [:]
        var scanner = StructuralScanner()
        var count = 0
        text.withUnsafeBytes { bytes in
            for line in JSONLines(bytes) {
                count += 1
                guard let index = try? scanner.scan(line.text) else { continue }
                let value = JSONValue(index)
                guard let bus = value["bus"]?.string, let rule = value["rule"]?.string,
                    let target = value["target"]?.string
                else { continue }
                let key = Key(
                    bus: bus.description, rule: rule.description, target: target.description)
                let number = value["sequence"].map { String(decoding: $0.text, as: UTF8.self) }
                values[key] = number.flatMap { UInt64($0) }
            }
        }
        return (values, count, text.isEmpty || text.last == UInt8(ascii: "\n"))
    }

    private static func line(_ key: Key, _ sequence: UInt64?) -> String {
        var line: [UInt8] = []
        for (name, value) in [
            ("{\"bus", key.bus), (",\"rule", key.rule), (",\"target", key.target),
        ] {
            line += "\(name)\":".utf8
            JSONString.appendQuoted(ExactString(value), to: &line)
        }
        line += (sequence.map { ",\"sequence\":\($0)}\n" } ?? ",\"removed\":true}\n").utf8
        return String(decoding: line, as: UTF8.self)
    }

    /// The watermark of a target; nil if it never had one.
    package subscript(key: Key) -> UInt64? { lock.withLock { state.values[key] } }

    /// Raises a watermark in memory; ``save()`` writes it.
    package func advance(_ key: Key, to sequence: UInt64) {
        lock.withLock {
            // A target that was removed meanwhile has none.
            guard let current = state.values[key], current < sequence else { return }
            state.values[key] = sequence
            state.changed.insert(key)
        }
    }

    /// Gives a new target its first watermark, and writes it.
    package func begin(_ key: Key, at sequence: UInt64) throws {
        try queue.sync {
            lock.withLock {
                state.values[key] = sequence
                state.changed.remove(key)
            }
            try file.write(contentsOf: Data(Self.line(key, sequence).utf8))
        }
    }

    /// Forgets a target.
    package func remove(_ key: Key) throws {
        try queue.sync {
            let isKnown = lock.withLock {
                state.changed.remove(key)
                return state.values.removeValue(forKey: key) != nil
            }
            guard isKnown else { return }
            try file.write(contentsOf: Data(Self.line(key, nil).utf8))
        }
    }

    /// Writes what has changed, and makes it durable. O(targets that have come further).
    package func save() throws { try queue.sync(execute: write) }

    /// The same, soon and without waiting for it. What can't be written now, because the disk is full
    /// for instance, is written with the next save.
    package func saveSoon() {
        let isFirst = lock.withLock {
            defer { state.isSaveRequested = true }
            return !state.isSaveRequested
        }
        guard isFirst else { return }
        queue.async { [self] in
            lock.withLock { state.isSaveRequested = false }
            try? write()
        }
    }

    /// On the queue.
    private func write() throws {
        // Not the dictionary itself, which would be copied by the next who raises a watermark.
        let changed = lock.withLock {
            defer { state.changed = [] }
            return state.changed.map { ($0, state.values[$0]) }
        }
        guard !changed.isEmpty else { return }
        do {
            let lines = changed.map { Self.line($0.0, $0.1) }.joined()
            try file.write(contentsOf: Data(lines.utf8))
            try synchronize(file)
        } catch {
            lock.withLock {
                state.changed.formUnion(changed.map(\.0).filter { state.values[$0] != nil })
            }
            throw error
        }
    }
}
