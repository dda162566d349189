import EventArchive
import InternalSystem
import RoutingInterface

/// The log of a bus in memory, in which tests make gaps, and which they break.
final class MemoryLog: EventLog {
    private struct State {
        var events: [[UInt8]] = []
        /// What retention has left begins here.
        var first: UInt64 = 0
        /// What nobody can read.
        var lost: [Range<UInt64>] = []
        var failure: ArchiveError?
        var readerBreaksAt: UInt64?
        var asked = 0
    }

    private let state = Guarded(State())
    private let ingestTime: Int64

    /// - Parameter ingestTime: when it gets all of its events, in nanoseconds since 1970.
    init(ingestTime: Int64) { self.ingestTime = ingestTime }

    var nextSequence: UInt64 { state.withLock { UInt64($0.events.count) } }

    /// How often somebody asked for a reader.
    var askedCount: Int { state.withLock { $0.asked } }

    /// Why it can't be read, neither by those who read nor by those who begin to.
    var failure: ArchiveError? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }

    /// From where on the next reader will fail, whatever is done about it.
    var readerBreaksAt: UInt64? {
        get { state.withLock { $0.readerBreaksAt } }
        set { state.withLock { $0.readerBreaksAt = newValue } }
    }

    /// Adds an event, and gives its number.
    func append(_ event: [UInt8]) -> UInt64 {
        state.withLock {
            $0.events.append(event)
            return UInt64($0.events.count - 1)
        }
    }

    /// Removes what is below a number, as retention does.
    func remove(below first: UInt64) { state.withLock { $0.first = first } }

    /// Makes events unreadable.
    func lose(_ sequences: Range<UInt64>) { state.withLock { $0.lost.append(sequences) } }

    func makeReader(from first: UInt64) throws(ArchiveError) -> any EventLogReader {
        let failure = state.withLock {
            $0.asked += 1
            return $0.failure
        }
        if let failure { throw failure }
        return state.withLock { state in
            defer { state.readerBreaksAt = nil }
            return Reader(
                self, state.first..<UInt64(state.events.count), from: max(first, state.first),
                breaksAt: state.readerBreaksAt)
        }
    }

    private final class Reader: EventLogReader {
        let sequences: Range<UInt64>
        private(set) var gaps: [Range<UInt64>] = []
        private let log: MemoryLog
        private var position: UInt64
        private let breaksAt: UInt64?

        init(_ log: MemoryLog, _ sequences: Range<UInt64>, from first: UInt64, breaksAt: UInt64?) {
            self.log = log
            self.sequences = sequences
            position = first
            self.breaksAt = breaksAt
        }

        func read(
            upTo count: Int, _ body: (LoggedEvent) -> Bool
        ) throws(ArchiveError) -> Bool {
            for _ in 0..<count {
                if let failure = log.failure { throw failure }
                if position == breaksAt { throw .fileCut }
                while let gap = log.gap(at: position) {
                    gaps.append(gap)
                    position = gap.upperBound
                }
                guard let bytes = log.event(at: position) else { return true }
                let sequence = position
                position += 1
                let wantsMore = bytes.withUnsafeBytes {
                    body(
                        LoggedEvent(
                            bytes: $0, sequence: sequence, ingestTime: log.ingestTime, hops: 0))
                }
                if !wantsMore { return false }
            }
            return false
        }
    }

    private func gap(at position: UInt64) -> Range<UInt64>? {
        state.withLock { $0.lost.first { $0.contains(position) } }
    }

    private func event(at position: UInt64) -> [UInt8]? {
        state.withLock { position < $0.events.count ? $0.events[Int(position)] : nil }
    }
}
