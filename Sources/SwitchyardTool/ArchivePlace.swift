import ArgumentParser
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
    @Option(help: ArgumentHelp("The size of a segment.", valueName: "MiB"))
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

    /// The directory of a pass.
    func directory(_ pass: Int) -> String {
        archive
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("switchyard-bench-\(getpid())-\(pass)").path
    }

    /// Removes a pass's archive, unless it is to be kept.
    func cleanUp(_ directory: String) {
        if archive == nil { try? FileManager.default.removeItem(atPath: directory) }
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
