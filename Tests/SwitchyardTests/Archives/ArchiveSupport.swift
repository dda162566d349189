import EventArchive
import EventPattern
import Switchyard
import TestSupport
import Testing

/// Waits until an archive has so many events.
func wait(for count: UInt64, in name: String, of router: Router) async throws {
    await wait { (try? router.archive(name).events) == count }
    #expect(try router.archive(name).events == count)
}

/// An archive to be made.
func archive(
    _ name: String = "kept", of bus: String = "default", pattern: String? = nil, days: Int = 0
) throws -> ArchiveDefinition {
    ArchiveDefinition(
        name: name, of: bus, pattern: try pattern.map { try EventPattern($0) },
        retentionDays: days)
}

/// Replays an archive to a rule, and gives what its target got.
func replayed(
    _ archive: String, of router: Router, count: Int, name: String = "again"
) async throws -> [String] {
    let inbox = Inbox()
    let id = "replays-\(name)"
    try router.putTargets([.closure(id) { inbox.take($0.text) }], of: "all")
    let replay = try router.startReplay(ReplayRequest(name: name, ofArchive: archive))
    await wait { replay.progress.state.hasEnded }
    #expect(replay.progress.state == .completed)
    await inbox.wait(for: count)
    try router.removeTargets([id], of: "all")
    return inbox.texts
}
