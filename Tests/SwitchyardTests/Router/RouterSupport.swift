import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

/// What targets got, from their threads.
final class Inbox: Sendable {
    nonisolated(unsafe) private var list: [String] = []
    private let lock = NSLock()

    /// A copy of memory of its own: that a shared one is given up goes by a reference count, which
    /// ThreadSanitizer does not see.
    var texts: [String] { lock.withLock { list.map { $0 } } }
    var count: Int { lock.withLock { list.count } }

    func take(_ text: String) { lock.withLock { list.append(text) } }

    /// Waits until it holds so many, with ``patience``.
    ///
    /// Tests never block a thread for long: targets that are tasks need them.
    func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async {
        await SwitchyardTests.wait(sourceLocation: sourceLocation) { self.count >= count }
    }
}

/// Something that can be switched from any thread.
final class Switch: Sendable {
    nonisolated(unsafe) private var state: Bool
    private let lock = NSLock()

    init(_ isOn: Bool) { state = isOn }

    var isOn: Bool {
        get { lock.withLock { state } }
        set { lock.withLock { state = newValue } }
    }
}

/// Something that a lane waits at.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() { semaphore.wait() }
    func open() { semaphore.signal() }
}

/// An error of a target.
struct Refusal: Error {}

/// Tries again at once and for ever, so that tests need not wait.
let eager = RetryPolicy(
    maximumRetries: .max, firstDelay: .milliseconds(1), maximumDelay: .milliseconds(5))

/// Does not try again before a test is over. Delays are drawn from zero on: the bound is so large that
/// none is that short.
let seldom = RetryPolicy(
    maximumAge: .seconds(100_000_000), firstDelay: .seconds(10_000_000),
    maximumDelay: .seconds(10_000_000))

/// A router in a folder, with small segments.
func configuration(_ folder: TemporaryFolder?) -> RouterConfiguration {
    var configuration = RouterConfiguration(
        directory: folder.map { $0.path + "/router" },
        archive: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none))
    configuration.watermarkInterval = .milliseconds(20)
    return configuration
}

/// A router with a rule for every event that has a member `n`.
func makeRouter(
    _ folder: TemporaryFolder? = nil, _ change: (inout RouterConfiguration) -> Void = { _ in }
) throws -> Router {
    var configuration = configuration(folder)
    change(&configuration)
    let router = try Router(configuration)
    try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
    return router
}

/// The event number `number`.
func event(_ number: Int) -> String { #"{"n":\#(number)}"# }

/// How often one looks, a hundredth of a second after the other, before something counts as lost. It
/// is a count, not a time: where many tests share few threads, who looks waits as long as who works.
let patience = 3_000

/// Waits for something, with ``patience``.
func wait(
    sourceLocation: SourceLocation = #_sourceLocation, until condition: () throws -> Bool
) async rethrows {
    for look in 0..<patience {
        if try condition() { return }
        // Often at first, for what takes no time at all.
        try? await Task.sleep(for: .milliseconds(look < 100 ? 1 : 10))
    }
    Issue.record("it did not happen in \(patience) looks", sourceLocation: sourceLocation)
}
