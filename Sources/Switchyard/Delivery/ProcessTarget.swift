internal import Foundation

/// The standard input of a process, which gets a line for each event.
///
/// The process is started when the first event comes, and again when it is found to have ended; a run
/// of events that could not be written whole goes again, to the next process. What the process does
/// with its input, and what it writes, is its own affair. A process that does not read makes the
/// target wait, and in the end fall behind. When the target is closed, so is the input.
final class ProcessTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let executable: String
    private let arguments: [String]
    private var process: Process?
    private var input: FileHandle?
    private var buffer: [UInt8] = []

    init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
        // A process that ended is an error of the write, not a signal to this one.
        signal(SIGPIPE, SIG_IGN)
    }

    func deliver(_ event: borrowing MatchedEvent) throws {
        event.bytes.withUnsafeBytes { buffer.appendLine($0) }
    }

    func finishRun() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        if process?.isRunning != true { try start() }
        guard let input else { return }
        do {
            try buffer.writeAll(to: input.fileDescriptor, executable)
        } catch {
            close()
            throw error
        }
    }

    private func start() throws {
        close()
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = pipe
        do {
            try process.run()
        } catch {
            throw DeliveryError(
                .errorFromTarget, "\(executable) could not be started: \(error)")
        }
        self.process = process
        input = pipe.fileHandleForWriting
        try? pipe.fileHandleForReading.close()
    }

    func close() {
        try? input?.close()
        input = nil
        process = nil
    }
}
