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
    nonisolated(unsafe) private static var temporaryFolder: String?

    /// Names the folder that is removed if a second signal ends the process; nil for none.
    static func clean(up folder: String?) { queue.sync { temporaryFolder = folder } }

    /// Whether the command should end.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen. Called once, by the command that will look at ``isRequested``.
    static func listen() {
        // A reader that went away is an error of the write, not the end of the process: there may be
        // something to clean up.
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                guard requested.exchange(true, ordering: .relaxed) else { return }
                queue.sync {
                    temporaryFolder.map { try? FileManager.default.removeItem(atPath: $0) }
                }
                exit(130)
            }
            source.resume()
            sources.append(source)
        }
    }
}
