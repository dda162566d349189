internal import EventArchive
internal import RoutingInterface

// What a catch-up has of its bus's log.
extension CatchUp {
    /// An event that waits for room, with bytes of its own.
    struct HeldEvent {
        let bytes: [UInt8]
        let sequence: UInt64
        let ingestTime: Int64
        let hops: UInt8

        init(_ event: LoggedEvent) {
            bytes = Array(event.bytes)
            (sequence, ingestTime, hops) = (event.sequence, event.ingestTime, event.hops)
        }

        func withEvent<Result>(_ body: (LoggedEvent) -> Result) -> Result {
            bytes.withUnsafeBytes {
                body(
                    LoggedEvent(
                        bytes: $0, sequence: sequence, ingestTime: ingestTime, hops: hops))
            }
        }
    }

    /// A reader, with what it was opened for.
    struct Reading {
        let reader: any EventLogReader
        let first: UInt64
        /// The first number that the log has at all.
        let logFirst: UInt64
        /// Behind the last event that was there when it was opened: what is below and does not come is
        /// missing.
        let knownEnd: UInt64

        init(_ log: any EventLog, from first: UInt64) throws(ArchiveError) {
            reader = try log.makeReader(from: first)
            self.first = first
            knownEnd = max(reader.sequences.upperBound, first)
            logFirst = min(max(reader.sequences.lowerBound, first), knownEnd)
        }

        /// How many of the numbers from the first one to this one can't be read.
        func missing(below position: UInt64) -> UInt64 {
            let passed = logFirst..<max(logFirst, position)
            return reader.gaps.reduce(min(logFirst, position) - first) {
                $0 + UInt64($1.clamped(to: passed).count)
            }
        }
    }
}
