#if Server
    internal import EventEnvelope
    internal import JSONScan
    internal import Switchyard

    /// Follows the log of a bus for one reader, from now on: what a pattern matches, as server-sent
    /// events, and how many events were not looked at.
    ///
    /// It reads the log as any other process could, so that a bus knows nothing of it, and nothing is kept
    /// for it: who is further behind than it may be goes on at the log's end, and is told how many events
    /// lie between. Nobody knows how many of these the pattern would have matched.
    ///
    /// | event | data |
    /// | --- | --- |
    /// | `begin` | `{"bus": ARN, "sequence": N}`: it is told of everything from this number on |
    /// | `event` | `{"sequence": N, "ingestTime": "...", "event": {...}}`; its id is the number |
    /// | `leftOut` | `{"events": N, "from": N, "until": N}`: events that were not looked at |
    /// | `end` | `{"reason": "..."}`: nothing follows |
    ///
    /// `@unchecked Sendable`: used by one task, one call after the other.
    final class BusTail: @unchecked Sendable {
        /// What is asked for.
        struct Request: Sendable {
            /// The bus's resource name.
            var bus: String
            /// What of it; nil for everything.
            var pattern: EventPattern?
            /// How far behind it may be, in events.
            var lag: Int
        }

        /// How much is read in one go: the text of a step is no longer than the first of these and an
        /// event.
        private static let stepBytes = 256 << 10
        private static let stepEvents = 4_096

        private let request: Request
        private let router: Switchyard.Router
        private let directory: String
        private var log: Log
        private var matcher: Matcher?
        private var scanner = StructuralScanner()

        /// Where it is in the log.
        private struct Log: ~Copyable {
            var cursor: ArchiveCursor
            /// The number of the next event, if none is missing.
            var next: UInt64

            init(_ directory: String, from next: UInt64) throws(ArchiveError) {
                let reader = try ArchiveReader(following: directory)
                cursor = reader.cursor(over: .sequence(next), following: true)
                self.next = next
            }

            /// Hands on what has come, until there is no more or nobody wants more.
            ///
            /// - Returns: whether it is at the end.
            mutating func read(_ take: (Record) -> Bool) throws(ArchiveError) -> Bool {
                while let record = try cursor.next() {
                    let missing = next..<record.sequence
                    next = record.sequence + 1
                    // There until the cursor is asked again.
                    let bytes = record.bytes.withUnsafeBytes { $0 }
                    let isTaken = take(
                        Record(
                            missing: missing, sequence: record.sequence,
                            ingestTime: record.ingestTime, bytes: bytes))
                    if !isTaken { return false }
                }
                return true
            }
        }

        /// An event in the log.
        private struct Record {
            /// What should lie before it, and does not: retention removed it first, or it is damaged.
            var missing: Range<UInt64>
            var sequence: UInt64
            var ingestTime: Int64
            var bytes: UnsafeRawBufferPointer
        }

        /// Begins at the end of a bus's log.
        ///
        /// - Throws: there is no such bus, or no log of it, or the pattern can't be compiled.
        init(_ request: Request, _ router: Switchyard.Router) throws(AdminFailure) {
            self.request = request
            self.router = router
            do throws(RouterError) {
                guard let directory = try router.archiveDirectory(of: request.bus) else {
                    throw RouterError.noSuchArchive(request.bus)
                }
                self.directory = directory
                let end = try router.statistics(bus: request.bus).archived ?? 0
                do throws(ArchiveError) { log = try Log(directory, from: end) } catch {
                    throw RouterError.archive(bus: request.bus, error)
                }
            } catch { throw AdminFailure(error) }
            guard let pattern = request.pattern else { return }
            do throws(RuleError) {
                matcher = Matcher(try RuleSet([Rule(name: "pattern", pattern: pattern)]))
            } catch { throw .invalid("pattern: \(error)") }
        }

        /// The first thing that is said.
        var begin: [UInt8] {
            var data = JSONObjectWriter()
            data.member("bus", request.bus)
            data.member("sequence", number: log.next)
            return Self.message("begin", data.finish())
        }

        /// The last thing that is said.
        static func end(_ reason: String) -> [UInt8] {
            var data = JSONObjectWriter()
            data.member("reason", reason)
            return message("end", data.finish())
        }

        /// What has come since the last time, up to a limit; empty where nothing has that is asked for.
        ///
        /// - Returns: the text, and whether it is at the end of the log.
        /// - Throws: the bus is gone, or its log can't be read.
        func step() throws(AdminFailure) -> (text: [UInt8], isAtEnd: Bool) {
            do throws(RouterError) {
                let end = try router.statistics(bus: request.bus).archived ?? 0
                var text: [UInt8] = []
                do throws(ArchiveError) {
                    let next = log.next
                    if end > next, end - next > UInt64(request.lag) {
                        log = try Log(directory, from: end)
                        text += Self.leftOut(next..<end)
                    }
                    let isAtEnd = try read(to: &text)
                    return (text, isAtEnd)
                } catch { throw RouterError.archive(bus: request.bus, error) }
            } catch { throw AdminFailure(error) }
        }

        private func read(to text: inout [UInt8]) throws(ArchiveError) -> Bool {
            var (found, count) = (text, 0)
            defer { text = found }
            return try log.read { record in
                if !record.missing.isEmpty { found += Self.leftOut(record.missing) }
                if isWanted(record.bytes) {
                    found += Self.message("event", id: record.sequence, Self.data(record))
                }
                count += 1
                return count < Self.stepEvents && found.count < Self.stepBytes
            }
        }

        private func isWanted(_ event: UnsafeRawBufferPointer) -> Bool {
            guard matcher != nil else { return true }
            guard let index = try? scanner.scan(event) else { return false }
            return matcher?.matchUnborrowed(index).isEmpty == false
        }

        private static func data(_ record: Record) -> [UInt8] {
            var data = JSONObjectWriter()
            data.member("sequence", number: record.sequence)
            data.member("ingestTime", EventTime(record.ingestTime).description)
            // Line breaks, which JSON has between values alone, would end the data.
            data.member(
                "event",
                json: record.bytes.lazy.map { byte in
                    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                        ? UInt8(ascii: " ") : byte
                })
            return data.finish()
        }

        private static func leftOut(_ sequences: Range<UInt64>) -> [UInt8] {
            var data = JSONObjectWriter()
            data.member("events", number: sequences.upperBound - sequences.lowerBound)
            data.member("from", number: sequences.lowerBound)
            data.member("until", number: sequences.upperBound)
            return message("leftOut", data.finish())
        }

        private static func message(
            _ event: String, id: UInt64? = nil, _ data: [UInt8]
        ) -> [UInt8] {
            var text = Array("event: \(event)\n".utf8)
            if let id { text += "id: \(id)\n".utf8 }
            text += "data: ".utf8
            text += data
            text += "\n\n".utf8
            return text
        }
    }
#endif
