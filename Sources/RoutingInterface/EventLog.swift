package import EventArchive

/// The journal of a bus, as those see it who read it: every event of the bus in its order, found again
/// by sequence number.
///
/// Delivery knows nothing else of where events are kept: whoever fell behind asks the log for a reader.
/// `BusArchive` of `EventRouting` is the log in an archive directory; tests have one in memory.
///
/// Appending is no part of it, nor what goes with that: how far the disk is, and why nothing can be
/// appended. The lane of a bus appends each event to a log of a concrete type, which it keeps unmanaged;
/// what is behind a protocol can't be kept so, and to call it would count a reference for each event.
package protocol EventLog: AnyObject, Sendable {
    /// One more than the last sequence number. On the queue of the bus's lane.
    var nextSequence: UInt64 { get }

    /// Opens a reader of the events from a sequence number on: of what is there, and of what is appended
    /// while it is used. From any thread; may look at all that the log has.
    ///
    /// - Throws: why the log can't be read now. It may be another time.
    func makeReader(from first: UInt64) throws(ArchiveError) -> any EventLogReader
}

/// Gives the events of a log in their order, and follows what is appended. One thread at a time.
package protocol EventLogReader: AnyObject {
    /// The numbers of the events that the log had when this was opened, whatever it was opened for: what
    /// is below is gone; what lies within and is not given can't be read.
    var sequences: Range<UInt64> { get }

    /// Numbers within what was read until now that can't be read, and were passed over. O(gaps),
    /// allocates.
    var gaps: [Range<UInt64>] { get }

    /// Gives the next events, one after the other, at most so many, until `body` says that it wants no
    /// more. The one that it said this to counts as given.
    ///
    /// One call for many events, so that what a call through a protocol costs is nothing for each of
    /// them. O(events given and passed over); `body` must not use the reader.
    ///
    /// - Parameters:
    ///   - count: how many at most.
    ///   - body: gets an event, and says whether to go on.
    /// - Returns: whether there is nothing more at the moment.
    /// - Throws: why the next event can't be read now. It is the next one still.
    func read(
        upTo count: Int, _ body: (LoggedEvent) -> Bool
    ) throws(ArchiveError) -> Bool
}

/// An event as it was read from a log.
package struct LoggedEvent {
    /// Its bytes, there until the call that got them returns.
    package var bytes: UnsafeRawBufferPointer
    /// Its number.
    package var sequence: UInt64
    /// When the log got it, in nanoseconds since 1970.
    package var ingestTime: Int64
    /// How many buses it came through before the one that this is the log of.
    package var hops: UInt8

    /// Puts one together.
    @inlinable
    package init(
        bytes: UnsafeRawBufferPointer, sequence: UInt64, ingestTime: Int64, hops: UInt8
    ) {
        self.bytes = bytes
        self.sequence = sequence
        self.ingestTime = ingestTime
        self.hops = hops
    }
}
