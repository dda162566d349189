package import EventArchive

/// The journal of a bus, as delivery and replay see it: every event of the bus in its order, found
/// again by sequence number.
package protocol EventLog: AnyObject, Sendable {
    /// Where it is.
    var directory: String { get }

    /// One more than the last sequence number. On the queue of the bus's lane.
    var nextSequence: UInt64 { get }

    /// How far it has come, and how much of that is durable.
    var watermark: ArchiveWatermark { get }

    /// Why nothing can be appended, if so.
    var currentFailure: ArchiveError? { get }
}
