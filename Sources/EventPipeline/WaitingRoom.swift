import Glibc
internal import InternalSystem
import Synchronization

/// Where threads sleep until a condition holds that others make true without a lock.
///
/// Who makes it true calls ``wake(if:)`` afterwards: a fence and a load, unless somebody waits. No
/// wake-up is lost: a waiter says that it waits, then a full fence, then looks at the condition; a
/// waker makes it true, then a full fence, then looks whether somebody waits. One of the two sees
/// the other. And since a waiter holds the lock from saying so until it sleeps, a waker that saw it
/// cannot come in between.
final class WaitingRoom: Sendable {
    private let waiting: PaddedAtomics
    private let monitor = Monitor()

    init() { self.waiting = PaddedAtomics(count: 1) }

    /// Returns when `isReady` does, which may look at anything atomic but must not block. Yields the
    /// processor for a moment first (see ``PipelineLimit/lingerNanoseconds``).
    func wait(until isReady: () -> Bool) {
        let end = monotonicNanoseconds() &+ PipelineLimit.lingerNanoseconds
        repeat {
            if isReady() { return }
            sched_yield()
        } while monotonicNanoseconds() < end
        self.sleepSlow(until: isReady)
    }

    /// As ``wait(until:)``, until a deadline of ``/InternalSystem/monotonicNanoseconds()`` at most, and
    /// asleep from the start; whether it is ready.
    func wait(by deadline: UInt64, until isReady: () -> Bool) -> Bool {
        self.monitor.withLock {
            self.waiting[0].pointee.wrappingAdd(1, ordering: .relaxed)
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            defer { self.waiting[0].pointee.wrappingSubtract(1, ordering: .relaxed) }
            return self.monitor.wait(by: deadline, until: isReady)
        }
    }

    @inline(never)
    private func sleepSlow(until isReady: () -> Bool) {
        self.monitor.withLock {
            self.waiting[0].pointee.wrappingAdd(1, ordering: .relaxed)
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            self.monitor.wait(until: isReady)
            self.waiting[0].pointee.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    /// Wakes all that wait, if there are any and `condition` holds, which is looked at only then.
    @inline(__always)
    func wake(if condition: () -> Bool = { true }) {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if self.waiting[0].pointee.load(ordering: .relaxed) == 0 || !condition() { return }
        self.wakeSlow()
    }

    @inline(never)
    private func wakeSlow() {
        self.monitor.withLock { self.monitor.wakeAll() }
    }
}
