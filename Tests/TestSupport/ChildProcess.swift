public import Foundation
internal import InternalSystem

/// Starts programs that do not outlive the process that tests, however that ends, and though it be by
/// SIGKILL: the kernel kills them then (`PR_SET_PDEATHSIG`, by way of `setpriv`; where that is not
/// installed they are started as they are).
///
/// The kernel goes by the thread that started a program, not by its process. So one thread starts them
/// all, and lives as long as its leash.
public final class Leash: Sendable {
    /// That of all tests, which lasts as long as the process.
    public static let tests = Leash()

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var hasEnded = false
    }

    private let state = Guarded(State())
    private let monitor = Monitor()

    /// A leash with nothing on it. Starts its thread.
    public init() {
        Thread.detachNewThread { [self] in
            // Programs inherit what this thread holds back, and it what the one that made it does.
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            while let start = next() { start() }
        }
    }

    /// Ends the thread, and with it whatever it started.
    public func end() {
        state.withLock { $0.hasEnded = true }
        monitor.withLock { monitor.wakeAll() }
    }

    /// Starts a program, as `run()` does.
    public func start(_ process: Process) throws {
        if let program = process.executableURL?.path,
            [Self.setpriv, program].allSatisfy(FileManager.default.isExecutableFile)
        {
            process.executableURL = URL(fileURLWithPath: Self.setpriv)
            process.arguments = ["--pdeathsig", "KILL", "--", program] + (process.arguments ?? [])
        }
        let result = Guarded<(any Error)?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        state.withLock {
            $0.waiting.append {
                do { try process.run() } catch { result.withLock { $0 = error } }
                isDone.signal()
            }
        }
        monitor.withLock { monitor.wakeAll() }
        isDone.wait()
        if let error = result.withLock({ $0 }) { throw error }
    }

    private static let setpriv = "/usr/bin/setpriv"

    /// What to start next; nil at the end.
    private func next() -> (@Sendable () -> Void)? {
        monitor.withLock {
            monitor.wait { state.withLock { $0.hasEnded || !$0.waiting.isEmpty } }
            return state.withLock { $0.hasEnded ? nil : $0.waiting.removeFirst() }
        }
    }
}

extension Process {
    /// Starts it on the leash of the tests. (Not `run()`, which leaves it behind when they are killed.)
    public func start() throws { try Leash.tests.start(self) }
}

/// Where the build puts its programs, and the tests among them.
public let builtFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
