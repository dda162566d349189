internal import EventArchive
internal import EventDelivery
internal import EventEnvelope
internal import InternalSystem

/// An archive as the control plane keeps it. Only touched under the router's control lock.
final class ArchiveState {
    let scope: ResourceScope
    let name: String
    /// What it is called by the router's own account and region.
    let label: String
    /// Where its files are.
    let directory: String
    var stored: StoredArchive
    /// Its files, if it is fed, or was.
    private(set) var feed: ArchiveFeed?
    /// Why they could not be opened the last time, if so.
    private var openingFailure: ArchiveError?
    /// Why nothing can be written to them now, if so.
    var failure: ArchiveError? { openingFailure ?? feed?.failure }

    init(
        _ name: String, in scope: ResourceScope, label: String, directory: String,
        _ stored: StoredArchive
    ) {
        self.name = name
        self.scope = scope
        self.label = label
        self.directory = directory
        self.stored = stored
    }

    var arn: String { ResourceName.archive(scope, name: name).arn }

    /// The rule that feeds it.
    var rule: RuleID { RuleID(StoredArchive.ruleName(ofArchive: name), of: stored.source) }

    /// What its rule's target is as data.
    var targetDefinition: TargetDefinition {
        TargetDefinition(id: rule.name, .other(arn))
    }

    /// Adds it to what is kept.
    func put(into batch: inout ConfigurationBatch) throws(ConfigurationStoreError) {
        try batch.put(.archive(scope, name: name), stored)
    }

    /// Opens its files, which a target is to write and close.
    func open(_ configuration: RouterConfiguration) throws(RouterError) -> Target {
        var wanted = configuration.namedArchives
        wanted.eventBytesMax = min(configuration.eventBytesMax, ArchiveFormat.eventBytesMax)
        // Room for four of the longest events, or a segment could hold less than one.
        wanted.segmentBytes = max(
            wanted.segmentBytes, (4 * wanted.eventBytesMax + 4_095) / 4_096 * 4_096)
        wanted.retention = stored.retention
        // Who wrote it before has been told to end, and closes it first.
        feed?.waitUntilClosed()
        let clock = configuration.clock
        do throws(ArchiveError) {
            let feed = ArchiveFeed(
                try ArchiveWriter(directory: directory, configuration: wanted, clock: clock))
            (self.feed, openingFailure) = (feed, nil)
            let definition = targetDefinition
            return Target(
                id: definition.id, .immediate { ArchiveTarget(feed, clock: clock) }, .event,
                definition.retryPolicy)
        } catch {
            openingFailure = error
            throw .archiveFiles(archive: label, error)
        }
    }
}

extension StoredArchive {
    /// How long it keeps events.
    var retention: ArchiveRetention {
        ArchiveRetention(ageNanoseconds: ArchiveDefinition.ageNanoseconds(days: retentionDays))
    }
}

extension TargetDefinition {
    /// The archive that it names, if it names one.
    var archive: (scope: ResourceScope, name: String)? {
        guard case .other(let arn) = destination, ARN.isMeant(by: arn),
            case .archive(let scope, let name)? = try? ResourceName(arn)
        else { return nil }
        return (scope, name)
    }
}
