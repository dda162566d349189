import ArgumentParser
import CommandOutput
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
            append is the copy with its checksum, into segments that are made as they fill, and waits for \
            the disk if that is slower. read goes through all records and verifies their checksums: the \
            first time as the writer left them, which is on the disk rather than in memory, then again. \
            No event is scanned or matched.

            EXAMPLES
              switchyard bench archive --events 1000000
              switchyard bench archive --durability batch --batch 1000
            """)

    @OptionGroup var input: BenchEventInput
    @OptionGroup var options: BenchOptions
    @OptionGroup var place: ArchivePlace
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many events are appended before a commit is due.", valueName: "n"))
    var batch = 1_000

    func validate() throws {
        if batch < 1 { throw ValidationError("--batch has to be at least 1.") }
    }

    func run() throws {
        var skipped = SkippedLines(input.policy)
        let events = try input.makeEvents(&skipped)
        Interrupt.listen()
        // One pass into an archive that is kept; else one more than asked for, to warm up.
        let passes = place.archive == nil ? options.passes : 1
        var report = BenchReport(
            title: "bench archive", events: events.total, distinctEvents: events.batch.count,
            bytes: events.byteCount, eventSource: events.source, passes: passes)
        var appends: [Measurement] = []
        var (firstReads, reads): ([Measurement], [Measurement]) = ([], [])
        var areWhole = true
        do throws(ArchiveError) {
            for pass in (place.archive == nil ? 0 : 1)...passes where !Interrupt.isRequested {
                let directory = place.directory(pass)
                defer { place.cleanUp(directory) }
                let before = Allocations.now()
                let (append, first) = try append(events, to: directory, "pass \(pass) of \(passes)")
                if let before, let after = Allocations.now() {
                    report.allocated = AllocationFigures(
                        [after.since(before)], events: events.total)
                }
                guard !Interrupt.isRequested else { break }
                let reader = try ArchiveReader(directory: directory)
                let firstRead = try read(reader, from: first, expecting: events)
                let read = try read(reader, from: first, expecting: events)
                areWhole = areWhole && firstRead.isWhole && read.isWhole
                report.archiveBytes = reader.info.fileBytes
                if pass == 0 { continue }
                appends.append(append)
                firstReads.append(firstRead.measurement)
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
            .init(
                name: "first read", meaning: "checksums verified, as the writer left it",
                figures: StageFigures(firstReads)),
            .init(
                name: "read", meaning: "the same again, from memory", figures: StageFigures(reads)),
        ]
        report.checks = [.init(name: "what was read is what was appended", passed: areWhole)]
        try report.finish(json: options.json, skipped)
    }

    private func append(
        _ events: BenchEvents, to directory: String, _ title: String
    ) throws(ArchiveError) -> (measurement: Measurement, first: UInt64) {
        let writer = try ArchiveWriter(
            directory: directory, configuration: place.configuration(for: events))
        let first = writer.watermark.appended
        var progress = Progress("bench archive")
        var failure: ArchiveError?
        let measurement = measured(events: events.total, bytes: events.byteCount) {
            var done = 0
            while done < events.total, failure == nil, !Interrupt.isRequested {
                let part = done..<min(done + batch, events.total)
                failure = append(events, part, to: writer)
                done = part.upperBound
                progress.update {
                    "\(title), \(done * 100 / events.total)%"
                }
            }
        }
        if let failure { throw failure }
        try writer.close()
        return (measurement, first)
    }

    private func append(
        _ events: BenchEvents, _ part: Range<Int>, to writer: ArchiveWriter
    ) -> ArchiveError? {
        let now = EventTime.now.nanoseconds
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
        _ reader: ArchiveReader, from first: UInt64, expecting events: BenchEvents
    ) throws(ArchiveError) -> (measurement: Measurement, isWhole: Bool) {
        var cursor = reader.cursor(over: .sequences(first..<reader.info.sequences.upperBound))
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
