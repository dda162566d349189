import Dispatch
import Synchronization

/// A closure that is run on a serial queue again and again, by whoever waits for it; nothing is allocated
/// for a run.
///
/// It is a work item of Dispatch, and such a one can't be run for ever: Dispatch counts its runs in 32 bits,
/// and when the count comes round takes the next for the first, and ends the process. So another one takes
/// its place long before.
///
/// `@unchecked Sendable`: what changes is atomic, or touched on the queue alone.
final class RepeatedWork: @unchecked Sendable {
    private let body: @convention(block) () -> Void
    private let runsMax: Int
    private let current: Atomic<Unmanaged<DispatchWorkItem>>
    /// All that there were: somebody may be about to run one before the last.
    private(set) var items: [DispatchWorkItem]
    private var runCount = 0

    /// How often an item is run before there is another one, but for those who were about to run it.
    static let runsMax = 1 << 30

    init(
        runsMax: Int = RepeatedWork.runsMax,
        _ body: @escaping @Sendable @convention(block) () -> Void
    ) {
        self.body = body
        self.runsMax = runsMax
        let first = DispatchWorkItem(block: body)
        items = [first]
        current = Atomic(Unmanaged.passUnretained(first))
    }

    /// Runs it on the queue, and returns then.
    func run(on queue: DispatchQueue) {
        self.current.load(ordering: .acquiring)._withUnsafeGuaranteedRef { queue.sync(execute: $0) }
    }

    /// To be called within each run.
    func noteRun() {
        self.runCount += 1
        guard self.runCount == self.runsMax else { return }
        self.runCount = 0
        let next = DispatchWorkItem(block: self.body)
        self.items.append(next)
        self.current.store(Unmanaged.passUnretained(next), ordering: .releasing)
    }
}
