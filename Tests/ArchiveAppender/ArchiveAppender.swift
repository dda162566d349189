import EventArchive
import Glibc
import TestSupport

/// Appends numbered events to an archive until it is killed, and writes to standard output, as 8 bytes
/// each, up to where everything is acknowledged. Arguments: directory, durability, seed.
@main
enum ArchiveAppender {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let seed = UInt64(arguments[3]) else { exit(64) }
        var random = SeededGenerator(seed: seed)
        let durabilities: [String: ArchiveDurability] = [
            "none": .none, "batch": .batch, "interval": .interval(milliseconds: 1),
        ]
        guard let durability = durabilities[arguments[2]] else { exit(64) }
        let writer = try ArchiveWriter(
            directory: arguments[1],
            configuration: ArchiveConfiguration(
                segmentBytes: 64 << Int.random(in: 10...13, using: &random),
                durability: durability, prefaultBytes: 64 << 10))
        acknowledge(writer.watermark.appended)
        while true {
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                let event = NumberedEvent.bytes(writer.watermark.appended)
                try writer.append(event.span.bytes, eventTime: 0, ingestTime: 0)
            }
            switch durability {
            case .none: acknowledge(writer.watermark.appended)
            case .batch:
                try writer.commitIfDue(now: 0)
                acknowledge(writer.watermark.durable)
            case .interval:
                var now = timespec()
                clock_gettime(CLOCK_MONOTONIC, &now)
                try writer.commitIfDue(now: Int64(now.tv_sec * 1_000_000_000 + now.tv_nsec))
                acknowledge(writer.watermark.durable)
            }
        }
    }

    private static func acknowledge(_ end: UInt64) {
        var end = end.littleEndian
        guard write(1, &end, 8) == 8 else { exit(1) }
    }
}
