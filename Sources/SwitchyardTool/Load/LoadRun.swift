import CommandOutput
import EventArchive
import EventMatching
import EventPipeline
import Foundation
internal import InternalSystem
import LoadReporting
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
            let bus = Self.name(ofBus: number)
            if number > 0 { try router.createBus(bus) }
            try router.putRules(Self.share(of: number, in: routed, command) + [all], on: bus)
            try router.putTargets([target], of: Self.probeRule, on: bus)
            guard command.buses > 1 else { break }
            do throws(PublishError) { buses.append(try router.handle(of: bus)) } catch {
                throw .files("\(error)")
            }
        }
        self.buses = buses
    }

    private static func name(ofBus number: Int) -> String {
        number == 0 ? Router.defaultBus : "bus-\(number)"
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
        case .inline:
            return .inline("probe", isCalledByPublishers: true) { probe.take($0.publishTime) }
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
        // The threads are there when the first event is due.
        let start = monotonicNanoseconds() &+ 1_000_000
        let schedule = command.rate.map {
            LoadSchedule(
                rate: $0, start: start, warmup: command.warmup, seconds: command.seconds,
                producers: command.producers)
        }
        if let schedule { probe.ignore(before: schedule.begin) }
        let threads = try (0..<command.producers).map { number in
            let publisher = PublisherBox(try router.makePublisher())
            return Thread { [self] in publish(number, publisher.publisher, schedule) }
        }
        for thread in threads { thread.start() }
        wait(untilSeconds: command.warmup, since: start)
        if schedule == nil { _ = probe.takeInterval(within: 1) }
        let begin = (
            time: schedule?.begin ?? monotonicNanoseconds(), processor: processorNanoseconds()
        )
        var memory = LoadMemoryMeter()
        if command.outage > 0 { outage.begin(seconds: command.outage) }
        var last = begin.time
        while !Interrupt.isRequested, failure.error == nil {
            let passed = Double(monotonicNanoseconds() &- begin.time) / 1e9
            let step = min(1, command.seconds - passed)
            if step <= 0.001 { break }
            wait(untilSeconds: passed + step, since: begin.time)
            let now = monotonicNanoseconds()
            let isLast = passed + step >= command.seconds || Interrupt.isRequested
            // A stall shows where it was; a target that is out of order has nothing to show. What comes
            // last in an open loop is measured when all has come.
            let patience =
                isLast && schedule != nil ? 0.01 : command.outage > 0 ? 0.2 : 2
            result.add(
                probe.takeInterval(within: patience), nanoseconds: now &- last,
                memory: memory.read())
            last = now
            if let progress = result.progress {
                Terminal.progress(progress)
            } else if !isLast {
                Terminal.progress("nothing came to the target")
            }
        }
        result.processorNanoseconds = processorNanoseconds() &- begin.processor
        stop(threads, isOnSchedule: schedule != nil)
        if Interrupt.isRequested { outage.finish() }
        try close()
        if command.outage > 0 || schedule != nil {
            result.addRest(
                probe.takeRest(), nanoseconds: max(probe.lastTime, last) &- last,
                memory: memory.read())
        }
        probe.end()
        if let error = failure.error { throw error }
    }

    /// Ends the publishers: those on a schedule that are a little late publish what was due.
    private func stop(_ threads: [Thread], isOnSchedule: Bool) {
        func isRunning() -> Bool { threads.contains { !$0.isFinished } }
        let deadline = monotonicNanoseconds() &+ (isOnSchedule ? 100_000_000 : 0)
        while isRunning(), !Interrupt.isRequested, monotonicNanoseconds() < deadline {
            usleep(500)
        }
        isOver.store(true, ordering: .relaxed)
        while isRunning() { usleep(1_000) }
    }

    /// Waits until the target has got everything, for a minute, and for as long after an outage as that
    /// lasted.
    private func close() throws {
        if command.outage > 0 { Terminal.progress("what is left is delivered") }
        try router.close(within: .seconds(60 + command.outage))
    }

    private func wait(untilSeconds seconds: Double, since start: UInt64) {
        let end = start &+ UInt64(seconds * 1e9)
        while monotonicNanoseconds() < end, !Interrupt.isRequested, failure.error == nil {
            usleep(useconds_t(min(20_000, (end &- monotonicNanoseconds()) / 1_000 + 1)))
        }
    }

    private func publish(
        _ number: Int, _ publisher: EventPublisher, _ schedule: LoadSchedule?
    ) {
        var count: UInt64 = 0
        do throws(PublishError) {
            if let schedule {
                try publishOpen(number, publisher, schedule, &count)
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
        _ number: Int, _ publisher: EventPublisher, _ schedule: LoadSchedule,
        _ count: inout UInt64
    ) throws(PublishError) {
        ExactSleep.prepareThread()
        var lateness = LatencyHistogram()
        defer { result.addLateness(lateness) }
        while !isOver.load(ordering: .relaxed),
            var due = schedule.time(of: count, publisher: number)
        {
            var now = monotonicNanoseconds()
            if due > now {
                publisher.flush()
                pause(until: max(due, now &+ Self.shortestPause))
                now = monotonicNanoseconds()
            }
            while due <= now, !isOver.load(ordering: .relaxed) {
                let position = Int(count % UInt64(events.total))
                if due >= schedule.begin { lateness.record(now &- due) }
                try events.forEach(in: position..<position + 1) { event throws(PublishError) in
                    try publish(event, publisher, count: count, time: due)
                }
                count += 1
                guard let next = schedule.time(of: count, publisher: number) else { return }
                due = next
            }
        }
    }

    /// How long a publisher sleeps at least: what is due meanwhile is published together, and late. To sleep
    /// costs a processor some 15 to 25 µs on a virtual machine, so that shorter ones leave little of it.
    private static let shortestPause: UInt64 = 80_000

    /// Sleeps, a while at a time, so that the end of the run is noticed. What is due so soon that a sleep
    /// would take longer is late instead, which counts.
    private func pause(until time: UInt64) {
        while !isOver.load(ordering: .relaxed) {
            let now = monotonicNanoseconds()
            if now >= time { return }
            ExactSleep.sleep(until: min(time, now &+ 10_000_000))
        }
    }

    /// What was measured.
    func report(ruleSource: String, eventSource: String) -> LoadReport {
        let statistics = (try? router.statistics()) ?? BusStatistics()
        let caughtUp = (0..<command.buses).reduce(UInt64(0)) { sum, bus in
            let target = try? router.statistics(
                target: "probe", of: Self.probeRule, on: Self.name(ofBus: bus))
            return sum + (target?.caughtUp ?? 0)
        }
        return LoadReport(
            command, rules: ruleCount, ruleSource: ruleSource, eventSource: eventSource,
            published: published.load(ordering: .relaxed), delivered: probe.count,
            unarchived: statistics.unarchived, caughtUp: caughtUp,
            outage: command.outage > 0 ? (outage.seconds, outage.repeated) : nil, result)
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
    private let first = Guarded<PublishError?>(nil)

    func set(_ error: PublishError) { first.withLock { $0 = $0 ?? error } }
    var error: PublishError? { first.withLock { $0 } }
}
