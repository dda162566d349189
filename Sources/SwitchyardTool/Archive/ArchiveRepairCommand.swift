import ArgumentParser
import CommandOutput
import EventArchive

/// `switchyard archive repair`
struct ArchiveRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Mend an archive's files without losing a record that can be read.",
        discussion: """
            Reads everything, says what it is going to do, and does it: a lost archive.identity is \
            written anew from what the segments tell; what the last writer left open is finished; a \
            sealed segment with a damaged header, footer or record is written anew with all of its \
            good records, and the old file stays beside it; an index that is wrong is made anew. A \
            compressed segment with damage stays as it is: its good records are read all the same. \
            Events that are lost stay lost, and readers go on telling of them as gaps. Where a file is no \
            segment of this archive, has another's name, or is there twice, nothing is done before that \
            is settled. No writer may be at work. Ctrl-C stops between two steps.

            Exits with 0 if all is well then, and with 1 if events are lost or something is left that \
            it can't mend, each time that it is asked, as switchyard archive verify does; with \
            --dry-run as it would without.

            EXAMPLES
              switchyard archive repair DIR --dry-run
              switchyard archive repair DIR
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Flag(help: "Only say what there is to do; change nothing.")
    var dryRun = false
    @Flag(help: "Print one object.")
    var json = false

    private struct Summary: Encodable {
        var dryRun: Bool
        var steps: [String]
        var lost: [String]
        var unrepairable: [String]
    }

    func run() throws {
        Interrupt.listen()
        let repair: ArchiveRepair
        do throws(ArchiveError) {
            repair = try ArchiveRepair(directory: directory)
            if !json { announce(repair) }
            if !dryRun, repair.refused.isEmpty { try perform(repair) }
        } catch {
            throw ArchiveCommand.failure(error, of: directory)
        }
        if json {
            Terminal.print(
                try JSONText.encoded(
                    Summary(
                        dryRun: dryRun, steps: repair.steps.map(\.description),
                        lost: repair.lost.map(ArchiveCommand.describe),
                        unrepairable: repair.unrepairable.map(\.description))))
        }
        Output.standard.flush()
        for gap in repair.lost { Terminal.error(ArchiveCommand.describe(gap)) }
        for problem in repair.unrepairable { Terminal.error("can't be mended: \(problem)") }
        if !dryRun, !repair.refused.isEmpty {
            Terminal.error("nothing was done: do first what is said of the files that can't stay")
        }
        if Interrupt.isRequested { throw Outcome.interrupted }
        if !repair.lost.isEmpty || !repair.unrepairable.isEmpty { throw Outcome.wrong }
    }

    private func announce(_ repair: ArchiveRepair) {
        let isWaiting = !repair.refused.isEmpty
        if repair.steps.isEmpty, !isWaiting { Terminal.print("nothing to do") }
        for step in repair.steps {
            Terminal.print("\(dryRun || isWaiting ? "would" : "will") \(step)")
        }
        Output.standard.flush()
    }

    private func perform(_ repair: ArchiveRepair) throws(ArchiveError) {
        var done = 0
        try repair.perform(while: { !Interrupt.isRequested }) { step in
            done += 1
            Terminal.note("\(done) of \(repair.steps.count): \(step)")
        }
        guard !json, done > 0 else { return }
        let reader = try ArchiveReader(directory: directory)
        let result = try reader.verify()
        Terminal.print("done: \(Figure.count(result.records, of: "record")) can be read")
    }
}
