import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, and a polite kill: the command is asked to end in good order. A second one ends it at
/// once.
enum Interrupt {
    private static let requested = Atomic<Bool>(false)
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    /// Whether the command should end.
    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen. Called once, by the command that will look at ``isRequested``.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                if requested.exchange(true, ordering: .relaxed) { exit(130) }
            }
            source.resume()
            sources.append(source)
        }
    }
}
