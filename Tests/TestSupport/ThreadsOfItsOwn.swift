import Dispatch
import Synchronization
public import Testing

/// Runs long tests on two threads of their own, one after another on each.
///
/// All tests of a run are started at once, and share as many threads as there are cores with the
/// tasks of what they test. A test that computes for seconds, or blocks until a process has ended,
/// would hold up every `Task` for as long; behind a hundred of them, what a router hands to a task
/// comes minutes late. A suite that has such tests is marked with this trait.
public struct ThreadsOfItsOwn: SuiteTrait, TestTrait, TestScoping {
    private static let threads = [TestThread("long tests, 1"), TestThread("long tests, 2")]
    private static let turn = Atomic(0)

    /// It holds for each of a suite's tests.
    public var isRecursive: Bool { true }

    /// Has the test's code run on the thread whose turn it is.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let turn = Self.turn.add(1, ordering: .relaxed).oldValue
        let thread = Self.threads[turn % Self.threads.count]
        try await withTaskExecutorPreference(thread) { try await function() }
    }
}

extension Trait where Self == ThreadsOfItsOwn {
    /// The suite's tests take long or block: see ``ThreadsOfItsOwn``.
    public static var onThreadsOfItsOwn: Self { ThreadsOfItsOwn() }
}

/// A queue as an executor of tasks.
private final class TestThread: TaskExecutor {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
