import EventArchive
import Foundation
import StorageReference

/// What reading an archive costs, beside what others read, alternating in one run: 1 KB events, one
/// thread, medians of five. Prints one line a row; arguments choose rows by their names.
@main
enum ArchiveRead {
    /// More make a profile of one row.
    static let passes =
        ProcessInfo.processInfo.environment["ARCHIVE_READ_PASSES"].flatMap { Int($0) } ?? 5

    static func main() throws {
        let wanted = CommandLine.arguments.dropFirst()
        func row(_ name: String, _ body: () throws -> Void) throws {
            if wanted.isEmpty || wanted.contains(name) { try body() }
        }
        try row("hot") { try Scans.compare(cold: false) }
        try row("cold") { try Scans.compare(cold: true) }
        try row("replay") { try Replays.throughRules() }
        try row("times") { try Selections.timeRange() }
        try row("rare") { try Selections.rareSource() }
        try row("sparse") { try Selections.sparseSource() }
        try row("open") { try Selections.openAfterCrash() }
    }

    /// Nanoseconds that something takes.
    static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start)
    }

    static func report(_ name: String, _ count: Int, _ times: [Double]) {
        let rates = times.map { Double(count) / $0 * 1e3 }
        print(
            name.padding(toLength: 46, withPad: " ", startingAt: 0),
            String(
                format: "%8.3f M events/s  (%.3f to %.3f)", Double(count) / times.median * 1e3,
                rates.min() ?? 0, rates.max() ?? 0))
    }

    static func expect(_ isRight: Bool, _ what: @autoclosure () -> String) {
        guard !isRight else { return }
        print("WRONG: \(what())")
        exit(1)
    }
}

/// A directory in the folder for temporary files, removed with the last reference.
final class Scratch {
    let path = NSTemporaryDirectory() + "archive-read-\(UUID().uuidString)"

    init() {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The paths of its files whose names have an ending.
    func files(_ ending: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .filter { $0.hasSuffix(ending) }.map { "\(path)/\($0)" }
    }

    /// Takes its files out of the page cache.
    func forget() throws {
        sync()
        for file in try files() {
            let descriptor = open(file, O_RDONLY)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            close(descriptor)
        }
    }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}
