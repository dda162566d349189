import CommandOutput
import JSONScan
import Switchyard

/// An event of a file.
struct ReadEvent {
    /// What commands call it: its line where every event is a line, else its place among the events of the
    /// file, from 1.
    let number: Int
    /// Its bytes, valid until the next event is read: an object and nothing else.
    let text: UnsafeRawBufferPointer
    /// The same, scanned.
    let index: StructuralIndex
    fileprivate let document: JSONDocument
    fileprivate let file: String

    /// Something that is wrong with the event as a whole.
    func problem(_ message: String) -> LineProblem {
        LineProblem(file: file, document: document, offset: 0, message: message)
    }
}

/// Calls `body` with each event of a file, however events are laid out there and whatever is around
/// them (``/JSONScan/JSONDocuments``, ``EventForm``); reports what is none, and skips it.
///
/// - Parameters:
///   - path: the file, or `-` for standard input.
///   - chosen: only the event of this number, if there is one.
///   - skipped: counts what is skipped.
/// - Throws: what `body` throws; that the file can't be read; the code to end with, where the policy is
///   strict.
func forEachEvent(
    of path: String, only chosen: Int? = nil, _ skipped: inout SkippedLines,
    _ body: (ReadEvent) throws -> Void
) throws {
    let file = path == "-" ? "standard input" : path
    var envelopes = EnvelopeMaker()
    var hasWarned = false
    do {
        // Input can come slowly, from a pipe: what it led to should not wait for more of it.
        var documents = try JSONDocuments(
            path: path, wrappers: EventForm.wrappers, beforeReading: Output.standard.flush)
        while let document = try documents.next() {
            let number = documents.isLineByLine == true ? document.line : document.number
            guard chosen == nil || chosen == number else { continue }
            func problem(_ offset: Int, _ message: String) -> LineProblem {
                LineProblem(file: file, document: document, offset: offset, message: message)
            }
            let index: StructuralIndex
            switch document.content {
            case .success(let found): index = found
            case .failure(let error):
                try skipped.skip(problem(error.offset, document.message(of: error)))
                continue
            }
            let form = EventForm(of: index, in: document.wrapper)
            if form == .event {
                if !hasWarned, let doubt = EventForm.doubt(index, in: document.wrapper) {
                    hasWarned = true
                    Terminal.note("note: \(problem(0, doubt))")
                }
                try body(
                    ReadEvent(
                        number: number, text: document.text, index: index, document: document,
                        file: file))
                continue
            }
            do throws(EnvelopeError) {
                try envelopes.make(of: JSONValue(index), form)
            } catch {
                try skipped.skip(problem(error.offset, error.message))
                continue
            }
            try envelopes.withEvent { text, index in
                try body(
                    ReadEvent(
                        number: number, text: text, index: index, document: document, file: file))
            }
        }
    } catch let error as InputError {
        throw Outcome.failure(error)
    }
}
