import EventArchive
import EventMatching
import EventPipeline
import Foundation
import MemoryMeasures
import Switchyard
import Synchronization

/// A router, its publishers and the target that measures.
final class LoadRun: Sendable {
    private let router: Router
    private let command: LoadCommand
    private let events: BenchEvents
    private let ruleCount: Int
    /// The buses, if there are several.
    private let buses: [BusHandle]
    private let probe = LoadProbe()
    private let outage = LoadOutage()
    private let published = Atomic<UInt64>(0)
    private let isOver = Atomic<Bool>(false)
    private let failure = LoadFailure()
    private let result = LoadResult()

    /// The rule that matches every event; no generated one has this name.
    private static let probeRule = "switchyard-load"

    init(
        _ command: LoadCommand, _ rules: [Rule], _ events: BenchEvents, directory: String
    ) throws(RouterError) {
        self.command = command
        self.events = events
        ruleCount = rules.count
        var archive = ArchiveConfiguration(durability: .none)
        archive.eventBytesMax = max(archive.eventBytesMax, events.longestEvent)
        if command.target == .inline {
            archive.retention = ArchiveRetention(bytes: UInt64(command.keep) << 30)
        }
        var configuration = RouterConfiguration(
            directory: command.archived ? directory + "/router" : nil, archive: archive)
        configuration.slabCount = max(32, 2 * command.producers)
        while configuration.slabBytes < events.longestEvent { configuration.slabBytes *= 2 }
        router = try Router(configuration)
        let all: RoutingRule
        do throws(PatternError) {
            all = try RoutingRule(
                name: Self.probeRule, pattern: #"{"source":[{"exists":true},{"exists":false}]}"#)
        } catch { throw .files("\(error)") }
        // Generated names may hold what names of a router's rules can't.
        let routed =
            rules.enumerated().map {
                RoutingRule(name: "rule-\($0.offset)", pattern: $0.element.pattern)
            }
        let target = Self.target(command, probe, outage)
        var buses: [BusHandle] = []
        for number in 0..<command.buses {
            let bus = number == 0 ? Router.defaultBus : "bus-\(number)"
            if number > 0 { try router.createBus(bus) }
            try router.putRules(Self.share(of: number, in: routed, command) + [all], on: bus)
            try router.putTargets([target], on: Self.probeRule, of: bus)
            guard command.buses > 1 else { break }
            do throws(PublishError) { buses.append(try router.handle(of: bus)) } catch {
                throw .files("\(error)")
            }
        }
        self.buses = buses
    }

    /// The rules of one bus: all of them, or what it is dealt.
    private static func share(
        of bus: Int, in rules: [RoutingRule], _ command: LoadCommand
    ) -> ArraySlice<RoutingRule> {
        guard command.deal else { return rules[...] }
        return rules[rules.count * bus / command.buses..<rules.count * (bus + 1) / command.buses]
    }

    /// The target that measures.
    private static func target(
        _ command: LoadCommand, _ probe: LoadProbe, _ outage: LoadOutage
    ) -> Target {
        switch command.target {
        case .inline: return .inline("probe") { probe.take($0.publishTime) }
        case .closure where command.outage > 0:
            return .closure("probe") { event in
                if try outage.admit(event.sequence) { probe.take(event.publishTime) }
            }
        case .closure: return .closure("probe") { probe.take($0.publishTime) }
        }
    }

    /// Publishes an event to the bus whose turn it is.
    @inline(__always)
    private func publish(
        _ event: UnsafeRawBufferPointer, _ publisher: EventPublisher, count: UInt64,
        time: UInt64? = nil
    ) throws(PublishError) {
        let time = time ?? monotonicNanoseconds()
        if buses.isEmpty { return try publisher.publish(event, publishTime: time) }
        try publisher.publish(
            event, to: buses[Int(count % UInt64(buses.count))], publishTime: time)
    }

    /// Runs the publishers, and looks at the probe once a second.
    func drive() throws {
        let threads = try (0..<command.producers).map { number in
            let publisher = PublisherBox(try router.makePublisher())
            return Thread { [self] in publish(number, publisher.publisher) }
        }
        let start = monotonicNanoseconds()
        for thread in threads { thread.start() }
        wait(untilSeconds: command.warmup, since: start)
        _ = probe.takeInterval(within: 1)
        let begin = (time: monotonicNanoseconds(), processor: processorNanoseconds())
        if command.outage > 0 { outage.begin(seconds: command.outage) }
        var last = begin.time
        while !Interrupt.isRequested, failure.error == nil {
            let passed = Double(monotonicNanoseconds() &- begin.time) / 1e9
            let step = min(1, command.seconds - passed)
            if step <= 0.001 { break }
            wait(untilSeconds: passed + step, since: begin.time)
            let now = monotonicNanoseconds()
            // A stall shows where it was; a target that is out of order has nothing to show.
            let patience = command.outage > 0 ? 0.2 : 2
            result.add(probe.takeInterval(within: patience), nanoseconds: now &- last)
            last = now
            Terminal.progress(result.progress)
        }
        result.processorNanoseconds = processorNanoseconds() &- begin.processor
        isOver.store(true, ordering: .relaxed)
        while threads.contains(where: { !$0.isFinished }) { usleep(1_000) }
        if Interrupt.isRequested { outage.finish() }
        try close()
        // What the target caught up with at the end came late enough to be measured.
        if command.outage > 0 {
            let rest = probe.takeRest()
            if rest.count > 0 { result.add(rest, nanoseconds: monotonicNanoseconds() &- last) }
        }
        probe.end()
        if let error = failure.error { throw error }
    }

    /// Waits until the target has got everything, for a minute, and for as long after an outage as that
    /// lasted.
    private func close() throws {
        if command.outage > 0 { Terminal.progress("the target catches up") }
        try router.close(within: .seconds(60 + command.outage))
    }

    private func wait(untilSeconds seconds: Double, since start: UInt64) {
        let end = start &+ UInt64(seconds * 1e9)
        while monotonicNanoseconds() < end, !Interrupt.isRequested, failure.error == nil {
            usleep(useconds_t(min(20_000, (end &- monotonicNanoseconds()) / 1_000 + 1)))
        }
    }

    private func publish(_ number: Int, _ publisher: EventPublisher) {
        var count: UInt64 = 0
        do throws(PublishError) {
            if let rate = command.rate {
                try publishOpen(
                    number, publisher, interval: 1e9 * Double(command.producers) / rate, &count)
            } else {
                while !isOver.load(ordering: .relaxed) {
                    let first = Int(count) % events.total
                    let part = first..<min(first + 256, events.total)
                    try events.forEach(in: part) { event throws(PublishError) in
                        try publish(event, publisher, count: count)
                        count += 1
                    }
                }
            }
        } catch { failure.set(error) }
        publisher.close()
        published.wrappingAdd(count, ordering: .relaxed)
    }

    /// Publishes each event when it is due, or as soon after as can be.
    private func publishOpen(
        _ number: Int, _ publisher: EventPublisher, interval: Double, _ count: inout UInt64
    ) throws(PublishError) {
        // The publishers take turns rather than all publish at once.
        let offset = interval * Double(number) / Double(command.producers)
        let start = Double(monotonicNanoseconds()) + offset
        while !isOver.load(ordering: .relaxed) {
            var due = UInt64(start + Double(count) * interval)
            var now = monotonicNanoseconds()
            if due > now {
                publisher.flush()
                pause(until: due)
                now = monotonicNanoseconds()
            }
            while due <= now, !isOver.load(ordering: .relaxed) {
                let position = Int(count % UInt64(events.total))
                try events.forEach(in: position..<position + 1) { event throws(PublishError) in
                    try publish(event, publisher, count: count, time: due)
                }
                count += 1
                due = UInt64(start + Double(count) * interval)
            }
        }
    }

    /// Sleeps through long pauses, and gives the processor away in short ones, which no timer is
    /// precise enough for.
    private func pause(until time: UInt64) {
        while true {
            let now = monotonicNanoseconds()
            if now >= time || isOver.load(ordering: .relaxed) { return }
            if time &- now > 300_000 {
                usleep(useconds_t(min((time &- now) / 1_000 - 150, 10_000)))
            } else {
                sched_yield()
            }
        }
    }

    /// What was measured.
    func report(ruleSource: String, eventSource: String) -> LoadReport {
        let statistics = (try? router.statistics()) ?? RouterBusStatistics()
        return LoadReport(
            command, rules: ruleCount, ruleSource: ruleSource, eventSource: eventSource,
            published: published.load(ordering: .relaxed), delivered: probe.count,
            unarchived: statistics.unarchived, repeated: outage.repeated, result)
    }
}

/// A publisher on its way to its thread.
private struct PublisherBox: @unchecked Sendable {
    // Unchecked: one thread makes it, another uses it from then on.
    let publisher: EventPublisher
    init(_ publisher: EventPublisher) { self.publisher = publisher }
}

/// The first error of any publisher.
private final class LoadFailure: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var first: PublishError?

