/// When which event of an open loop is due: as many as the rate says, spread evenly, the publishers
/// taking turns.
struct LoadSchedule: Sendable {
    /// When the measured time begins: what comes from then on is measured.
    let begin: UInt64
    private let start: Double
    private let interval: Double
    private let producers: UInt64
    /// How many events are due before the end.
    private let total: UInt64

    /// - Parameter start: when the first event is due, on the monotonic clock.
    init(_ command: LoadCommand, rate: Double, start: UInt64) {
        begin = start &+ UInt64(command.warmup * 1e9)
        self.start = Double(start)
        interval = 1e9 / rate
        producers = UInt64(command.producers)
        // 1.1 s at 10 a second are 11 events, although the product is a little more.
        let events = (command.warmup + command.seconds) * rate
        total = UInt64((events * (1 - 1e-12)).rounded(.up))
    }

    /// When the event `count` of a publisher is due; nil if that is not before the end.
    @inline(__always)
    func time(of count: UInt64, publisher: Int) -> UInt64? {
        let position = count &* producers &+ UInt64(publisher)
        return position < total ? UInt64(start + Double(position) * interval) : nil
    }
}
