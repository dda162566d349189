internal import InternalSystem

/// A file of lines, one for each event.
///
/// The lines of a run are written together, with as few system calls as there are buffers full. A
/// write that fails takes back what it wrote of the run, so that no line is half there; the run is
/// tried again. The file is opened for the first event, and again after an error. Not synced: what
/// the machine had not written when it lost power is gone.
///
/// Before each run it is looked at whether the file is still the one of that name: one that was moved
/// away or deleted, as those do who rotate logs, is left, and another one is begun under its name.
/// Lines that went into a file that somebody deleted meanwhile are written again.
///
/// Several targets of a process can write one file: see `FileTurn`.
final class FileTarget: ImmediateTarget, @unchecked Sendable {
    /// How often the file may be deleted under a run before that counts as failed.
    private static let attemptsMax = 3

    // Unchecked: only touched on the target's queue.
    private let path: String
    private let calls: FileSystemCalls
    private var file: OpenFile?
    private var turn: FileTurn?
    private var buffer: [UInt8] = []

    init(path: String, calls: FileSystemCalls = FileSystemCalls()) {
        self.path = path
        self.calls = calls
    }

    func deliver(_ event: borrowing MatchedEvent) throws {
        event.bytes.withUnsafeBytes { buffer.appendLine($0) }
    }

    func finishRun() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        for _ in 0..<Self.attemptsMax {
            if file != nil, !isInPlace() { close() }
            do throws(FileError) {
                if file == nil { try open() }
                try turn?.take { () throws(FileError) in try file?.append(buffer) }
            } catch {
                close()
                throw DeliveryError(error)
            }
            guard isDeleted() else { return }
            close()
        }
        throw DeliveryError(.errorFromTarget, "\(path): deleted again and again while written")
    }

    private func open() throws(FileError) {
        file = try OpenFile(path, for: .appending, permissions: 0o644, calls: calls)
        turn = try (file?.identity()).map(FileTurn.of)
    }

    /// Whether the path leads to the file that is open.
    private func isInPlace() -> Bool {
        guard let open = try? file?.identity() else { return false }
        return (try? FileIdentity(of: path)) == open
    }

    /// Whether nobody will ever read what was written: the file has no name, and not that of its path.
    private func isDeleted() -> Bool { (try? file?.nameCount()) == 0 && !isInPlace() }

    func close() {
        file = nil
        turn = nil
    }
}

extension [UInt8] {
    /// Appends an event as a line: blanks at ends of lines inside it become spaces, since JSON may
    /// have them between its tokens, and nowhere else.
    package mutating func appendLine(_ event: UnsafeRawBufferPointer) {
        let start = count
        append(contentsOf: event)
        for position in start..<count where self[position] == 0x0A || self[position] == 0x0D {
            self[position] = 0x20
        }
        append(0x0A)
    }

    /// Writes everything, however many calls it takes.
    package func writeAll(to descriptor: Int32, _ name: String) throws {
        var written = 0
        let error = withUnsafeBytes { FileSystemCalls().append(descriptor, $0, &written) }
        if error != 0 { throw DeliveryError(FileError("write", name, code: error)) }
    }
}

extension DeliveryError {
    /// A system call that failed.
    init(_ error: FileError) { self.init(.errorFromTarget, error.description) }
}
