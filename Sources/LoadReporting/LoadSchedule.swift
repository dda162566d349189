/// When which event of an open loop is due: as many as the rate says, spread evenly, the publishers
/// taking turns.
package struct LoadSchedule: Sendable {
    /// When the measured time begins: what comes from then on is measured.
    package let begin: UInt64
    @usableFromInline let start: Double
    @usableFromInline let interval: Double
    @usableFromInline let producers: UInt64
    /// How many events are due before the end.
    @usableFromInline let total: UInt64

    /// - Parameters:
    ///   - rate: how many are due in a second, all publishers together.
    ///   - start: when the first event is due, on the monotonic clock.
    ///   - warmup: how many seconds after that the measured time begins.
    ///   - seconds: how long the measured time is.
    package init(
        rate: Double, start: UInt64, warmup: Double, seconds: Double, producers: Int = 1
    ) {
        begin = start &+ UInt64(warmup * 1e9)
        self.start = Double(start)
        interval = 1e9 / rate
        self.producers = UInt64(producers)
        // 1.1 s at 10 a second are 11 events, although the product is a little more.
        let events = (warmup + seconds) * rate
        total = UInt64((events * (1 - 1e-12)).rounded(.up))
    }

    /// When the event `count` of a publisher is due; nil if that is not before the end.
    @inlinable
    package func time(of count: UInt64, publisher: Int) -> UInt64? {
        let position = count &* producers &+ UInt64(publisher)
        return position < total ? UInt64(start + Double(position) * interval) : nil
    }
}
