#if Server
    internal import EventEnvelope
    internal import JSONScan
    internal import Switchyard

    /// Looks for events of an id in the log of a bus, which has no index by ids: it reads all of the part that
    /// is asked for.
    struct EventSearch {
        /// Where an event was found.
        struct Found: Sendable {
            var sequence: UInt64
            var ingestTime: Int64
            var bytes: [UInt8]
        }

        /// How many of an id are found in a log: an event comes into one a second time when it is replayed
        /// and archived again, or is sent there by another bus.
        static let foundMax = 16

        private let id: String
        /// How the id is written in an event.
        private let written: [UInt8]
        /// How far a look can move on by the byte under its end: as in Horspool's search (Practical fast
        /// searching in strings, 1980), which looks at one byte in forty of what has no such id.
        private let skips: [Int]

        init(_ id: String) {
            self.id = id
            written = JSONString.quoted(id)
            var skips = Array(repeating: written.count, count: 256)
            for (position, byte) in written.dropLast().enumerated() {
                skips[Int(byte)] = written.count - 1 - position
            }
            self.skips = skips
        }

        /// Searches a log.
        ///
        /// - Parameter range: the numbers of the events that are looked at.
        /// - Throws: the log can't be read.
        func run(
            _ directory: String, _ range: Range<UInt64>
        ) throws(ArchiveError) -> [Found] {
            let reader = try ArchiveReader(following: directory)
            var cursor = reader.cursor(over: .sequences(range), following: true)
            var found: [Found] = []
            while found.count < Self.foundMax, let record = try cursor.next() {
                let (sequence, time) = (record.sequence, record.ingestTime)
                record.bytes.withUnsafeBytes { event in
                    guard accepts(event) else { return }
                    found.append(
                        Found(sequence: sequence, ingestTime: time, bytes: Array(event)))
                }
            }
            return found
        }

        /// Whether an event is of the id.
        func accepts(_ event: UnsafeRawBufferPointer) -> Bool {
            mentions(event) && isNamed(event)
        }

        /// Whether an event has the id anywhere.
        private func mentions(_ event: UnsafeRawBufferPointer) -> Bool {
            var end = written.count
            while end <= event.count {
                if event[(end - written.count)..<end].elementsEqual(written) { return true }
                end += skips[Int(event[end - 1])]
            }
            return false
        }

        /// Whether it is its own.
        private func isNamed(_ event: UnsafeRawBufferPointer) -> Bool {
            let own = try? JSONValue.reading(event, orThrow: \.self) { value throws(JSONError) in
                value["id"]?.string?.description
            }
            return own == id
        }
    }
#endif
