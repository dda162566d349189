import EventArchive
import EventMatching
import EventPipeline
import Foundation
import JSONScan
import Switchyard
import Synchronization
import TestSupport
import Testing

/// What a delivery got, from the worker's thread.
final class Received: Sendable {
    struct Event: Equatable {
        var text: String
        var rules: [UInt32]
        var sequence: UInt64
    }

    nonisolated(unsafe) private var list: [Event] = []
    private let queue = DispatchQueue(label: "received")

    var events: [Event] { queue.sync { list } }

    func take(_ event: borrowing RoutedEvent) {
        let text = event.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let rules = event.matches.indices.map { event.matches[$0] }
        let sequence = event.sequence
        queue.sync { list.append(Event(text: text, rules: rules, sequence: sequence)) }
    }
}

private func rules(_ patterns: String...) throws -> RuleSet {
    try RuleSet(
        patterns.enumerated().map { try Rule(name: "rule\($0.offset)", pattern: $0.element) })
}

/// An archive in small segments.
private func archive(_ folder: TemporaryFolder) -> EventBus.Configuration {
    EventBus.Configuration(
        archive: .init(
            directory: folder.path + "/archive",
            configuration: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none)))
}

@Suite struct EventBusTests {
    @Test("an event is delivered once, with the rules that match it")
    func deliversMatches() throws {
        let received = Received()
        let bus = try EventBus(
            rules: try rules(
                #"{"state":["on"]}"#, #"{"state":["off"]}"#, #"{"state":[{"exists":true}]}"#)
        ) { received.take($0) }
        try bus.publish(#"{"state":"off"}"#)
        try bus.publish(#"{"state":{}}"#)
        bus.drain()
        #expect(
            received.events == [
                .init(text: #"{"state":"off"}"#, rules: [1, 2], sequence: 0),
                .init(text: #"{"state":{}}"#, rules: [], sequence: 1),
            ])
        try bus.close()
        #expect(bus.statistics.delivered == 2)
        #expect(bus.statistics.matches == 2)
        #expect(bus.statistics.matchedEvents == 1)
    }

    @Test("events of each publisher keep their order, and none is lost or delivered twice")
    func keepsOrder() throws {
        let perPublisher = 5_000
        let folder = try TemporaryFolder()
        let received = Received()
        let bus = try EventBus(
            rules: try rules(#"{"p":[0,1,2,3]}"#), configuration: archive(folder)
        ) { received.take($0) }
        DispatchQueue.concurrentPerform(iterations: 4) { publisher in
            // The bus has slabs for as many.
            guard let events = try? bus.makePublisher() else { return }
            for number in 0..<perPublisher {
                let text = Array(#"{"p":\#(publisher),"n":\#(number)}"#.utf8)
                try? events.publish(text.span.bytes)
            }
            events.flush()
        }
        try bus.close()
        let events = received.events
        try #require(events.count == 4 * perPublisher)
        #expect(events.map(\.sequence) == Array(0..<UInt64(4 * perPublisher)))
        for publisher in 0..<4 {
            let own = events.map(\.text).filter { $0.hasPrefix(#"{"p":\#(publisher),"#) }
            #expect(own == (0..<perPublisher).map { #"{"p":\#(publisher),"n":\#($0)}"# })
        }
        #expect(bus.watermark?.appended == UInt64(4 * perPublisher))
    }

    @Test("what is no JSON object is refused with its error, and nothing is queued")
    func refusesInvalidEvents() throws {
        let bus = try EventBus(rules: try rules(#"{"a":[1]}"#))
        for (text, offset) in [(#"{"a":01}"#, 5), ("[1]", 0), (#"{"a":"#, 5), ("", 0)] {
            do throws(PublishError) {
                try bus.publish(text)
                Issue.record("\(text) was accepted")
            } catch {
                guard case .invalid(let json) = error else {
                    Issue.record("\(text): \(error)")
                    continue
                }
                #expect(json.offset == offset, "\(text)")
            }
        }
        try bus.close()
        #expect(bus.statistics.accepted == 0)
    }

    @Test("an event longer than a slab is refused, one as long is delivered")
    func refusesLargeEvents() throws {
        var configuration = EventBus.Configuration()
        configuration.slabBytes = 4_096
        let received = Received()
        let bus = try EventBus(rules: try rules(#"{"a":[1]}"#), configuration: configuration) {
            received.take($0)
        }
        func event(_ count: Int) -> String {
            #"{"a":"\#(String(repeating: "x", count: count - 8))"}"#
        }
        #expect(throws: PublishError.tooLarge(bytes: 4_097, limit: 4_096)) {
            try bus.publish(event(4_097))
        }
        try bus.publish(event(4_096))
        try bus.close()
        #expect(received.events.map(\.text.utf8.count) == [4_096])
    }

    @Test("after close nothing is accepted, and what was accepted before was delivered")
    func closes() throws {
        let received = Received()
        let bus = try EventBus(rules: try rules(#"{"a":[1]}"#)) { received.take($0) }
        let publisher = try bus.makePublisher()
        for _ in 0..<100 { try publisher.publish(Array(#"{"a":1}"#.utf8).span.bytes) }
        publisher.flush()
        try bus.close()
        #expect(received.events.count == 100)
        #expect(throws: PublishError.closed) {
            // A batch is taken before the ring is asked.
            for _ in 0..<1_000 { try publisher.publish(Array(#"{"a":1}"#.utf8).span.bytes) }
        }
        #expect(throws: PublishError.closed) { try bus.publish(#"{"a":1}"#) }
    }

    @Test("a full bus refuses, or drops and counts, as it was told", arguments: [true, false])
    func appliesBackPressure(fails: Bool) throws {
        var configuration = EventBus.Configuration()
        configuration.waitingEventsMax = 64
        configuration.backPressure = fails ? .fail : .dropNewest
        let gate = DispatchSemaphore(value: 0)
        let bus = try EventBus(rules: try rules(#"{"a":[1]}"#), configuration: configuration) { _ in
            gate.wait()
        }
        let publisher = try bus.makePublisher()
        var accepted: UInt64 = 0
        var error: PublishError?
        let event = Array(#"{"a":1}"#.utf8)
        // A ring of 64, a batch of 64, and a run that the worker holds.
        for _ in 0..<1_000 where error == nil {
            do throws(PublishError) {
                try publisher.publish(event.span.bytes)
                accepted += 1
            } catch let refused {
                error = refused
            }
        }
        #expect(error == (fails ? .full : .dropped))
        #expect(accepted >= 64)
        let waiting = accepted
        let releaser = Thread { for _ in 0..<waiting { gate.signal() } }
        releaser.start()
        while publisher.flush() > 0 { usleep(1_000) }
        publisher.close()
        try bus.close()
        #expect(bus.statistics.delivered == accepted)
        #expect(bus.statistics.dropped == (fails ? 0 : 1))
    }

    @Test("a bus opened on an archive goes on with its sequence numbers")
    func reopens() throws {
        let folder = try TemporaryFolder()
        for round in 0..<3 {
            let received = Received()
            let bus = try EventBus(
                rules: try rules(#"{"a":[1]}"#), configuration: archive(folder)
            ) { received.take($0) }
            for _ in 0..<10 { try bus.publish(#"{"a":1}"#) }
            try bus.close()
            #expect(
                received.events.map(\.sequence)
                    == Array(UInt64(round * 10)..<UInt64(round * 10 + 10)))
        }
    }

    @Test("a second bus on the same archive is refused while the first is open")
    func locksArchive() throws {
        let folder = try TemporaryFolder()
        let rules = try rules(#"{"a":[1]}"#)
        let first = try EventBus(rules: rules, configuration: archive(folder))
        #expect(throws: ArchiveError.locked(directory: folder.path + "/archive")) {
            _ = try EventBus(rules: rules, configuration: archive(folder))
        }
        try first.close()
    }

    @Test(
        "when the disk is full, publishing ends with that error, and the archive is whole up to there"
    )
    func reportsFullDisk() throws {
        let folder = try TemporaryFolder()
        var configuration = archive(folder)
        // Events that the archive does not take stand for any error of an append.
        configuration.archive?.configuration.eventBytesMax = 100
        let received = Received()
        let bus = try EventBus(rules: try rules(#"{"a":[1]}"#), configuration: configuration) {
            received.take($0)
        }
        try bus.publish(#"{"a":1}"#)
        bus.drain()
        try bus.publish(#"{"a":"\#(String(repeating: "x", count: 200))"}"#)
        bus.drain()
        let expected = ArchiveError.eventTooLarge(bytes: 208, limit: 100)
        #expect(throws: PublishError.archive(expected)) { try bus.publish(#"{"a":1}"#) }
        #expect(throws: expected) { try bus.close() }
        #expect(received.events.count == 1)
        #expect(bus.statistics.refused == 1)
        let reader = try ArchiveReader(directory: folder.path + "/archive")
        #expect(reader.sequences == 0..<1)
    }
}
