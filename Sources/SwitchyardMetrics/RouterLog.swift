internal import Logging
internal import Switchyard

/// Says what went wrong between two snapshots, once for each time that it did.
struct RouterLog {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func log(_ now: RouterSnapshot, since last: RouterSnapshot?) {
        let removed = now.removedDeadLetters - (last?.removedDeadLetters ?? 0)
        if removed > 0 {
            logger.error(
                "dead letters were removed before they were sent again: there were too many",
                metadata: ["letters": "\(removed)"])
        }
        if now.unreadableWatermarks > 0, last == nil {
            logger.error(
                "lines of delivery.watermarks make no sense: targets may have lost their places",
                metadata: ["lines": "\(now.unreadableWatermarks)"])
        }
        for bus in now.buses {
            let before = last?.buses.first { $0.name == bus.name }
            log(bus, since: before)
            for rule in bus.rules {
                let before = before?.rules.first { $0.name == rule.name }
                for target in rule.targets {
                    log(
                        target, "\(bus.name)/\(rule.name)/\(target.id)",
                        since: before?.targets.first { $0.id == target.id })
                }
            }
        }
    }

    private func log(_ bus: RouterSnapshot.Bus, since last: RouterSnapshot.Bus?) {
        let isBlocked = bus.statistics.isArchiveBlocked
        guard isBlocked != (last?.statistics.isArchiveBlocked ?? false) else { return }
        if isBlocked {
            logger.error(
                "the archive of a bus can't be written: it takes no events until it can",
                metadata: ["bus": "\(bus.name)", "held": "\(bus.statistics.held)"])
        } else {
            logger.notice("a bus takes events again", metadata: ["bus": "\(bus.name)"])
        }
    }

    private func log(
        _ target: RouterSnapshot.Target, _ name: String, since last: RouterSnapshot.Target?
    ) {
        let (now, before) = (target.statistics, last?.statistics ?? TargetStatistics())
        if now.deadLettered > before.deadLettered {
            logger.warning(
                "events could not be delivered, and are dead letters",
                metadata: [
                    "target": "\(name)", "events": "\(now.deadLettered - before.deadLettered)",
                ])
        }
        if now.lost > before.lost {
            logger.error(
                "events could not be delivered, and are lost",
                metadata: ["target": "\(name)", "events": "\(now.lost - before.lost)"])
        }
        if now.missed > before.missed {
            logger.error(
                "events that a target was to get are not in the archive any more",
                metadata: ["target": "\(name)", "events": "\(now.missed - before.missed)"])
        }
        if let error = now.catchUpError, before.catchUpError == nil {
            logger.error(
                "the archive can't be read for a target that is behind",
                metadata: ["target": "\(name)", "error": "\(error)"])
        }
        guard target.isBehind != (last?.isBehind ?? false) else { return }
        if target.isBehind {
            logger.warning(
                "a target fell behind: it gets its events from the archive",
                metadata: ["target": "\(name)"])
        } else {
            logger.notice("a target has caught up", metadata: ["target": "\(name)"])
        }
    }
}