    func set(_ error: PublishError) { lock.withLock { first = first ?? error } }
    var error: PublishError? { lock.withLock { first } }
}

/// What was measured so far; used by the main thread alone.
final class LoadResult: @unchecked Sendable {
    private(set) var total = LatencyHistogram()
    private(set) var intervals: [LoadReport.Interval] = []
    private(set) var nanoseconds: UInt64 = 0
    var processorNanoseconds: UInt64 = 0

    func add(_ histogram: LatencyHistogram, nanoseconds: UInt64) {
        total.merge(histogram)
        self.nanoseconds += nanoseconds
        intervals.append(
            LoadReport.Interval(
                seconds: Double(nanoseconds) / 1e9, events: histogram.count, p50: histogram.p50,
                p99: histogram.p99, max: histogram.max,
                residentBytes: MemoryUse.residentBytes(), ownBytes: MemoryUse.ownBytes()))
    }

    var progress: String {
        guard let last = intervals.last else { return "" }
        let rate = Figure.eventRate(Double(last.events) / max(last.seconds, 1e-9))
        return "\(rate), p50 \(Figure.duration(last.p50)), "
            + "p99 \(Figure.duration(last.p99)), longest \(Figure.duration(last.max))"
    }
}

/// The processor time of this process, in nanoseconds.
private func processorNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
