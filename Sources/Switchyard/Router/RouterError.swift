public import EventArchive
public import EventMatching
internal import Foundation

/// Why a router could not do what it was asked to: in the service's words where it has some.
public enum RouterError: Error, Sendable, CustomStringConvertible {
    /// There is no such bus.
    case noSuchBus(String)
    /// There is one of this name.
    case busExists(String)
    /// The default bus stays.
    case defaultBus
    /// A name is empty, too long, or has characters that names can't have.
    case invalidName(String, what: String, reason: String)
    /// There is no such rule.
    case noSuchRule(String, bus: String)
    /// A rule needs a pattern or a schedule.
    case emptyRule(String)
    /// Schedules are for the default bus.
    case scheduleOnOtherBus
    /// The rule can't be compiled.
    case rule(RuleError)
    /// It still has targets.
    case ruleHasTargets(String)
    /// More than are allowed.
    case limitExceeded(what: String, limit: Int)
    /// There is no such target.
    case noSuchTarget(String, rule: String)
    /// The archive can't be opened or closed.
    case archive(bus: String, ArchiveError)
    /// Another router, of this process or another one, has the directory open.
    case directoryInUse(String)
    /// The archive of dead letters can't be opened, read or closed.
    case deadLetters(ArchiveError)
    /// A file of the router can't be read or written.
    case files(String)
    /// A file or folder of the router can't be made, read or written.
    case unusable(path: String, reason: String)
    /// What the router is made of can't be kept, or read.
    case configuration(ConfigurationStoreError)
    /// What the store tells can't be read.
    case configurationState(RouterStateError)
    /// There can be no such target.
    case target(TargetAdapterError)
    /// There is no such archive.
    case noSuchArchive(String)
    /// There is one of this name.
    case archiveExists(String)
    /// There can be no such archive.
    case invalidArchive(String, reason: String)
    /// A change of an archive that changes nothing.
    case emptyArchiveChange
    /// Archives are fed by rules of their own alone.
    case archiveAsTarget(String)
    /// The files of an archive can't be made, read or removed.
    case archiveFiles(archive: String, ArchiveError)
    /// Where the archive's files would be, there are files of an earlier one.
    case archiveFilesExist(archive: String, path: String)
    /// The rule belongs to something else than the program.
    case managedRule(String, owner: String)
    /// The router was closed.
    case closed

    /// What is wrong.
    public var description: String {
        switch self {
        case .noSuchBus(let bus): "Event bus \(bus) does not exist."
        case .busExists(let bus): "Event bus \(bus) already exists."
        case .defaultBus: "Cannot delete event bus default."
        case .invalidName(let name, let what, let reason):
            "\"\(name)\" can't be the name of \(what == "archive" ? "an" : "a") \(what): \(reason)"
        case .noSuchRule(let rule, let bus): "Rule \(rule) does not exist on EventBus \(bus)."
        case .emptyRule(let rule):
            "Rule \(rule) has neither EventPattern nor ScheduleExpression; it needs one."
        case .scheduleOnOtherBus:
            "ScheduleExpression is supported only on the default event bus."
        case .rule(let error): error.description
        case .ruleHasTargets: "Rule can't be deleted since it has targets."
        case .limitExceeded(let what, let limit):
            "The requested resource exceeds the maximum number allowed. (\(what): \(limit))"
        case .noSuchTarget(let target, let rule): "Rule \(rule) has no target \(target)."
        case .archive(let bus, let error): "the archive of bus \(bus): \(error)"
        case .directoryInUse(let path):
            "\(path): another router has this directory open; close it, or take another directory"
        case .deadLetters(let error): "the archive of dead letters: \(error)"
        case .files(let message): message
        case .unusable(let path, let reason): "\(path): can't be used: \(reason)"
        case .configuration(let error): "the router's configuration: \(error)"
        case .configurationState(let error): "the router's configuration: \(error)"
        case .target(let error): error.description
        case .noSuchArchive(let archive): "Archive \(archive) does not exist."
        case .archiveExists(let archive): "Archive \(archive) already exists."
        case .invalidArchive(let archive, let reason): "archive \(archive): \(reason)"
        case .emptyArchiveChange:
            "At least one of EventPattern, RetentionDays or Description must be provided."
        case .archiveAsTarget(let arn):
            "\(arn) is an archive, which is fed by a rule of its own; make it with createArchive"
        case .archiveFiles(let archive, let error): "archive \(archive): \(error)"
        case .archiveFilesExist(let archive, let path):
            "archive \(archive): \(path) holds the files of an earlier archive that is not known "
                + "any more; move or remove them, or take another name"
        case .managedRule(let rule, let owner):
            "Rule \(rule) is managed by \(owner): change what it belongs to; it can only be removed, by "
                + "force."
        case .closed: "the router was closed"
        }
    }
}

extension RouterError {
    /// With what the system says is the reason, where an error of Foundation has that in it.
    static func unusable(path: String, _ error: any Error) -> RouterError {
        var reason = error as NSError
        while let cause = reason.userInfo[NSUnderlyingErrorKey] as? NSError { reason = cause }
        guard reason.domain == NSPOSIXErrorDomain else {
            return .unusable(path: path, reason: error.localizedDescription)
        }
        return .unusable(path: path, reason: String(cString: strerror(Int32(reason.code))))
    }
}
