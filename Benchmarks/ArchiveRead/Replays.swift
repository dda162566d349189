import EventArchive
import EventMatching
import EventWorkload
import Foundation
import Switchyard

/// Reading and matching together, beside matching alone.
enum Replays {
    static func throughRules() throws {
        let count = 100_000
        let events = Workload.aws.events(count: count)
        let rules = try RuleSet(
            Workload.aws.rules(count: 1_000).map { try Rule(name: $0.name, pattern: $0.pattern) })
        let directory = Scratch()
        let writer = try ArchiveWriter(
            directory: directory.path, configuration: ArchiveConfiguration(durability: .none))
        for index in 0..<count {
            try writer.append(events[index], eventTime: Int64(index), ingestTime: Int64(index))
        }
        try writer.close()
        let reader = try ArchiveReader(directory: directory.path)
        var (alone, replayed): ([Double], [Double]) = ([], [])
        for _ in 0..<ArchiveRead.passes {
            var (matched, found) = (0, 0)
            var matcher = Matcher(rules)
            alone.append(
                try ArchiveRead.time {
                    for index in 0..<count { matched += try matcher.match(events[index]).count }
                })
            var replay = Replay(of: reader, through: rules)
            replayed.append(try ArchiveRead.time { while try replay.step() {} })
            found = Int(replay.matches)
            ArchiveRead.expect(matched == found && found > 0, "\(found) matches, not \(matched)")
        }
        ArchiveRead.report("scan and match alone, 1,000 rules", count, alone)
        ArchiveRead.report("replay through 1,000 rules", count, replayed)
        print(String(format: "  takes %.2f times as long", replayed.median / alone.median))
    }
}
