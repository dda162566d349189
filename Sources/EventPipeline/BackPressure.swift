/// What a publisher does when there is no room: in the ring, or for the bytes.
public enum BackPressure: Sendable {
    /// Blocks until there is room. A handler must not wait for its own stage, nor for slabs of the
    /// pool that holds the events it handles: it would wait for itself.
    case wait
    /// Returns at once, with what was accepted; the rest remains the caller's.
    case fail
    /// Drops what does not fit, which is the newest, and counts it.
    case dropNewest
}

/// What became of an event.
package enum PublishOutcome: Sendable {
    /// It will be handled, once flushed.
    case accepted
    /// No room, and the policy is ``BackPressure/fail``: nothing happened, it may be tried again.
    case full
    /// No room, and the policy is ``BackPressure/dropNewest``: it is gone, and counted.
    case dropped
    /// The stage was stopped: no event will be accepted any more.
    case closed
    /// It is longer than the pool allows, so it will never be accepted.
    case tooLarge
}
