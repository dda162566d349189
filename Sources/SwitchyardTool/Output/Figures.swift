import CommandOutput
import EventPipeline
import Foundation
import MemoryMeasures
import Switchyard

/// The least, middle and greatest of several measurements.
struct Spread: Encodable {
    var min: Double
    var median: Double
    var max: Double

    /// Of at least one measurement.
    init(_ values: [Double]) {
        let sorted = values.sorted()
        min = sorted.first ?? 0
        max = sorted.last ?? 0
        let middle = sorted.count / 2
        median =
            sorted.isEmpty
            ? 0 : sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private init(min: Double, median: Double, max: Double) {
        (self.min, self.median, self.max) = (min, median, max)
    }

    /// The figures in a unit in which what was less is more.
    func inverse(_ convert: (Double) -> Double) -> Spread {
        Spread(min: convert(max), median: convert(median), max: convert(min))
    }
}

/// What one pass over some events took.
struct Measurement {
    var events: Int
    var bytes: Int
    var nanoseconds: UInt64

    static func += (sum: inout Measurement, other: Measurement) {
        sum.events += other.events
        sum.bytes += other.bytes
        sum.nanoseconds += other.nanoseconds
    }
}

/// The figures of one stage over several passes.
struct StageFigures: Encodable {
    /// Events a second.
    var eventsPerSecond: Spread
    /// Megabytes (10^6 bytes) of events a second.
    var megabytesPerSecond: Spread
    var nanosecondsPerEvent: Spread

    init(_ passes: [Measurement]) {
        let events = passes.reduce(0) { $0 + $1.events }
        let bytesPerEvent = Double(passes.reduce(0) { $0 + $1.bytes }) / Double(max(events, 1))
        // A pass too short for the clock counts as one nanosecond.
        nanosecondsPerEvent = Spread(
            passes.map { Double(max($0.nanoseconds, 1)) / Double(max($0.events, 1)) })
        // The same measurement told in other units, so that the figures of a line agree.
        eventsPerSecond = nanosecondsPerEvent.inverse { $0 == 0 ? 0 : 1e9 / $0 }
        megabytesPerSecond = nanosecondsPerEvent.inverse { $0 == 0 ? 0 : bytesPerEvent * 1e3 / $0 }
    }
}

/// What some events led to being allocated.
struct AllocationFigures: CustomStringConvertible {
    /// All of it.
    var total: Allocations
    /// By how many events.
    var events: Int

    /// The sum of several passes of together so many events; nil where nothing was counted.
    init?(_ passes: [Allocations?], events: Int) {
        guard events > 0, passes.contains(where: { $0 != nil }) else { return nil }
        total = passes.reduce(into: Allocations()) { $0 += $1 ?? Allocations() }
        self.events = events
    }

    var countPerEvent: Double { Double(total.count) / Double(events) }
    var bytesPerEvent: Double { Double(total.bytes) / Double(events) }

    var description: String {
        total.count == 0
            ? "nothing, in \(Figure.count(events)) events"
            : String(
                format: "%.6f times an event, %.3f bytes an event", countPerEvent, bytesPerEvent)
    }
}

/// What compiling the rules took.
struct CompileFigures: Encodable {
    var rulesPerSecond: Spread
    var bytesPerRule: Double
}
