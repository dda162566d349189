internal import InternalSystem

/// What the targets of this process that write one file take turns by: a run of lines is written, or
/// taken back, without anything of another target in between.
///
/// There is one for each file that is open, as long as somebody holds it.
final class FileTurn: Sendable {
    private let lock = Lock()

    /// Those that somebody holds.
    private static let current = Guarded<[FileIdentity: Held]>([:])

    private struct Held { weak var turn: FileTurn? }

    /// The one of a file.
    static func of(_ file: FileIdentity) -> FileTurn {
        current.withLock { current in
            if let turn = current[file]?.turn { return turn }
            // As few as there are files open: what nobody holds any more goes here.
            current = current.filter { $0.value.turn != nil }
            let turn = FileTurn()
            current[file] = Held(turn: turn)
            return turn
        }
    }

    /// Runs `body` while no other target is at the file.
    func take<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock(body)
    }
}
