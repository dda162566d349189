import Foundation

/// A place for an archive, which does not exist yet; whoever uses it removes it, with everything in
/// it.
///
/// It lies in the directory for temporary files, or in that which the environment variable
/// `SWITCHYARD_BENCHMARK_DIRECTORY` names: the disk under it is what archives are measured on, and a
/// file system in memory makes every sync free.
struct ScratchDirectory {
    /// Its path.
    let path: String

    /// Chooses a path; nothing is made.
    init() {
        let parent =
            ProcessInfo.processInfo.environment["SWITCHYARD_BENCHMARK_DIRECTORY"]
            ?? FileManager.default.temporaryDirectory.path
        path = parent + "/switchyard-benchmark-" + UUID().uuidString
    }

    /// Removes it if it is there.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
