internal import Dispatch
internal import EventArchive
public import EventEnvelope
public import EventPattern
internal import InternalSystem

// Archives by name, as EventBridge has them: fed by a rule of their own, from the moment at which they
// are made. The journal of a bus is another thing: it has every event, and deliveries go by it.
extension Router {
    /// Makes an archive. It gets what is published when this has returned, by a rule
    /// `Events-Archive-NAME` of its bus, which belongs to the archive (``RoutingRule/managedBy``). An
    /// event can be in it twice: after a crash what is not known to have been archived is archived again.
    ///
    /// Events that can't be archived, because the disk is full for instance, are tried again, and become
    /// dead letters as those of other targets.
    ///
    /// - Throws: ``RouterError``: there is an archive or rule of that name already, there is no such bus,
    ///   the router has no directory, or the files can't be made. Nothing has changed then.
    public func createArchive(_ definition: ArchiveDefinition) throws(RouterError) {
        let (scope, name) = try archiveID(definition.name)
        try Self.checkName(name, of: "archive", max: ArchiveDefinition.nameMax)
        try Self.checkRetention(definition.retentionDays, of: name)
        let pattern = try EventPattern.ofArchive(name, definition.pattern)
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let bus = try state(of: definition.bus)
            let label = archiveLabel(scope, name)
            guard bus.id.scope == scope else {
                throw .invalidArchive(
                    label, reason: "it belongs to another account or region than its bus")
            }
            guard control.archives[label] == nil else { throw .archiveExists(label) }
            let stored = StoredArchive(
                source: bus.id, pattern: definition.pattern,
                retentionDays: definition.retentionDays, description: definition.description,
                creationTime: EventTime(configuration.clock.wallTime))
            let archive = ArchiveState(
                name, in: scope, label: label, directory: try archiveFolder(scope, name), stored)
            try beginFolder(of: archive)
            do throws(RouterError) { try feed(archive, pattern, on: bus) } catch {
                archive.feed?.waitUntilClosed()
                // What can't be removed now is marked.
                try? ArchiveRemoval.finish(archive.directory)
                throw error
            }
            control.archives[label] = archive
            try? ArchiveRemoval.undo(archive.directory)
        }
    }

    /// Makes an archive, or has the one of its name be as it is to be: also one that the router had when
    /// it was opened on its directory.
    ///
    /// - Throws: ``RouterError``: as ``createArchive(_:)``, and that the archive is one of another bus.
    public func putArchive(_ definition: ArchiveDefinition) throws(RouterError) {
        do throws(RouterError) { try createArchive(definition) } catch .archiveExists(let known) {
            try change(definition.name) { stored throws(RouterError) in
                guard try state(of: definition.bus).id == stored.source else {
                    throw .archiveExists(known)
                }
                return (definition.pattern, definition.retentionDays, definition.description)
            }
        }
    }

    /// Changes an archive; what is nil stays. One that is not fed any more, because its bus or its rule was
    /// removed, is fed again if its bus is there.
    ///
    /// - Throws: ``RouterError``: there is no such archive, or nothing is to be changed; nothing has
    ///   changed then.
    public func updateArchive(
        _ name: String, pattern: EventPattern? = nil, retentionDays: Int? = nil,
        description: String? = nil
    ) throws(RouterError) {
        if pattern == nil, retentionDays == nil, description == nil { throw .emptyArchiveChange }
        try change(name) { stored throws(RouterError) in
            (
                pattern ?? stored.pattern, retentionDays ?? stored.retentionDays,
                description ?? stored.description
            )
        }
    }

    /// Has an archive be another one.
    private func change(
        _ name: String,
        to wanted: (StoredArchive) throws(RouterError) -> (
            pattern: EventPattern?, retentionDays: Int, description: String
        )
    ) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let archive = try archiveState(name)
            let old = archive.stored
            let new = try wanted(old)
            try Self.checkRetention(new.retentionDays, of: name)
            archive.stored = StoredArchive(
                source: old.source, pattern: new.pattern, patternText: old.patternText,
                retentionDays: new.retentionDays, description: new.description, state: old.state,
                stateReason: old.stateReason, creationTime: old.creationTime, others: old.others)
            do throws(RouterError) {
                let pattern = try EventPattern.ofArchive(archive.label, archive.stored.pattern)
                if let bus = control.buses[label(of: old.source)] {
                    try feed(archive, pattern, on: bus)
                } else {
                    try save { batch throws(ConfigurationStoreError) in
                        try archive.put(into: &batch)
                    }
                }
            } catch {
                archive.stored = old
                // It may be in the store already; what can't be taken back there is what the next router has.
                try? save { batch throws(ConfigurationStoreError) in
                    try archive.put(into: &batch)
                }
                throw error
            }
            archive.feed?.writer.setRetention(archive.stored.retention)
        }
    }

    /// Removes an archive with its rule and its files, for good.
    ///
    /// - Throws: ``RouterError``: there is no such archive; or the archive is gone but for files that can't
    ///   be removed, which is tried again when a router is opened on the directory.
    public func deleteArchive(_ name: String) throws(RouterError) {
        try control.sync { () throws(RouterError) in
            if control.isClosed { throw .closed }
            let archive = try archiveState(name)
            try attempt(archive) { () throws(FileError) in
                try ArchiveRemoval.begin(archive.directory)
            }
            let bus = control.buses[label(of: archive.stored.source)]
            let rule = bus?.rules[archive.rule.name]
            do throws(RouterError) {
                try save { batch throws(ConfigurationStoreError) in
                    try batch.remove(.archive(archive.scope, name: archive.name))
                    guard let rule else { return }
                    try batch.remove(.rule(archive.rule))
                    for target in rule.definitions {
                        try batch.remove(.target(archive.rule, id: target.definition.id))
                    }
                }
            } catch {
                try? ArchiveRemoval.undo(archive.directory)
                throw error
            }
            control.archives[archive.label] = nil
            if let bus, let rule {
                forget(targets: rule.definitions.map(\.definition.id), of: rule, on: bus)
                try forget(rule, on: bus)
            }
            archive.feed?.waitUntilClosed()
            try attempt(archive) { () throws(FileError) in
                try ArchiveRemoval.finish(archive.directory)
            }
        }
    }

    /// An archive as it is now. O(its segments), and a scan of the one that is written.
    ///
    /// - Throws: ``RouterError``: there is no such archive, or its files can't be read.
    public func archive(_ name: String) throws(RouterError) -> ArchiveStatus {
        let archive = try control.sync { () throws(RouterError) in
            snapshot(of: try archiveState(name))
        }
        return try counted(archive)
    }

    /// All archives by name, each as ``archive(_:)`` tells of it.
    ///
    /// - Throws: ``RouterError``: the files of one can't be read.
    public func archives() throws(RouterError) -> [ArchiveStatus] {
        let archives = control.queue.sync {
            control.archives.values.sorted { $0.label < $1.label }.map { snapshot(of: $0) }
        }
        var counted: [ArchiveStatus] = []
        for archive in archives { counted.append(try self.counted(archive)) }
        return counted
    }

    /// The archives of an account in a region, sorted by name, with what is known without their files:
    /// ``ArchiveStatus/events`` and ``ArchiveStatus/bytes`` are 0.
    public func archives(in scope: ResourceScope) -> [ArchiveStatus] {
        control.queue.sync {
            control.archives.values.filter { $0.scope == scope }.sorted { $0.name < $1.name }
                .map { snapshot(of: $0) }
        }
    }

    /// The archives of all accounts and regions, as ``archives(in:)`` tells of them.
    public var allArchives: [ArchiveStatus] {
        control.queue.sync {
            control.archives.values.map { snapshot(of: $0) }.sorted { $0.arn < $1.arn }
        }
    }

    /// What is known without its files. Under the control lock.
    private func snapshot(of archive: ArchiveState) -> ArchiveStatus {
        let bus = label(of: archive.stored.source)
        let rule = control.buses[bus]?.rules[archive.rule.name]
        return ArchiveStatus(
            definition: ArchiveDefinition(
                name: archive.label, of: bus, pattern: archive.stored.pattern,
                retentionDays: archive.stored.retentionDays,
                description: archive.stored.description),
            arn: archive.arn, isFed: rule?.targets.isEmpty == false,
            failure: archive.failure, creationTime: archive.stored.creationTime, events: 0,
            bytes: 0, directory: archive.directory)
    }

    /// With what its files tell.
    private func counted(_ status: ArchiveStatus) throws(RouterError) -> ArchiveStatus {
        var status = status
        let info: ArchiveInfo
        do throws(ArchiveError) {
            info = try ArchiveReader(directory: status.directory).info
        } catch { throw .archiveFiles(archive: status.definition.name, error) }
        let first = firstTime(days: status.definition.retentionDays)
        for segment in info.segments {
            guard let times = segment.ingestTimes, times.upperBound >= first else { continue }
            status.events += segment.records
            status.bytes += segment.eventBytes
        }
        return status
    }

    /// The time from which an archive that keeps events for so many days has them.
    package func firstTime(days: Int) -> Int64 {
        guard let age = ArchiveDefinition.ageNanoseconds(days: days) else { return .min }
        return configuration.clock.wallTime &- age
    }

    private static func checkRetention(_ days: Int, of name: String) throws(RouterError) {
        guard (0...ArchiveDefinition.retentionDaysMax).contains(days) else {
            throw .invalidArchive(
                name,
                reason: "it can't keep events for \(days) days: expected 1 to "
                    + "\(ArchiveDefinition.retentionDaysMax), or 0 for ever")
        }
    }
}
