internal import Foundation

/// A file of lines, one for each event.
///
/// The lines of a run are written together, with as few system calls as there are buffers full. A
/// write that fails takes back what it wrote of the run, so that no line is half there; the run is
/// tried again. The file is opened for the first event, and again after an error. Not synced: what
/// the machine had not written when it lost power is gone.
final class FileTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let path: String
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(path: String) { self.path = path }

    func deliver(_ event: borrowing MatchedEvent) throws {
        event.bytes.withUnsafeBytes { buffer.appendLine($0) }
    }

    func finishRun() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        if descriptor < 0 {
            descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure("open") }
        }
        let end = lseek(descriptor, 0, SEEK_END)
        do {
            try writeAll(buffer, to: descriptor)
        } catch {
            // A pipe has no end to go back to.
            if end >= 0 { ftruncate(descriptor, end) }
            close()
            throw error
        }
    }

    private func failure(_ call: String) -> DeliveryError { .system(call, path) }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
        try bytes.writeAll(to: descriptor, path)
    }

    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }
}

extension [UInt8] {
    /// Appends an event as a line: blanks at ends of lines inside it become spaces, since JSON may
    /// have them between its tokens, and nowhere else.
    mutating func appendLine(_ event: UnsafeRawBufferPointer) {
        let start = count
        append(contentsOf: event)
        for position in start..<count where self[position] == 0x0A || self[position] == 0x0D {
            self[position] = 0x20
        }
        append(0x0A)
    }

    /// Writes everything, however many calls it takes.
    func writeAll(to descriptor: Int32, _ name: String) throws {
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
