package import ArgumentParser

/// How a command ends, as the exit codes that `switchyard --help` documents.
package enum Outcome {
    /// Done, but something is wrong that was said on standard error or in the output.
    package static let wrong = ExitCode(1)
    /// Could not be done.
    package static let failed = ExitCode(2)
    /// Stopped by Ctrl-C.
    package static let interrupted = ExitCode(130)

    /// Says on standard error why the command could not be done, and gives the code to throw.
    package static func failure(_ reason: some CustomStringConvertible) -> ExitCode {
        Terminal.error("\(reason)")
        return failed
    }
}
