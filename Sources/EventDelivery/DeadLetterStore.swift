package import EventArchive

/// Where dead letters go, to be read and sent again. ``ArchiveDeadLetterStore`` keeps them in an archive.
///
/// Letters have numbers, in the order in which they were written; those up to some number were sent
/// again, the others wait. From any thread.
package protocol DeadLetterStore: AnyObject, Sendable {
    /// Keeps a letter. Not durable before ``startCommit()``, but it survives the process. May wait for a
    /// disk. One that could not be written is tried again by who has it.
    func write(_ letter: DeadLetter) -> DeadLetterFate

    /// How many letters were removed before they were sent again, because there were too many.
    var removed: UInt64 { get }

    /// Begins to make what was kept durable, and does not wait for it. If it fails, so does every later
    /// ``write(_:)``.
    func startCommit()

    /// The letters that were not sent again and are wanted, oldest first, at most `limit` of them.
    ///
    /// - Throws: why they can't be read.
    func waiting(
        limit: Int, where isWanted: (DeadLetter) -> Bool
    ) throws(ArchiveError) -> [DeadLetter]

    /// Says that all letters up to this one were sent again.
    ///
    /// - Throws: why they may be sent once more after a restart.
    func sent(through number: UInt64) throws

    /// Makes all durable; nothing is written afterwards.
    ///
    /// - Throws: why letters may be lost.
    func close() throws(ArchiveError)
}

/// What became of a dead letter.
package enum DeadLetterFate: Sendable {
    /// It is kept.
    case written
    /// There is no place for it.
    case nowhere
    /// It could not be written. It may be another time.
    case failed
}

/// The store of a router that keeps nothing: no letter has a place.
package final class NoDeadLetters: DeadLetterStore {
    /// Creates one.
    package init() {}

    package func write(_ letter: DeadLetter) -> DeadLetterFate { .nowhere }
    package var removed: UInt64 { 0 }
    package func startCommit() {}
    package func waiting(limit: Int, where isWanted: (DeadLetter) -> Bool) -> [DeadLetter] { [] }
    package func sent(through number: UInt64) {}
    package func close() {}
}
