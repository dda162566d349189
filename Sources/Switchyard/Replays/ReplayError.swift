public import EventArchive

/// Why a replay can't be started: in the service's words where it has some.
public enum ReplayError: Error, Sendable, CustomStringConvertible {
    /// Something else of the router is wrong: there is no such bus or rule, or it was closed.
    case router(RouterError)
    /// There was a replay of this name.
    case nameExists(String)
    /// The bus has no archive.
    case noArchive(bus: String)
    /// The archive can't be read.
    case archive(ArchiveError)
    /// The end is not behind the start.
    case emptyTimeRange
    /// The factor of the pace is not greater than 0.
    case invalidPace(Double)
    /// Events that are archived again go to all rules.
    case rulesOfArchivedEvents
    /// So many are under way.
    case tooMany(limit: Int)

    /// What is wrong.
    public var description: String {
        switch self {
        case .router(let error): error.description
        case .nameExists(let name): "Replay \(name) already exists."
        case .noArchive(let bus): "Event bus \(bus) has no archive to replay."
        case .archive(let error): error.description
        case .emptyTimeRange:
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
        case .invalidPace(let factor): "A pace of \(factor) is none: it has to be greater than 0."
        case .rulesOfArchivedEvents:
            "Events that are archived again are published anew, to all rules: rules can't be chosen."
        case .tooMany(let limit):
            "The requested resource exceeds the maximum number allowed. (replays: \(limit))"
        }
    }
}
