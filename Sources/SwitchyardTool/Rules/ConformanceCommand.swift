public import ArgumentParser
import CommandOutput
import EventMatching
public import JSONScan

/// `switchyard conformance`
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Run files of conformance cases, and count the wrong answers.",
        discussion: """
            A case is a line {"id", "match": true or false, or "error": true, "pattern", "event"}. \
            Exits with 1 if any answer is wrong or any line is no case.

            EXAMPLES
              switchyard conformance patterns.jsonl quirks.jsonl
              switchyard conformance --kernel portable patterns.jsonl
            """)

    @Argument(help: ArgumentHelp("Files of cases.", valueName: "file"))
    var files: [String]
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many wrong answers to print.", valueName: "n"))
    var show = 10
    @Option(help: "The structural scan to use: best, portable, avx2, avx512 or neon.")
    var kernel = ScanKernel.best
    @Flag(help: "Print {\"cases\": N, \"wrong\": W} instead.")
    var json = false

    func run() throws {
        var scanner = StructuralScanner()
        var cases = 0
        var wrong = 0
        func report(_ line: String) {
            wrong += 1
            if wrong <= show, !json { Terminal.print(line) }
        }
        for file in files {
            try forEachLine(of: file) { line in
                cases += 1
                do throws(JSONError) {
                    guard let read = ConformanceCase(JSONValue(try scanner.scan(line.text))) else {
                        report("\(file):\(line.number): not a conformance case")
                        return
                    }
                    let answer = read.answer(kernel: kernel)
                    guard !answer.agrees(with: read.expected) else { return }
                    report(
                        """
                        \(file):\(line.number): \(read.id): expected \(read.expected), got \(answer)
                          pattern \(String(decoding: read.pattern, as: UTF8.self))
                          event   \(String(decoding: read.event, as: UTF8.self))
                        """)
                } catch {
                    report("\(file):\(line.number): not a conformance case: \(error)")
                }
            }
        }
        guard cases > 0 else { throw Outcome.failure("there are no cases in these files") }
        Terminal.print(
            json ? "{\"cases\":\(cases),\"wrong\":\(wrong)}" : "\(cases) cases, \(wrong) wrong")
        Output.standard.flush()
        if wrong > 0 { throw Outcome.wrong }
    }
}

extension ScanKernel: ExpressibleByArgument {
    /// Reads `best` or a kernel's name; nil where this processor has none of that name.
    public init?(argument: String) {
        guard argument != "best" else {
            self = .best
            return
        }
        guard let kernel = ScanKernel.supported.first(where: { $0.description == argument }) else {
            return nil
        }
        self = kernel
    }
}
