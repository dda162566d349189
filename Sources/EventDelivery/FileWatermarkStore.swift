internal import Dispatch
internal import InternalSystem
internal import JSONScan

/// How far each target has come in its bus's log, kept in a file.
///
/// The file is JSON Lines, `{"bus":...,"rule":...,"target":...,"sequence":...}`, of which the last
/// line for a target counts, and `"removed":true` ends one. Lines are only ever appended; a line that
/// a crash cut short is the last one, and is ignored. Where the file has become much longer than it
/// needs to be, another one takes its place. A watermark that is too low only costs deliveries that
/// were made already, so a line does not have to be durable before anything else happens: targets
/// raise their watermarks in memory, and never wait for the disk. A target's first one is another
/// matter: without it, the target would begin at the archive's end, so that is durable before the
/// target gets anything.
///
/// A file that can't be read is an error, never one that says nothing. Lines in it that make no sense
/// are left where they are, and counted: ``unreadableLines``.
package final class FileWatermarkStore: WatermarkStore {
    package typealias Key = TargetID

    private struct State {
        var values: [Key: UInt64]
        /// Those that the file does not have as they are.
        var changed: Set<Key> = []
        var isSaveRequested = false
    }

    /// How many lines that do not count any more the file may have, beside as many as count.
    private static let spareLinesMax = 10_000

    private let state: Guarded<State>
    private let queue = DispatchQueue(label: "switchyard.watermarks")
    // Only touched on `queue`.
    nonisolated(unsafe) private var file: WatermarkFile
    private let unreadable: [[UInt8]]

    /// How many lines of the file make no sense: where one was a target's only one, that target begins
    /// at the archive's end; where it was the last of several, it gets some events again.
    package var unreadableLines: Int { unreadable.count }

    /// Reads the file in a directory, or begins one.
    ///
    /// - Throws: an error of the file system; a file that is there is as it was then.
    package convenience init(directory: String) throws {
        try self.init(directory: directory, calls: FileSystemCalls())
    }

    /// The same on a disk that a test makes slow, or broken.
    init(directory: String, calls: FileSystemCalls) throws {
        let path = directory + "/delivery.watermarks"
        let text = try WholeFile.read(path, calls: calls)
        let content = Content(text ?? [])
        state = Guarded(State(values: content.values))
        unreadable = content.unreadable
        let lines = content.lineCount
        let isTooLong = lines > 2 * content.values.count + content.unreadable.count + 1_000
        if text == nil || isTooLong || !content.endsWhole {
            file = try WatermarkFile(
                replacing: path, calls, with: Self.text(content.values, content.unreadable))
        } else {
            file = try WatermarkFile(continuing: path, calls, lineCount: lines)
        }
    }

    /// What the lines of a file say.
    private struct Content {
        var values: [Key: UInt64] = [:]
        /// Lines that say nothing, but for a last one that was cut short.
        var unreadable: [[UInt8]] = []
        var lineCount = 0
        let endsWhole: Bool

        init(_ text: [UInt8]) {
            endsWhole = text.isEmpty || text.last == UInt8(ascii: "\n")
            var scanner = StructuralScanner()
            text.withUnsafeBytes { bytes in
                for line in JSONLines(bytes) {
                    lineCount += 1
                    if !read(line.text, &scanner) { unreadable.append(Array(line.text)) }
                }
            }
            guard !endsWhole, let last = unreadable.last, text.suffix(last.count) == last[...]
            else { return }
            unreadable.removeLast()
        }

        /// Whether the line says something.
        private mutating func read(
            _ line: UnsafeRawBufferPointer, _ scanner: inout StructuralScanner
        ) -> Bool {
            guard let index = try? scanner.scan(line) else { return false }
            let value = JSONValue(index)
            guard let bus = value["bus"]?.string, let rule = value["rule"]?.string,
                let target = value["target"]?.string
            else { return false }
            let key = Key(
                bus: bus.description, rule: rule.description, target: target.description)
            if let number = value["sequence"] {
                guard let sequence = UInt64(String(decoding: number.text, as: UTF8.self)) else {
                    return false
                }
                values[key] = sequence
                return true
            }
            guard value["removed"] != nil else { return false }
            values[key] = nil
            return true
        }
    }

    /// The shortest file that says the same.
    private static func text(_ values: [Key: UInt64], _ unreadable: [[UInt8]]) -> [[UInt8]] {
        unreadable.map { $0 + [UInt8(ascii: "\n")] } + values.map { line($0.key, $0.value) }
    }

    private static func line(_ key: Key, _ sequence: UInt64?) -> [UInt8] {
        var line: [UInt8] = []
        for (name, value) in [
            ("{\"bus", key.bus), (",\"rule", key.rule), (",\"target", key.target),
        ] {
            line += "\(name)\":".utf8
            JSONString.appendQuoted(ExactString(value), to: &line)
        }
        line += (sequence.map { ",\"sequence\":\($0)}\n" } ?? ",\"removed\":true}\n").utf8
        return line
    }

    /// The watermark of a target; nil if it never had one.
    package subscript(key: Key) -> UInt64? { state.withLock { $0.values[key] } }

    /// Raises a watermark in memory; ``save()`` writes it.
    package func advance(_ key: Key, to sequence: UInt64) {
        state.withLock { state in
            // A target that was removed meanwhile has none.
            guard let current = state.values[key], current < sequence else { return }
            state.values[key] = sequence
            state.changed.insert(key)
        }
    }

    /// Gives new targets their first watermarks, and returns when these are durable. O(targets), one
    /// sync for all.
    ///
    /// - Throws: an error of the file system; then they have none.
    package func begin(_ keys: [Key], at sequence: UInt64) throws {
        if keys.isEmpty { return }
        try queue.sync {
            try file.append(keys.map { Self.line($0, sequence) }, isDurable: true)
            state.withLock { state in
                for key in keys {
                    state.values[key] = sequence
                    state.changed.remove(key)
                }
            }
        }
    }

    /// Forgets a target.
    package func remove(_ key: Key) throws {
        try queue.sync {
            let isKnown = state.withLock { state in
                state.changed.remove(key)
                return state.values.removeValue(forKey: key) != nil
            }
            guard isKnown else { return }
            try file.append([Self.line(key, nil)])
        }
    }

    /// Writes what has changed, and makes it durable. O(targets that have come further).
    package func save() throws { try queue.sync(execute: write) }

    package var hasUnsaved: Bool { state.withLock { !$0.changed.isEmpty } }

    /// The same, soon and without waiting for it. What can't be written now, because the disk is full
    /// for instance, is written with the next save.
    package func saveSoon() {
        let isFirst = state.withLock { state in
            defer { state.isSaveRequested = true }
            return !state.isSaveRequested
        }
        guard isFirst else { return }
        queue.async { [self] in
            state.withLock { $0.isSaveRequested = false }
            try? write()
        }
    }

    /// On the queue.
    private func write() throws {
        // Not the dictionary itself, which would be copied by the next who raises a watermark.
        let (changed, count) = state.withLock { state in
            defer { state.changed = [] }
            return (state.changed.map { ($0, state.values[$0]) }, state.values.count)
        }
        guard !changed.isEmpty else { return }
        do {
            try file.append(changed.map { Self.line($0.0, $0.1) }, isDurable: true)
        } catch {
            state.withLock { state in
                state.changed.formUnion(changed.map(\.0).filter { state.values[$0] != nil })
            }
            throw error
        }
        if file.lineCount > 2 * count + unreadable.count + Self.spareLinesMax { try shorten() }
    }

    /// Puts another file in the place of one that has become too long. On the queue.
    private func shorten() throws {
        let values = state.withLock { $0.values }
        try file.replace(with: Self.text(values, unreadable))
    }
}
