import Foundation
import InternalSystem
import Synchronization

@testable import EventArchive

/// System calls that fail when a test says so.
final class FailingDisk: Sendable {
    private let failsSyncs = Atomic(false)
    private let isFull = Atomic(false)
    private let syncCount = Atomic(0)
    private let refusalCount = Atomic(0)
    private let refusesLate: Bool

    /// One that refuses late says that there is no room when there is room again.
    init(refusesLate: Bool = false) { self.refusesLate = refusesLate }

    /// How often something was to be synced.
    var syncs: Int { syncCount.load(ordering: .relaxed) }

    /// How often there was no room.
    var refusals: Int { refusalCount.load(ordering: .relaxed) }

    func failSyncs() { failsSyncs.store(true, ordering: .relaxed) }
    func fill() { isFull.store(true, ordering: .relaxed) }
    func free() { isFull.store(false, ordering: .relaxed) }

    var calls: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls()
        calls.syncFile = { file in self.synced { real.syncFile(file) } }
        calls.writeDurably = { file, first, second, offset in
            self.synced { real.writeDurably(file, first, second, offset) }
        }
        calls.allocate = { file, size in
            guard self.isFull.load(ordering: .relaxed) else { return real.allocate(file, size) }
            self.refusalCount.add(1, ordering: .relaxed)
            while self.refusesLate, self.isFull.load(ordering: .relaxed) { usleep(1_000) }
            if self.refusesLate { usleep(100_000) }
            return ENOSPC
        }
        return calls
    }

    private func synced(_ call: () -> Int32) -> Int32 {
        syncCount.add(1, ordering: .relaxed)
        return failsSyncs.load(ordering: .relaxed) ? EIO : call()
    }
}

/// A disk on which every durable write takes a while longer.
final class SlowDisk: Sendable {
    private let writeCount = Atomic(0)

    /// How many durable writes there were.
    var writes: Int { writeCount.load(ordering: .relaxed) }

    var calls: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = FileSystemCalls.unsynced
        calls.writeDurably = { file, first, second, offset in
            self.writeCount.add(1, ordering: .relaxed)
            usleep(1_000)
            return real.writeDurably(file, first, second, offset)
        }
        return calls
    }
}
