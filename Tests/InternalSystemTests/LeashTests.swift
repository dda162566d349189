import Foundation
import TestSupport
import Testing

/// That programs which tests start don't outlive them. (Not of the module, but of all tests.)
@Suite("A leash", .onThreadsOfItsOwn)
struct LeashTests {
    private func sleeper() -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["60"]
        return process
    }

    @Test(
        "a program is killed when what started it ends, and not when a thread that asked for it does",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
    func endsWithItsStarter() throws {
        let leash = Leash()
        let process = sleeper()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let isStarted = DispatchSemaphore(value: 0)
        let asking = Thread {
            try? leash.start(process)
            isStarted.signal()
        }
        asking.start()
        isStarted.wait()
        for _ in 0..<patience where !asking.isFinished { usleep(10_000) }
        #expect(asking.isFinished && process.isRunning)
        // Not before it is what it was started as: it asks for the signal on its way to that.
        let name = "/proc/\(process.processIdentifier)/comm"
        for _ in 0..<patience {
            if readFile(name) == Array("sleep\n".utf8) { break }
            usleep(10_000)
        }
        leash.end()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(process.terminationStatus == SIGKILL)
    }

    @Test("a program that is not there is an error, as without a leash")
    func missingProgram() {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/nowhere/to/be/found")
        #expect(throws: (any Error).self) { try process.start() }
    }
}
