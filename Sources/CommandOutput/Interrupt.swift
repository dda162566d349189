import Dispatch
import Foundation
internal import InternalSystem
import Synchronization

/// Ctrl-C, and a polite kill: the command is asked to end in good order. A second one ends it at
/// once.
package enum Interrupt {
    private static let requested = Atomic<Bool>(false)
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []
    /// What a second signal removes.
    private static let temporary = Guarded<Set<String>>([])

    /// Names a file or folder that is removed if a second signal ends the process.
    package static func cleanUp(_ path: String) { temporary.withLock { _ = $0.insert(path) } }

    /// Takes it back: it is gone, or has become something to keep.
    package static func forget(_ path: String) { temporary.withLock { _ = $0.remove(path) } }

    /// Whether the command should end.
    package static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen, and returns when no signal goes unheard any more. Called once, by the command that
    /// will look at ``isRequested``, before it begins anything.
    package static func listen() {
        let registered = DispatchGroup()
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                guard requested.exchange(true, ordering: .relaxed) else { return }
                temporary.withLock {
                    for path in $0 { try? FileManager.default.removeItem(atPath: path) }
                }
                exit(130)
            }
            registered.enter()
            source.setRegistrationHandler { registered.leave() }
            source.resume()
            sources.append(source)
        }
        registered.wait()
    }
}
