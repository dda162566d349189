internal import EventArchive
internal import EventPipeline

/// Tells a thread that must not wait when what it published to a bus is archived: an event loop's.
///
/// However many wait, the lane is asked once at a time: all that came meanwhile are told together with the
/// next answer. So the more there is to do, the less of it is asking.
final class ConfirmationQueue: @unchecked Sendable {
    // Unchecked: everything but `port` and `thread` is only touched on the thread.

    /// Who waits, until so many events of the stage are handled.
    private struct Waiting {
        let count: UInt64
        let done: (PublishError?) -> Void
    }

    /// Runs something on the thread, later.
    typealias Thread = @Sendable (@escaping @Sendable () -> Void) -> Void

    private let port: PublishPort
    private let thread: Thread
    private var waiting: [Waiting] = []
    private var isAsking = false

    init(_ port: PublishPort, on thread: @escaping Thread) {
        self.port = port
        self.thread = thread
    }

    /// Whether the bus was removed, and nobody waits any more.
    var isClosed: Bool { port.isClosed && waiting.isEmpty }

    /// Calls `done` on the thread once all is archived that was pushed into the bus's lane by now, and as
    /// durable as the archive's configuration says; with an error where it could not be archived.
    func add(_ done: @escaping (PublishError?) -> Void) {
        waiting.append(Waiting(count: port.stage.pushedCount, done: done))
        if !isAsking { ask() }
    }

    private func ask() {
        guard let count = waiting.last?.count else { return }
        isAsking = true
        port.stage.whenHandled(count) { [self] in
            guard port.isMadeDurable else {
                thread { self.settle(count, nil) }
                return
            }
            Task {
                var failure: PublishError?
                do throws(ArchiveError) { try await port.untilDurable() } catch {
                    failure = .archive(error)
                }
                thread { [failure] in self.settle(count, failure) }
            }
        }
    }

    private func settle(_ count: UInt64, _ failure: PublishError?) {
        let failure = failure ?? port.archiveFailure.current.map(PublishError.archive)
        // The difference counts: indices may overflow.
        let end = waiting.firstIndex { Int64(bitPattern: count &- $0.count) < 0 } ?? waiting.count
        let told = waiting[..<end]
        waiting.removeFirst(end)
        isAsking = false
        ask()
        for each in told { each.done(failure) }
    }
}
