package import AWSWire
package import EventEnvelope
internal import EventRouting
internal import InternalSystem
internal import JSONScan
internal import Switchyard

/// `PutEvents` at speed, for a thread that must not wait, as an event loop has.
///
/// A request is read where it stands in its body: no value is made of anything. Each entry's event is
/// written once, and goes to the publisher, which scans it, and so sees whether the detail is an object.
/// The answer comes when the events are in the logs of their buses.
///
/// It knows the ordinary request only. Whatever else there is (something missing or wrong, escapes where
/// hardly anybody has any, a bus that is not there, or has a policy) is left, before anything is
/// published, to ``EventBridge``'s own `PutEvents`, which says what is to be said of it.
///
/// For one thread at a time. No entry allocates anything once warm, a request only its answer.
package final class PutEventsIntake {
    private let bridge: EventBridge
    private let intake: EventIntake
    private let scanner = ScannerBox()
    private var senders: [ResourceScope: SenderBuses] = [:]
    @exclusivity(unchecked) private var buffer = EnvelopeBuffer()
    @exclusivity(unchecked) private var entries: [Entry] = []
    /// What became of entries that were not taken on, by their positions.
    private var failures: [Int: EntryError] = [:]
    private let limits: EntryLimits

    /// An entry that was read, and its event.
    private struct Entry: BitwiseCopyable {
        let text: EntryText
        let bus: Int
        var written: EnvelopeBuffer.Written?
        /// Whether its event was published, and not taken back.
        var isTaken = false
    }

    /// As many senders as are remembered; each has a few hundred bytes and its buses.
    private static let sendersMax = 1_024

    /// Creates one for a thread.
    ///
    /// - Parameter thread: runs something on the thread, later.
    package init(
        _ bridge: EventBridge,
        on thread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.bridge = bridge
        intake = EventIntake(on: thread)
        limits = bridge.router.configuration.entryLimits
    }

    /// Puts the entries of a request on their buses, if it is an ordinary one.
    ///
    /// - Parameters:
    ///   - body: the request's body.
    ///   - done: called once, on the thread, with the answer's body: now, or later.
    /// - Returns: how many entries it has; nil if the request is not ordinary: then nothing was done, and
    ///   `done` is never called.
    package func put(
        _ body: UnsafeRawBufferPointer, from scope: ResourceScope,
        _ done: @escaping (Result<[UInt8], ServiceError>) -> Void
    ) -> Int? {
        guard let index = try? scanner.scan(body), index.textLength == body.count else {
            return nil
        }
        let sender = sender(scope)
        entries.removeAll(keepingCapacity: true)
        failures.removeAll(keepingCapacity: true)
        buffer.removeAll()
        guard read(index, sender), write(index, sender) else { return nil }
        publish(sender)
        let count = entries.count
        if failures.count == count, failures.values.allSatisfy({ $0.code == .throttling }) {
            done(.failure(.throttling("Rate exceeded")))
            return count
        }
        confirm(sender, answer: answer(), done)
        return count
    }

    private func sender(_ scope: ResourceScope) -> SenderBuses {
        if let known = senders[scope] { return known }
        if senders.count >= Self.sendersMax { senders.removeAll() }
        let sender = SenderBuses(scope, bridge)
        senders[scope] = sender
        return sender
    }

    /// Reads the entries; false where there is anything unusual.
    private func read(_ index: StructuralIndex, _ sender: SenderBuses) -> Bool {
        var members = index.members(of: 0)
        guard let list = members.next(), members.next() == nil,
            JSONString.isPlain(index.stringBytes(at: list.key), "Entries"),
            index.byte(at: list.value) == UInt8(ascii: "[")
        else { return false }
        sender.refresh(intake)
        var size = 0
        for element in index.elements(of: list.value) {
            guard entries.count < limits.entriesMax, let text = EntryText(index, at: element),
                let bus = sender.bus(text.bus, intake)
            else { return false }
            size += text.byteCountMax
            entries.append(Entry(text: text, bus: bus))
        }
        return !entries.isEmpty && size < limits.requestBytes
    }

    /// Writes the events; false where a detail has anything unusual.
    private func write(_ index: StructuralIndex, _ sender: SenderBuses) -> Bool {
        sender.text.set(now: bridge.now)
        for position in entries.indices {
            guard
                let written = buffer.append(entries[position].text, index, from: sender.text)
            else { return false }
            entries[position].written = written
        }
        return true
    }

    private func publish(_ sender: SenderBuses) {
        let time = monotonicNanoseconds()
        let bytes = buffer.bytes
        for position in entries.indices {
            let entry = entries[position]
            guard let written = entry.written else { continue }
            let event = UnsafeRawBufferPointer(
                rebasing: bytes[written.start..<written.start + written.byteCount])
            let failure = intake.publish(
                event, withObjectAt: written.detail, to: sender.buses[entry.bus], publishTime: time)
            if let failure {
                failures[position] = Self.failure(failure)
            } else {
                entries[position].isTaken = true
            }
        }
        flush(sender)
        for entry in entries where entry.isTaken { sender.buses[entry.bus].count(accepted: 1) }
    }

    /// Sends what was published to its lanes; what a lane has no room for is not taken on after all.
    private func flush(_ sender: SenderBuses) {
        var flushed = -1
        for entry in entries where entry.isTaken {
            let bus = sender.buses[entry.bus]
            // Most often all go to one lane; a lane that comes again has nothing left to send.
            if bus.lane == flushed { continue }
            flushed = bus.lane
            let refused = intake.flush(bus)
            if refused > 0 { takeBackSlow(refused, lane: bus.lane, sender) }
        }
    }

    @inline(never)
    private func takeBackSlow(_ count: Int, lane: Int, _ sender: SenderBuses) {
        var left = count
        for position in entries.indices.reversed()
        where left > 0 && entries[position].isTaken
            && sender.buses[entries[position].bus].lane == lane
        {
            entries[position].isTaken = false
            let isClosed = sender.buses[entries[position].bus].isClosed
            failures[position] = EntryError(isClosed ? PublishError.closed : .full)
            left -= 1
        }
    }

    /// Whatever is no event makes its detail malformed: all else in it was written here.
    private static func failure(_ error: PublishError) -> EntryError {
        if case .invalid = error { return .malformedDetail }
        return EntryError(error)
    }

    /// The answer's body.
    private func answer() -> [UInt8] {
        var answer: [UInt8] = []
        answer.reserveCapacity(48 + 64 * entries.count)
        answer += #"{"FailedEntryCount":"#.utf8
        answer += String(failures.count).utf8
        answer += #","Entries":["#.utf8
        for (position, entry) in entries.enumerated() {
            if position > 0 { answer.append(UInt8(ascii: ",")) }
            if let failure = failures[position] {
                answer += #"{"ErrorCode":"#.utf8
                answer += JSONString.quoted(failure.code.rawValue)
                answer += #","ErrorMessage":"#.utf8
                answer += JSONString.quoted(failure.message)
                answer.append(UInt8(ascii: "}"))
            } else if let written = entry.written {
                answer += #"{"EventId":""#.utf8
                answer += buffer.bytes[written.id..<written.id + EventIdentifiers.byteCount]
                answer += #""}"#.utf8
            }
        }
        answer += "]}".utf8
        return answer
    }

    /// Answers once all that was taken on is archived.
    private func confirm(
        _ sender: SenderBuses, answer: [UInt8],
        _ done: @escaping (Result<[UInt8], ServiceError>) -> Void
    ) {
        var buses: [Int] = []
        for entry in entries where entry.isTaken && !buses.contains(entry.bus) {
            buses.append(entry.bus)
        }
        guard !buses.isEmpty else { return done(.success(answer)) }
        let confirmation = Confirmation(count: buses.count)
        for bus in buses {
            intake.confirm(sender.handles[bus]) { failure in
                confirmation.failure = confirmation.failure ?? failure
                confirmation.left -= 1
                guard confirmation.left == 0 else { return }
                if let failure = confirmation.failure {
                    done(
                        .failure(
                            ServiceError("InternalFailure", failure.description, status: 500)))
                } else {
                    done(.success(answer))
                }
            }
        }
    }

    /// How many buses a request still waits for.
    private final class Confirmation {
        var left: Int
        var failure: PublishError?
        init(count: Int) { left = count }
    }
}

