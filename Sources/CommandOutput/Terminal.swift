import Foundation

/// Standard output for results, standard error for everything else.
package enum Terminal {
    /// Whether a person is looking at standard error.
    package static let isInteractive = isatty(STDERR_FILENO) == 1
    private static let hasColor =
        isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// Writes a line of results.
    package static func print(_ line: some StringProtocol) {
        Output.standard.write(line)
        Output.standard.write("\n")
    }

    /// Reports something that is wrong.
    package static func error(_ message: String) {
        Output.standard.flush()
        clearProgress()
        let label = hasColor ? "\u{1B}[1;31merror:\u{1B}[0m" : "error:"
        writeError("\(label) \(message)\n")
    }

    /// Says something that is no result.
    package static func note(_ message: String) {
        Output.standard.flush()
        clearProgress()
        writeError(message + "\n")
    }

    /// Shows how far a long command is: on a terminal one line that is written over, elsewhere a
    /// line each time.
    package static func progress(_ message: String) {
        if isInteractive {
            writeError("\r\u{1B}[K\(message)")
        } else {
            writeError(message + "\n")
        }
    }

    /// Takes the progress line away.
    package static func clearProgress() {
        if isInteractive { writeError("\r\u{1B}[K") }
    }

    /// Nobody can be told where this fails.
    private static func writeError(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// Standard output, buffered: results can be millions of lines.
///
/// Every command runs on the main thread and writes from there alone.
package final class Output {
    package nonisolated(unsafe) static let standard = Output()

    private var buffer: [UInt8] = []

    package func write(_ text: some StringProtocol) {
        buffer += text.utf8
        if buffer.count >= 1 << 16 { flush() }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) {
        buffer += bytes
        if buffer.count >= 1 << 16 { flush() }
    }

    /// Writes out what is buffered. A reader that went away (`| head`) ends the process quietly, as
    /// it ends other tools.
    package func flush() {
        var start = 0
        while start < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Foundation.write(
                    STDOUT_FILENO, bytes.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                if errno != EPIPE { Terminal.writeFailure(errno) }
                exit(errno == EPIPE ? 0 : 2)
            }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension Terminal {
    fileprivate static func writeFailure(_ number: Int32) {
        writeError("error: can't write to standard output: \(String(cString: strerror(number)))\n")
    }
}
