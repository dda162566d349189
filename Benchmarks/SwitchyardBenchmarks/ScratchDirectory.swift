import Foundation

/// A place for an archive that does not exist yet, and is removed with everything in it.
///
/// It lies in the directory for temporary files, or in that which the environment variable
/// `SWITCHYARD_BENCHMARK_DIRECTORY` names: the disk under it is what archives are measured on, and a
/// file system in memory makes every sync free.
final class ScratchDirectory {
    /// Its path.
    let path: String

    /// Chooses a path; nothing is made.
    init() {
        let parent =
            ProcessInfo.processInfo.environment["SWITCHYARD_BENCHMARK_DIRECTORY"]
            ?? FileManager.default.temporaryDirectory.path
        path = parent + "/switchyard-benchmark-" + UUID().uuidString
    }

    deinit { remove() }

    /// Removes it if it is there. Benchmarks keep what their setup made until the process ends, where
    /// nothing is deinitialized any more, so they call this when they are torn down.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
