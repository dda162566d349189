import Foundation
public import Testing

/// What targets got, from their threads.
public final class Inbox: Sendable {
    nonisolated(unsafe) private var list: [String] = []
    private let lock = NSLock()

    /// Creates an empty one.
    public init() {}

    /// A copy of memory of its own: that a shared one is given up goes by a reference count, which
    /// ThreadSanitizer does not see.
    public var texts: [String] { lock.withLock { list.map { $0 } } }
    /// How many they got.
    public var count: Int { lock.withLock { list.count } }

    /// Takes one.
    public func take(_ text: String) { lock.withLock { list.append(text) } }

    /// Waits until it holds so many, with ``patience``.
    ///
    /// Tests never block a thread for long: targets that are tasks need them.
    public func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async {
        await TestSupport.wait(sourceLocation: sourceLocation) { self.count >= count }
    }
}

/// Something that can be switched from any thread.
public final class Switch: Sendable {
    nonisolated(unsafe) private var state: Bool
    private let lock = NSLock()

    /// Creates a switch.
    public init(_ isOn: Bool) { state = isOn }

    /// How it stands.
    public var isOn: Bool {
        get { lock.withLock { state } }
        set { lock.withLock { state = newValue } }
    }
}

/// Something that a lane waits at.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    /// Creates a closed gate.
    public init() {}

    /// Waits until it is opened, for one that waits at a time.
    public func wait() { semaphore.wait() }
    /// Lets one pass.
    public func open() { semaphore.signal() }
}

/// An error of a target.
public struct Refusal: Error {
    /// Creates an error.
    public init() {}
}

/// The event number `number`.
public func event(_ number: Int) -> String { #"{"n":\#(number)}"# }

/// How often one looks, a hundredth of a second after the other, before something counts as lost. It
/// is a count, not a time: where many tests share few threads, who looks waits as long as who works.
public let patience = 3_000

/// Waits for something, with ``patience``.
public func wait(
    sourceLocation: SourceLocation = #_sourceLocation, until condition: () throws -> Bool
) async rethrows {
    for look in 0..<patience {
        if try condition() { return }
        // Often at first, for what takes no time at all.
        try? await Task.sleep(for: .milliseconds(look < 100 ? 1 : 10))
    }
    Issue.record("it did not happen in \(patience) looks", sourceLocation: sourceLocation)
}
