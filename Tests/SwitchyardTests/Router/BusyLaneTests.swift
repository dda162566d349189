import EventArchive
import EventEnvelope
import Foundation
import JSONScan
import TestSupport
import Testing

@testable import Switchyard

/// While many events wait for a lane, publishers match what they publish: what is routed must be the
/// same.
@Suite struct BusyLaneTests {
    @Test("events that their publisher matched go by the rules as they are when routed")
    func matchesAhead() throws {
        let router = try Router()
        let gate = Gate()
        let (old, new) = (Inbox(), Inbox())
        try router.putRules([
            RoutingRule(name: "old", pattern: #"{"n":[{"numeric":[">=",0]}]}"#),
            RoutingRule(name: "even", pattern: #"{"even":[true]}"#),
        ])
        try router.putTargets(
            [
                .inline("t") {
                    // The first event holds up the lane until much waits.
                    if $0.text.contains(#""n":0,"#) { gate.wait() }
                    old.take($0.text)
                }
            ], of: "old")
        try router.putTargets([.inline("t") { new.take($0.text) }], of: "even")
        let publisher = try router.makePublisher()
        func publish(_ numbers: Range<Int>) throws {
            for number in numbers {
                let text = #"{"n":\#(number),"even":\#(number % 2 == 0)}"#
                try publisher.publish(text.utf8Span.span.bytes)
            }
        }
        try publish(0..<4_000)
        #expect(publisher.matchedCount > 1_000, "nothing was matched ahead")
        // Now a rule goes that thousands of waiting events were found to match.
        let change = Thread { try? router.setRule("old", isEnabled: false) }
        change.start()
        while (try? router.rules().first?.rule.isEnabled) != false { usleep(1_000) }
        try publish(4_000..<5_000)
        publisher.flush()
        gate.open()
        publisher.close()
        try router.close()
        // Event 0 was being routed when the rule went.
        #expect(old.count == 1)
        #expect(new.count == 2_500)
        #expect(Set(new.texts).count == 2_500)
        #expect(try router.statistics().routed == 5_000)
    }

    @Test("a publisher to many buses matches for each of them by its own rules")
    func matchesAheadForMany() throws {
        let router = try Router()
        let gate = Gate()
        let busCount = 600
        var handles: [BusHandle] = []
        var inboxes: [Inbox] = []
        for number in 0..<busCount {
            let name = "bus-\(number)"
            try router.createBus(name)
            // One in three differs from all others.
            let wanted = number % 3 == 0 ? number : 0
            try router.putRules(
                [
                    RoutingRule(name: "some", pattern: #"{"n":[\#(wanted),"all"]}"#),
                    RoutingRule(name: "held", pattern: #"{"held":[true]}"#),
                ], on: name)
            let inbox = Inbox()
            try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "some", on: name)
            inboxes.append(inbox)
            handles.append(try router.handle(of: name))
        }
        try router.putTargets([.inline("t") { _ in gate.wait() }], of: "held", on: "bus-0")
        let publisher = try router.makePublisher()
        func publish(_ text: String, to bus: Int) throws {
            try text.utf8CString.withUnsafeBytes {
                try publisher.publish(
                    UnsafeRawBufferPointer(rebasing: $0.dropLast()), to: handles[bus],
                    publishTime: 0)
            }
        }
        try publish(#"{"held":true}"#, to: 0)
        // In turn, so that the memory that they share goes from one to the next.
        for round in 0..<12 {
            for bus in 0..<busCount {
                try publish(#"{"n":\#(round % 2 == 0 ? "\"all\"" : "\(bus)")}"#, to: bus)
            }
        }
        #expect(publisher.matchedCount > busCount * 8, "too little was matched ahead")
        gate.open()
        publisher.close()
        try router.close()
        for bus in 0..<busCount {
            let expected = bus % 3 == 0 ? 12 : 6
            #expect(inboxes[bus].count == expected, "bus \(bus)")
            #expect(try router.statistics(bus: "bus-\(bus)").matchedEvents >= UInt64(expected))
        }
    }

    @Test("what a publisher matched is archived with the envelope that the event has")
    func archivesAhead() throws {
        let folder = try TemporaryFolder()
        let gate = Gate()
        let router = try makeRouter(folder)
        try router.putTargets([.inline("t") { if $0.sequence == 0 { gate.wait() } }], of: "all")
        let publisher = try router.makePublisher()
        for number in 0..<3_000 {
            let text =
                #"{"n":\#(number),"source":"source.number.\#(number % 3)","#
                + #""time":"2026-03-04T05:06:\#(10 + number % 50)Z"}"#
            try publisher.publish(text.utf8Span.span.bytes)
        }
        #expect(publisher.matchedCount > 1_000)
        gate.open()
        publisher.close()
        try router.close()
        let directory = try #require(try router.archiveDirectory(of: "default"))
        var cursor = try ArchiveReader(directory: directory).cursor()
        var scanner = StructuralScanner()
        var envelopes = EnvelopeReader()
        var count = 0
        while let record = try cursor.next() {
            let (keys, time) = (record.keys, record.eventTime)
            let envelope = try record.bytes.withUnsafeBytes { envelopes.read(try scanner.scan($0)) }
            #expect(keys == envelope.keys && time == envelope.time)
            count += 1
        }
        #expect(count == 3_000)
    }
}
