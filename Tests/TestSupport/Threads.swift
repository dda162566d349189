internal import Dispatch

/// Runs `body` on `count` threads at once and returns when all are done.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
        // A queue of its own gets a thread of its own, however many of them block.
        DispatchQueue(label: "test thread \(index)").async(group: group) { body(index) }
    }
    group.wait()
}
