import EventArchive
import EventMatching
import Switchyard
import TestSupport
import Testing

@testable import EventReplay

@Suite struct RuleKeysTests {
    private func hash(_ text: String) -> UInt32 {
        Array(text.utf8).withUnsafeBufferPointer { EnvelopeFields.hash($0) }
    }

    private func keys(_ patterns: String...) throws -> RuleKeys {
        RuleKeys(
            try patterns.enumerated().map { try Rule(name: "\($0.offset)", pattern: $0.element) })
    }

    @Test("what every way to match a rule names exactly is known, and nothing else")
    func known() throws {
        let both = try keys(
            #"{"source":["a","b"],"detail-type":["t"]}"#, #"{"source":[{"exactly":"c"}]}"#)
        #expect(both[.source] == [hash("a"), hash("b"), hash("c")])
        #expect(both[.detailType] == nil && both[.account] == nil)
        let either = try keys(#"{"$or":[{"source":["a"]},{"source":["b"],"n":[1]}]}"#)
        #expect(either[.source] == [hash("a"), hash("b")])
        #expect(try keys(#"{"$or":[{"source":["a"]},{"n":[1]}]}"#)[.source] == nil)
        for open in [#"{"prefix":"a"}"#, #"{"anything-but":"a"}"#, "null", #"{"exists":true}"#] {
            #expect(try keys("{\"source\":[\"a\",\(open)]}")[.source] == nil, "\(open)")
        }
        #expect(try keys(#"{"source":["10.0.0.1"]}"#)[.source] == nil, "an address")
        #expect(try keys()[.source] == [])
    }

    @Test("a selection keeps what it asks for itself")
    func narrowing() throws {
        let keys = try keys(#"{"source":["a","b"]}"#)
        let all = ArchiveSelection.all.narrowed(to: keys)
        #expect(all.sources == [0, hash("a"), hash("b")] && all.detailTypes == nil)
        let some = ArchiveSelection(sources: [hash("b"), 5]).narrowed(to: keys)
        #expect(some.sources == [hash("b")])
    }

    /// Sources as they come, and as nobody should write them.
    private static func randomEvent(_ random: inout SeededGenerator) -> String {
        let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
        let other = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
        return switch Int.random(in: 0..<14, using: &random) {
        case 0: #"{"source":["\#(name)","\#(other)"],"n":1}"#
        case 1: #"{"source":"\#(name)","source":"\#(other)"}"#
        case 2: #"{"":{"source":"\#(name)"},"source":"\#(other)"}"#
        case 3: #"{"sourc\u0065":"\#(name)"}"#
        case 4: #"{"source":"\u0061","detail-type":"\#(name)"}"#
        case 5: #"{"n":1}"#
        case 6: #"{"source":[["\#(name)"]],"detail-type":"t"}"#
        default: #"{"source":"\#(name)","detail-type":"\#(other)","n":1}"#
        }
    }

    private static func randomPattern(_ random: inout SeededGenerator) -> String {
        let name = ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? "a"
        let type = ["a", "t"].randomElement(using: &random) ?? "a"
        return switch Int.random(in: 0..<12, using: &random) {
        case 0: #"{"source":[{"prefix":"\#(name)"}]}"#
        case 1: #"{"detail-type":["\#(type)"]}"#
        case 2: #"{"$or":[{"source":["\#(name)"]},{"source":["a"],"n":[1]}]}"#
        case 3: #"{"source":[{"exactly":"\#(name)"}],"detail-type":["\#(type)"]}"#
        default: #"{"source":["\#(name)"]}"#
        }
    }

    @Test(
        "a replay that skips what its rules cannot match finds the same matches",
        arguments: 0..<20)
    func equalsFullReplay(round: UInt64) throws {
        var random = SeededGenerator(stream: 400 + round)
        let folder = try TemporaryFolder()
        let router = try Router(
            RouterConfiguration(
                directory: folder.path,
                archive: ArchiveConfiguration(segmentBytes: 64 << 10, durability: .none)))
        // Long runs of the same, so that whole segments can be passed over.
        for _ in 0..<6 {
            let event = Self.randomEvent(&random)
            for _ in 0..<Int.random(in: 1...600, using: &random) { try router.publish(event) }
        }
        let directory = try #require(try router.archiveDirectory(of: Router.defaultBus))
        try router.close()
        let count = Int.random(in: 1...3, using: &random)
        let rules = try (0..<count).map {
            try Rule(name: "\($0)", pattern: Self.randomPattern(&random))
        }
        let set = try RuleSet(rules)
        let reader = try ArchiveReader(directory: directory)
        if Bool.random(using: &random) { try reader.makeIndexes() }
        func matches(_ keys: RuleKeys?) throws -> [UInt64: [UInt32]] {
            var found: [UInt64: [UInt32]] = [:]
            var replay = Replay(of: reader, through: set, keys: keys)
            while try replay.step(deliver: { event in
                if !event.matches.isEmpty {
                    found[event.sequence] = event.matches.indices.map { event.matches[$0] }
                }
            }) {}
            let statistics = replay.statistics
            #expect(
                replay.events + statistics.recordsSkipped >= reader.sequences.upperBound
                    || keys != nil)
            return found
        }
        #expect(
            try matches(RuleKeys(rules)) == matches(nil),
            "\(rules.map(\.pattern)), SWITCHYARD_SEED=\(testSeed())")
    }
}
