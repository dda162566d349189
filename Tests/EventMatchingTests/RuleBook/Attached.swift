import Synchronization

/// A number that threads count up and down.
final class Counted: Sendable {
    private let atomic = Atomic<Int>(0)

    var count: Int { atomic.load(ordering: .acquiring) }

    func add(_ number: Int) {
        atomic.wrappingAdd(number, ordering: .acquiringAndReleasing)
    }
}

/// An object to attach to a rule, which counts how many of its kind there are.
final class Attached: Sendable {
    private let all: Counted

    init(_ all: Counted) {
        self.all = all
        all.add(1)
    }

    deinit { all.add(-1) }
}
