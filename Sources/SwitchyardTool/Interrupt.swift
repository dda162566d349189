import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, and a polite kill: the command is asked to end in good order. A second one ends it at
/// once.
enum Interrupt {
    private static let requested = Atomic<Bool>(false)
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []
    private static let queue = DispatchQueue(label: "switchyard.interrupt")
    /// What a second signal removes; only touched on `queue`.
    nonisolated(unsafe) private static var temporary: Set<String> = []

    /// Names a file or folder that is removed if a second signal ends the process.
    static func cleanUp(_ path: String) { queue.sync { _ = temporary.insert(path) } }

    /// Takes it back: it is gone, or has become something to keep.
    static func forget(_ path: String) { queue.sync { _ = temporary.remove(path) } }

    /// Whether the command should end.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen. Called once, by the command that will look at ``isRequested``.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                guard requested.exchange(true, ordering: .relaxed) else { return }
                queue.sync {
                    for path in temporary { try? FileManager.default.removeItem(atPath: path) }
                }
                exit(130)
            }
            source.resume()
            sources.append(source)
        }
    }
}
