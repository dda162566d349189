internal import Foundation

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
    /// How bytes are written, so that tests can make it fail.
    typealias Write = @Sendable (Int32, UnsafeRawBufferPointer) -> Int

    /// How often the file may be deleted under a run before that counts as failed.
    private static let attemptsMax = 3

    // Unchecked: only touched on the target's queue.
    private let path: String
    private let write: Write
    private var descriptor: Int32 = -1
    private var turn: FileTurn?
    private var buffer: [UInt8] = []

    init(
        path: String,
        write: @escaping Write = { Foundation.write($0, $1.baseAddress, $1.count) }
    ) {
        self.path = path
        self.write = write
    }

    func deliver(_ event: borrowing MatchedEvent) throws {
        event.bytes.withUnsafeBytes { buffer.appendLine($0) }
    }

    func finishRun() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        for _ in 0..<Self.attemptsMax {
            if descriptor >= 0, !isInPlace() { close() }
            if descriptor < 0 { try open() }
            try append()
            guard isDeleted() else { return }
            close()
        }
        throw DeliveryError(.errorFromTarget, "\(path): deleted again and again while written")
    }

    private func open() throws {
        descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            defer { close() }
            throw DeliveryError.system("open", path)
        }
        turn = FileTurn.of(FileIdentity(status))
    }

    /// Whether the path leads to the file that is open.
    private func isInPlace() -> Bool {
        var (open, named) = (stat(), stat())
        guard fstat(descriptor, &open) == 0, stat(path, &named) == 0 else { return false }
        return FileIdentity(open) == FileIdentity(named)
    }

    /// Whether nobody will ever read what was written: the file has no name, and not that of its path.
    private func isDeleted() -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink == 0 && !isInPlace()
    }

    private func append() throws {
        try turn?.take {
            let end = lseek(descriptor, 0, SEEK_END)
            var written = 0
            while written < buffer.count {
                let result = buffer.withUnsafeBytes { bytes in
                    write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]))
                }
                if result < 0, errno == EINTR { continue }
                guard result >= 0 else {
                    let error = DeliveryError.system("write", path)
                    takeBack(written, from: end)
                    close()
                    throw error
                }
                written += result
            }
        }
    }

    /// Cuts off what was written of a run, if it is still the last of the file: another process may have
    /// appended something since. A pipe has no end to go back to.
    private func takeBack(_ written: Int, from end: off_t) {
        guard end >= 0, written > 0, lseek(descriptor, 0, SEEK_END) == end + off_t(written) else {
            return
        }
        ftruncate(descriptor, end)
    }

    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        (descriptor, turn) = (-1, nil)
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
        while written < count {
            let result = withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + written }, count - written)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw DeliveryError.system("write", name) }
            written += result
        }
    }
}

extension DeliveryError {
    /// A system call that failed with the current `errno`.
    static func system(_ call: String, _ name: String) -> DeliveryError {
        DeliveryError(
            .errorFromTarget, "\(name): \(call) failed: \(String(cString: strerror(errno)))")
    }
}