/// The buses that a sender has put events on, by the names that it used.
private final class SenderBuses {
    @exclusivity(unchecked) var text: SenderText
    /// By their positions.
    @exclusivity(unchecked) private(set) var buses: [EventIntake.Bus] = []
    /// What keeps them.
    private(set) var handles: [BusHandle] = []
    private var names: [[UInt8]] = []
    /// Positions in `buses`, by hashes of names.
    private var positions: [Int: Int] = [:]
    private var edition: UInt64
    private let scope: ResourceScope
    private let bridge: EventBridge

    /// As many names as are remembered.
    private static let namesMax = 4_096

    init(_ scope: ResourceScope, _ bridge: EventBridge) {
        self.scope = scope
        self.bridge = bridge
        text = SenderText(scope)
        edition = bridge.gate.edition
    }

    /// Forgets what may have become wrong: policies were changed, or there are too many names. Between
    /// requests only, since positions end with it.
    func refresh(_ intake: EventIntake) {
        let newest = bridge.gate.edition
        guard newest != edition || buses.count >= Self.namesMax else { return }
        edition = newest
        buses.removeAll()
        handles.removeAll()
        names.removeAll()
        positions.removeAll()
        intake.forgetRemoved()
    }

    /// The position of a bus among ``buses``; nil where there is none of that name, or it is not the
    /// sender's own, or has a policy: there is more to be asked then. Allocates for a name that is new.
    func bus(_ name: UnsafeRawBufferPointer, _ intake: EventIntake) -> Int? {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        let hash = hasher.finalize()
        if let known = positions[hash], names[known].elementsEqual(name) {
            return buses[known].isClosed ? nil : known
        }
        return lookSlow(for: name, hash, intake)
    }

    @inline(never)
    private func lookSlow(
        for name: UnsafeRawBufferPointer, _ hash: Int, _ intake: EventIntake
    ) -> Int? {
        let text = name.isEmpty ? BusID.defaultName : String(decoding: name, as: UTF8.self)
        guard let id = try? BusID(nameOrARN: text, in: scope), id.account == scope.account,
            bridge.gate.policy(of: id) == nil,
            let handle = bridge.router.handle(of: text, in: scope),
            let bus = try? intake.open(handle)
        else { return nil }
        buses.append(bus)
        handles.append(handle)
        names.append(Array(name))
        positions[hash] = buses.count - 1
        return buses.count - 1
    }
}
