internal import Dispatch
internal import EventDelivery
internal import EventEnvelope
internal import EventPattern
internal import InternalSystem

// How archives come to their events.
extension Router {
    /// Has an archive be as it is to be, and fed by its rule: kept all together, or not at all.
    func feed(
        _ archive: ArchiveState, _ pattern: EventPattern, on bus: BusState
    ) throws(RouterError) {
        var rule = RoutingRule(name: archive.rule.name, pattern: pattern)
        rule.managedBy = StoredArchive.ruleOwner
        let known = bus.rules[rule.name]
        if let known, known.rule.managedBy == nil {
            throw .invalidArchive(
                archive.label, reason: "its bus has a rule \(rule.name) of the program's own")
        }
        let before = known?.rule
        let state = known ?? makeState(of: rule, on: bus)
        let isFed = !state.targets.isEmpty
        let definition = StoredTarget(archive.targetDefinition, order: 1)
        let target = isFed ? nil : try archive.open(configuration)
        do throws(RouterError) {
            try change([(state, rule)], on: bus, now: EventTime(configuration.clock.wallTime)) {
                batch throws(ConfigurationStoreError) in
                try archive.put(into: &batch)
                try batch.put(.target(archive.rule, id: archive.rule.name), definition)
            }
        } catch {
            if target != nil { archive.feed?.close() }
            throw error
        }
        if known == nil {
            bus.rules[rule.name] = state
            bus.order.append(rule.name)
        }
        guard let target else { return }
        do throws(RouterError) { try use([(target, definition)], of: state, on: bus) } catch {
            archive.feed?.close()
            // It is in the store with its rule; what can't be taken away again is fed by the next router.
            if let before {
                let isAwaited = !state.definitions.isEmpty
                try? change(
                    [(state, before)], on: bus, now: EventTime(configuration.clock.wallTime)
                ) {
                    batch throws(ConfigurationStoreError) in
                    if !isAwaited { try batch.remove(.target(archive.rule, id: archive.rule.name)) }
                }
                throw error
            }
            try? save { batch throws(ConfigurationStoreError) in
                try batch.remove(.rule(archive.rule))
                try batch.remove(.target(archive.rule, id: archive.rule.name))
                if control.archives[archive.label] == nil {
                    try batch.remove(.archive(archive.scope, name: archive.name))
                }
            }
            try forget(state, on: bus)
            throw error
        }
    }

    /// The archives of a configuration, before their rules' targets.
    func restore(_ archives: [RouterState.Archive], _ problems: [RouterState.Problem]) {
        for known in archives {
            let label = archiveLabel(known.scope, known.name)
            do throws(RouterError) {
                let directory = try archiveFolder(known.scope, known.name)
                let archive = ArchiveState(
                    known.name, in: known.scope, label: label, directory: directory, known.value)
                control.queue.sync { control.archives[label] = archive }
            } catch { note("archive \(label): \(error)") }
        }
        // One that can't be read is not known, and wanted all the same.
        let unread = problems.compactMap { problem -> String? in
            guard case .archive(let scope, let name) = problem.resource else { return nil }
            return try? archiveFolder(scope, name)
        }
        removeUnwantedFolders(but: Set(unread))
    }

    /// The target of an archive's rule, opened again.
    func archiveTarget(
        _ definition: TargetDefinition, of rule: RuleID
    ) throws(RouterError) -> Target? {
        guard let (scope, name) = definition.archive else { return nil }
        return try control.sync { () throws(RouterError) in
            let label = archiveLabel(scope, name)
            guard let archive = control.archives[label], archive.rule == rule else {
                throw .noSuchArchive(label)
            }
            return try archive.open(configuration)
        }
    }

    /// Closes the files of an archive that ``archiveTarget(_:of:)`` opened, and whose target did not come
    /// into use: who opens them again waits for that.
    func closeUnused(_ definition: TargetDefinition) {
        guard let (scope, name) = definition.archive else { return }
        control.queue.sync { control.archives[archiveLabel(scope, name)]?.feed?.close() }
    }

    /// The first error of an archive whose target has ended, which sealed its files.
    func archiveFailure() -> RouterError? {
        let archives = control.queue.sync {
            control.archives.values.sorted { $0.label < $1.label }
        }
        for archive in archives {
            if let error = archive.feed?.closingFailure {
                return .archiveFiles(archive: archive.label, error)
            }
        }
        return nil
    }
}
