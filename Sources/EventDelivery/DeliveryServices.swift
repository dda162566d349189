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
    /// Asked whenever something was delivered, or not, or a watermark was raised: there is then something to
    /// be made durable.
    package let ticker: Ticker?

    /// Puts services together.
    package init(
        deadLetters: any DeadLetterStore, watermarks: (any WatermarkStore)?,
        clock: any TimeSource, observer: (any DeliveryObserver)?, ticker: Ticker? = nil
    ) {
        self.deadLetters = deadLetters
        self.watermarks = watermarks
        self.clock = clock
        self.observer = observer
        self.ticker = ticker
    }
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
