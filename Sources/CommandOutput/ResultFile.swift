import ArgumentParser
import Foundation

/// A file that a command leaves its result in.
package struct ResultFile {
    package var path: String

    /// Names a file.
    package init(path: String) { self.path = path }

    /// Refuses `-`, which elsewhere is standard output: there the command prints what it found.
    ///
    /// - Parameter instead: what to do.
    /// - Throws: that the command line can't be.
    package static func refuseStandardOutput(
        _ path: String?, option: String, _ instead: String
    ) throws {
        guard path == "-" else { return }
        throw ValidationError(
            "\(option) takes a file, not standard output: \(instead). (./- is a file of that name.)"
        )
    }

    /// Finds out before minutes of measuring whether the file can be written at the end of them.
    ///
    /// - Throws: the command's failure, which was said.
    package func check() throws {
        let existed = access(path, F_OK) == 0
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure(errno) }
        close(file)
        if !existed { unlink(path) }
    }

    /// Makes `text` what the file holds.
    ///
    /// - Throws: the command's failure, which was said.
    package func write(_ text: String) throws {
        guard let file = fopen(path, "w") else { throw failure(errno) }
        let bytes = Array(text.utf8)
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0
        let number = errno
        fclose(file)
        guard isWritten else { throw failure(number) }
    }

    private func failure(_ number: Int32) -> any Error {
        Outcome.failure("can't write \(path): \(String(cString: strerror(number)))")
    }
}
