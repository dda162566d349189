import ArgumentParser
import EventArchive
import EventWorkload
import JSONScan
import MemoryMeasures
import Switchyard

/// `switchyard bench archive`
struct BenchArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Measure the archive alone, on one thread.",
        discussion: """
            append is the copy with its checksum, into segments that are made as they fill; read goes \
            through all records and verifies their checksums. No event is scanned or matched.

            EXAMPLES
              switchyard bench archive --events 1000000
              switchyard bench archive --durability batch --batch 1000
            """)

    @OptionGroup var input: BenchInput
    @OptionGroup var options: BenchOptions
    @OptionGroup var place: ArchivePlace
    @Option(
        help: ArgumentHelp("How many events are appended before a commit is due.", valueName: "n"))
    var batch = 1_000

    func validate() throws {
        if batch < 1 { throw ValidationError("--batch has to be at least 1.") }
        guard input.kernel == .best else {
            throw ValidationError("The archive alone scans nothing; --kernel is for bench match.")
        }
    }

    func run() throws {
        Interrupt.listen()
        var skipped = SkippedLines(input.policy)
        let events = try input.makeEvents(&skipped)
        var report = BenchReport(
            title: "bench archive", events: events.total, distinctEvents: events.batch.count,
            bytes: events.byteCount, eventSource: events.source, rules: 0, ruleSource: "not used",
            matches: 0, passes: options.passes, kernel: input.kernel.description)
        var appends: [Measurement] = []
        var reads: [Measurement] = []
        var areWhole = true
        do throws(ArchiveError) {
            for pass in 0...options.passes where !Interrupt.isRequested {
                let directory = place.directory(pass)
                defer { place.cleanUp(directory) }
                let before = Allocations.now()
                let append = try append(events, to: directory, pass)
                if let before, let after = Allocations.now() {
                    report.allocated = AllocationFigures(
                        [after.since(before)], events: events.total)
                }
                guard !Interrupt.isRequested else { break }
                let reader = try ArchiveReader(directory: directory)
                let read = try read(reader, expecting: events)
                areWhole = areWhole && read.isWhole
                report.archiveBytes = reader.info.fileBytes
                if pass == 0, options.passes > 0 { continue }
                appends.append(append)
                reads.append(read.measurement)
            }
        } catch {
            throw Outcome.failure(error)
        }
        report.passes = appends.count
        report.stages = [
            .init(
                name: "append", meaning: "durability \(place.durability)",
                figures: StageFigures(appends)),
            .init(name: "read", meaning: "checksums verified", figures: StageFigures(reads)),
        ]
        report.checks = [.init(name: "what was read is what was appended", passed: areWhole)]
        try report.finish(json: options.json, skipped)
    }

    private func append(
        _ events: BenchEvents, to directory: String, _ pass: Int
    ) throws(ArchiveError) -> Measurement {
        let writer = try ArchiveWriter(
            directory: directory, configuration: place.configuration(for: events))
        var progress = Progress("bench archive")
        var failure: ArchiveError?
        let measurement = measured(events: events.total, bytes: events.byteCount) {
            var done = 0
            while done < events.total, failure == nil, !Interrupt.isRequested {
                let part = done..<min(done + batch, events.total)
                failure = append(events, part, to: writer)
                done = part.upperBound
                progress.update {
                    "pass \(pass) of \(options.passes), \(done * 100 / events.total)%"
                }
            }
        }
        if let failure { throw failure }
        try writer.close()
        return measurement
    }

    private func append(
        _ events: BenchEvents, _ part: Range<Int>, to writer: ArchiveWriter
    ) -> ArchiveError? {
        let now = Int64(bitPattern: benchClock())
        let result = Result { () throws(ArchiveError) in
            try events.forEach(in: part) { event throws(ArchiveError) in
                _ = try writer.append(event, eventTime: now, ingestTime: now)
            }
            try writer.commitIfDue(now: now)
        }
        if case .failure(let error) = result { return error }
        return nil
    }

    private func read(
        _ reader: ArchiveReader, expecting events: BenchEvents
    ) throws(ArchiveError) -> (measurement: Measurement, isWhole: Bool) {
        var cursor = reader.cursor()
        var count = 0
        var bytes = 0
        let start = benchClock()
        while let record = try cursor.next() {
            count += 1
            bytes += record.byteCount
        }
        let nanoseconds = benchClock() - start
        return (
            Measurement(events: count, bytes: bytes, nanoseconds: nanoseconds),
            count == events.total && bytes == events.byteCount && cursor.gaps.isEmpty
        )
    }
}
