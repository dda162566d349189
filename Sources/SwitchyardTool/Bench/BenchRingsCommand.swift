import ArgumentParser
import CommandOutput
import EventPipeline
import MemoryMeasures
import Switchyard

/// `switchyard bench rings`
struct BenchRingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rings",
        abstract: "Measure the rings alone, from thread to thread.",
        discussion: """
            Producers push descriptors of events, of 32 bytes, into a ring, each on a thread of its \
            own; one more thread consumes them, and checks that none is lost, comes twice or out of \
            its producer's order. No event's bytes are copied or read. Who finds the ring full, or \
            empty, gives the processor away; more threads than processors measure that too.

            EXAMPLES
              switchyard bench rings
              switchyard bench rings --producers 8 --batch 16 --passes 9 --json
            """)

    @OptionGroup var options: BenchOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many descriptors go through a ring in a pass.", valueName: "n"))
    var events = 10_000_000
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many descriptors a push has, beside pushes of one.", valueName: "n")
    )
    var batch = 64
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many producers share a ring of many.", valueName: "n"))
    var producers = 4

    /// The slots of each ring: as many as an event bus has.
    private static let capacity = EventBus.Configuration().waitingEventsMax

    func validate() throws {
        if events < 1 { throw ValidationError("--events has to be at least 1.") }
        guard (1...Self.capacity).contains(batch) else {
            throw ValidationError("--batch has to be from 1 to \(Self.capacity).")
        }
        guard (1...64).contains(producers) else {
            throw ValidationError("--producers has to be from 1 to 64.")
        }
    }

    func run() throws {
        Interrupt.listen()
        let perProducer = max(1, events / producers)
        let batches = batch == 1 ? [1] : [1, batch]
        let rows = batches.flatMap { batch in
            [
                RingRow(producers: nil, batch: batch, eventsPerProducer: perProducer * producers),
                RingRow(producers: producers, batch: batch, eventsPerProducer: perProducer),
            ]
        }
        let total = perProducer * producers
        var report = BenchReport(
            title: "bench rings", events: total, distinctEvents: total,
            bytes: total * MemoryLayout<EventDescriptor>.stride,
            eventSource: "descriptors; rings of \(Figure.count(Self.capacity))", passes: 0)
        var passes = Array(repeating: [RingPass](), count: rows.count)
        var progress = Progress("bench rings")
        // One more than asked for, to warm up; rows alternate, so that all see the same machine.
        for number in 0...options.passes where !Interrupt.isRequested {
            let results = rows.map { $0.pass(capacity: Self.capacity) }
            guard !Interrupt.isRequested else { break }
            if number > 0 {
                for (row, result) in results.enumerated() { passes[row].append(result) }
            }
            progress.update { "\(number) of \(options.passes) passes done" }
        }
        report.passes = passes[0].count
        report.stages = zip(rows, passes).map { row, passes in
            .init(
                name: row.name, meaning: row.meaning,
                figures: StageFigures(passes.map(\.measurement)))
        }
        let all = passes.flatMap(\.self)
        report.allocated = AllocationFigures(all.map(\.allocated), events: total * all.count)
        report.checks = [
            .init(
                name: "each producer's events came out once, in order",
                passed: all.allSatisfy(\.isWhole))
        ]
        try report.finish(json: options.json, SkippedLines())
    }
}

/// A row of the table.
private struct RingRow {
    /// Nil for the ring of one producer.
    var producers: Int?
    var batch: Int
    var eventsPerProducer: Int

    var name: String { "\(producers == nil ? "spsc" : "mpsc") \(batch)" }

    var meaning: String {
        let pushes = batch == 1 ? "one by one" : "in batches of \(batch)"
        guard let producers, producers > 1 else { return "one producer, \(pushes)" }
        return "\(producers) producers, \(pushes)"
    }

    /// Sends everything through a new ring.
    func pass(capacity: Int) -> RingPass {
        if let producers {
            return RingPass(
                MPSCRing(minimumCapacity: capacity), producers: producers, batch: batch,
                eventsPerProducer)
        }
        return RingPass(
            SPSCRing(minimumCapacity: capacity), producers: 1, batch: batch, eventsPerProducer)
    }
}
