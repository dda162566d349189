internal import Foundation

/// The standard input of a process, which gets a line for each event.
///
/// The process is started when the first event comes, and again when it is found to have ended. An
/// event is delivered when the process has read it: after each run of events the target waits until
/// nothing is left in the pipe. What a process leaves there when it ends, or closes its standard input,
/// it was not given: that run failed, all of it, and goes again to the next process, as the
/// ``RetryPolicy`` says, or becomes a dead letter. So does a run after whose last byte the process has
/// ended with a failure, as far as that is seen at once (``secondsOfEnding``).
///
/// What the process does with what it has read is its own affair: nothing tells whether it was done
/// with it when it ended later. A process that does not read makes the target wait, and in the end fall
/// behind. When the target is closed, so is the input, and the process can come to its end.
final class ProcessTarget: ImmediateTarget, @unchecked Sendable {
    // Unchecked: only touched on the target's queue.
    private let executable: String
    private let arguments: [String]
    private var process: Process?
    private var input: FileHandle?
    private var buffer: [UInt8] = []

    /// How long a process that has closed its standard input is given to tell how it ended.
    private static let secondsOfEnding = 1.0
    /// Between two looks at what a process has not read yet, microseconds: twice as long each time. The
    /// first is what a process that is waiting for input takes to wake up and read.
    private static let pauseMin: UInt32 = 20
    private static let pauseMax: UInt32 = 10_000

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
        // One that ended since then has read what it was given.
        if let input, isReadingEnded(input.fileDescriptor) { close() }
        if process?.isRunning != true { try start() }
        guard let input else { return }
        do {
            try write(to: input.fileDescriptor)
            try waitUntilRead(input.fileDescriptor)
        } catch {
            close()
            throw error
        }
    }

    private func write(to descriptor: Int32) throws {
        do { try buffer.writeAll(to: descriptor, executable) } catch {
            guard isReadingEnded(descriptor) else { throw error }
            throw ended("before it had read everything")
        }
    }

    /// Waits until the pipe is empty.
    ///
    /// - Throws: that nobody will read what is in it, or that who did has ended with a failure.
    private func waitUntilRead(_ descriptor: Int32) throws {
        var pause = Self.pauseMin
        while true {
            // In this order: what is left once nobody reads stays.
            let isEnded = isReadingEnded(descriptor)
            let left = unreadBytes(descriptor)
            if isEnded, left > 0 { throw ended("without having read \(left) bytes") }
            if isEnded, exitStatus() ?? 0 != 0 { throw ended("as soon as it had read the events") }
            if left == 0 { return }
            usleep(pause)
            pause = min(2 * pause, Self.pauseMax)
        }
    }

    /// Whether no process has the other end of the pipe open any more.
    private func isReadingEnded(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR) != 0
    }

    private func unreadBytes(_ descriptor: Int32) -> Int32 {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? count : 0
    }

    /// What the process ended with, or minus the signal that ended it; nil if it goes on, or does not
    /// end within ``secondsOfEnding``.
    private func exitStatus() -> Int32? {
        guard let process else { return nil }
        let deadline = Date(timeIntervalSinceNow: Self.secondsOfEnding)
        while process.isRunning {
            guard Date() < deadline else { return nil }
            usleep(500)
        }
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? -status : status
    }

    private func ended(_ when: String) -> DeliveryError {
        let how =
            switch exitStatus() {
            case nil: "closed its standard input"
            case let status? where status < 0: "was ended by signal \(-status)"
            case let status?: "ended with status \(status)"
            }
        return DeliveryError(.errorFromTarget, "\(executable) \(how) \(when)")
    }

    private func start() throws {
        close()
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = pipe
        do {
            try withSignalsUnblocked { try process.run() }
        } catch {
            throw DeliveryError(
                .errorFromTarget,
                "\(executable) could not be started: \(error.localizedDescription)")
        }
        self.process = process
        input = pipe.fileHandleForWriting
        // Where this process had the other end open too, it would never see that nobody reads.
        try? pipe.fileHandleForReading.close()
    }

    /// A process inherits the signal mask of the thread that starts it, and Dispatch's threads block
    /// every signal: such a process could only be killed.
    private func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    func close() {
        try? input?.close()
        input = nil
        process = nil
    }
}
