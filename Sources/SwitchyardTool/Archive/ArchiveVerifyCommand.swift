import ArgumentParser
import CommandOutput
import EventArchive

/// `switchyard archive verify`
struct ArchiveVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every record, footer, checksum and index of an archive.",
        discussion: """
            Exits with 1 if anything is damaged, or missing in between, and says what; whole segments \
            missing at the beginning or the end leave no trace but the first and the last number. An \
            open segment with a torn tail is sound: its writer was killed, and nothing acknowledged \
            is in that tail. A file that is no segment of this archive, or has another's name, keeps \
            readers away; here it is one problem, and everything else is checked. Ctrl-C stops between \
            two segments.
            """)

    @Argument(help: "The archive's directory.")
    var directory: String
    @Flag(help: "Print one object.")
    var json = false

    private struct Verdict: Encodable {
        struct Problem: Encodable {
            var file: String
            var offset: UInt64
            var found: String
            var expected: String
            var remedy: String?
        }

        var sound: Bool
        var segments: Int
        var indexes: Int
        var records: UInt64
        var bytes: UInt64
        var tornBytes: UInt64
        var gaps: Int
        var problems: [Problem]
    }

    func run() throws {
        Interrupt.listen()
        var progress = Progress("verify")
        let result: ArchiveVerification
        do throws(ArchiveError) {
            result = try ArchiveReader.verify(directory: directory) { soFar in
                progress.update { "\(Figure.count(soFar.records)) records are good" }
                return !Interrupt.isRequested
            }
        } catch {
            throw ArchiveCommand.failure(error, of: directory)
        }
        if Interrupt.isRequested {
            Terminal.note("stopped after \(Figure.count(result.segments, of: "segment"))")
            throw Outcome.interrupted
        }
        let tornBytes = result.tornBytes
        if json {
            Terminal.print(
                try JSONText.encoded(
                    Verdict(
                        sound: result.isSound, segments: result.segments,
                        indexes: result.indexes, records: result.records, bytes: result.bytes,
                        tornBytes: tornBytes, gaps: result.gaps.count,
                        problems: result.problems.map {
                            .init(
                                file: $0.file, offset: $0.offset, found: $0.found,
                                expected: $0.expected, remedy: $0.remedy)
                        })))
        } else {
            Terminal.print(
                "\(result.isSound ? "sound" : "DAMAGED"): "
                    + "\(Figure.count(result.records, of: "record")) in "
                    + Figure.count(result.segments, of: "segment")
                    + ", \(Figure.bytes(result.bytes)) read"
                    + (tornBytes > 0
                        ? ", a torn tail of \(Figure.count(tornBytes, of: "byte"))" : ""))
        }
        Output.standard.flush()
        if result.firstSequence > 0 {
            Terminal.note(
                "it begins with event \(result.firstSequence): those before are not here")
        }
        for problem in result.problems { Terminal.error("\(problem)") }
        guard result.isSound else { throw Outcome.wrong }
    }
}
