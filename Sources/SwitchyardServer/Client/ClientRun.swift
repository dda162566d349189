#if Server
    internal import ArgumentParser
    internal import UnixSignals

    internal import Glibc

    /// What the commands have in common that ask a server.
    enum ClientRun {
        /// Does something until it is done, or until Ctrl-C or SIGTERM, which is no failure: it is how one
        /// ends what has no end.
        ///
        /// - Throws: exit code 1, when it has said on standard error what failed.
        static func untilStopped(
            _ body: @escaping @Sendable () async throws -> Void
        ) async throws {
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await body() }
                    group.addTask {
                        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                            return
                        }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            } catch is OutputClosed {
            } catch let error as AdminClientError {
                StandardError.write("switchyard-server: \(error)\n")
                throw ExitCode(1)
            }
        }

        /// Nobody reads any more, as when `head` has seen enough.
        struct OutputClosed: Error {}

        /// Writes to standard output.
        ///
        /// - Throws: ``OutputClosed``
        static func print(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    throw OutputClosed()
                }
                rest = rest.dropFirst(count)
            }
        }

        /// Writes a line to standard output.
        static func print(_ line: String) throws { try print(Array("\(line)\n".utf8)) }
    }
#endif
