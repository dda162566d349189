import ArgumentParser
import CommandOutput
import EventArchive
import Foundation

/// Where a benchmark's archive goes, and how it is written.
struct ArchivePlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Keep the archive in this directory, and make one pass. By default each pass has an \
            archive of its own in the folder for temporary files, removed afterwards.
            """, valueName: "dir"))
    var archive: String?
    @Option(help: "When events are made durable: none, batch, or milliseconds between commits.")
    var durability = Durability.none
    @Option(parsing: .unconditional, help: ArgumentHelp("The size of a segment.", valueName: "MiB"))
    var segmentMebibytes = 256

    func validate() throws {
        guard (1...32_768).contains(segmentMebibytes) else {
            throw ValidationError("--segment-mebibytes has to be from 1 to 32,768.")
        }
        do throws(ArchiveError) { try archiveConfiguration.validate() } catch {
            throw ValidationError("\(error)")
        }
    }

    var archiveConfiguration: ArchiveConfiguration {
        ArchiveConfiguration(
            segmentBytes: segmentMebibytes << 20, durability: durability.archiveDurability)
    }

    /// The configuration for some events, however long they are.
    func configuration(for events: BenchEvents) -> ArchiveConfiguration {
        var configuration = archiveConfiguration
        let longest = events.longestEvent
        configuration.eventBytesMax = max(configuration.eventBytesMax, longest)
        // A segment has its own header and footer beside the event.
        let needed = (longest + longest / 1_024 + (68 << 10)) & ~4_095
        configuration.segmentBytes = max(configuration.segmentBytes, needed)
        return configuration
    }

    /// The directory of a pass.
    func directory(_ pass: Int) -> String {
        if let archive { return archive }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("switchyard-bench-\(getpid())-\(pass)").path
        Interrupt.cleanUp(folder)
        return folder
    }

    /// Removes a pass's archive, unless it is to be kept.
    func cleanUp(_ directory: String) {
        guard archive == nil else { return }
        try? FileManager.default.removeItem(atPath: directory)
        Interrupt.forget(directory)
    }
}

/// A durability as it is written on the command line.
enum Durability: ExpressibleByArgument, CustomStringConvertible {
    case none
    case batch
    case interval(milliseconds: Int)

    init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "batch": self = .batch
        default:
            guard let milliseconds = Int(argument), milliseconds > 0 else { return nil }
            self = .interval(milliseconds: milliseconds)
        }
    }

    var archiveDurability: ArchiveDurability {
        switch self {
        case .none: .none
        case .batch: .batch
        case .interval(let milliseconds): .interval(milliseconds: milliseconds)
        }
    }

    var description: String {
        switch self {
        case .none: "none"
        case .batch: "batch"
        case .interval(let milliseconds): "every \(milliseconds) ms"
        }
    }
}
