package import InternalSystem

/// What all targets of a router share.
package struct DeliveryServices: Sendable {
    /// Where dead letters go.
    package let deadLetters: any DeadLetterStore
    /// How far targets have come; nil where nothing is kept.
    package let watermarks: (any WatermarkStore)?
    /// What time it is for retries, and for all that waits.
    package let clock: any TimeSource
    /// Who is told of events that are traced.
    package let observer: (any DeliveryObserver)?
    /// Who is told of everything that was given up; nil for nobody.
    package let deadLetterObserver: (any DeadLetterObserver)?
    /// Asked whenever something was delivered, or not, or a watermark was raised: there is then something to
    /// be made durable.
    package let ticker: Ticker?

    /// Puts services together.
    package init(
        deadLetters: any DeadLetterStore, watermarks: (any WatermarkStore)?,
        clock: any TimeSource, observer: (any DeliveryObserver)?,
        deadLetterObserver: (any DeadLetterObserver)? = nil, ticker: Ticker? = nil
    ) {
        self.deadLetters = deadLetters
        self.watermarks = watermarks
        self.clock = clock
        self.observer = observer
        self.deadLetterObserver = deadLetterObserver
        self.ticker = ticker
    }

    /// Tells all who want to know that an event was given up.
    func ended(_ letter: DeadLetter) {
        observer?.ended(letter)
        deadLetterObserver?.gaveUp(letter)
    }
}

/// Gets told of each event that was given up, after the dead letters' archive: what sends it to the queue
/// that its target names (``DeadLetter/deadLetterARN``).
public protocol DeadLetterObserver: AnyObject, Sendable {
    /// An event was given up. Called where events are delivered: it has to return at once.
    func gaveUp(_ letter: DeadLetter)
}

/// Gets told what became of deliveries, for events that are traced.
package protocol DeliveryObserver: AnyObject, Sendable {
    /// Whether anybody wants to know: looked at once a run.
    var isActive: Bool { get }

    /// Somebody tried to deliver an event: without an error, it arrived.
    func attempted(
        _ names: TargetNames, _ sequence: UInt64, _ attempt: Int, _ error: DeliveryError?)

    /// An event became a dead letter.
    func ended(_ letter: DeadLetter)
}
