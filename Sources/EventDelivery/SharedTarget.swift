internal import InternalSystem

/// An asynchronous target with the number of its uses: one may be put on several rules, or again in
/// place of itself, and is closed with the last use.
package final class SharedTarget: DeferredTarget {
    private let target: any DeferredTarget
    private let uses: UseCount

    /// - Parameter uses: what counts the uses of the same target elsewhere.
    init(_ target: any DeferredTarget, uses: UseCount = UseCount()) {
        self.target = target
        self.uses = uses
    }

    /// Begins another use, which ``close()`` ends.
    func open() { uses.begin() }

    package func begin(_ match: EventMatch, settle: @escaping @Sendable ((any Error)?) -> Void) {
        target.begin(match, settle: settle)
    }

    package func close() {
        if uses.end() { target.close() }
    }
}

/// How many uses something has. From any thread.
final class UseCount: Sendable {
    private let count = Guarded(0)

    func begin() { count.withLock { $0 += 1 } }

    /// Ends a use; whether it was the last one.
    func end() -> Bool {
        count.withLock { count in
            count -= 1
            return count == 0
        }
    }
}
