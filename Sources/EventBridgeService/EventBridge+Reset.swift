public import AWSWire
internal import EventEnvelope
internal import InternalSystem
internal import Switchyard

extension EventBridge {
    /// Removes all resources, or those of one account: what tests begin with. The default buses stay, empty.
    ///
    /// - Throws: something can't be removed; what was removed before is gone.
    public func reset(account: String? = nil) throws(ServiceError) {
        try change { () throws(ServiceError) in
            func isMeant(_ scope: ResourceScope) -> Bool {
                account.map { $0 == scope.account } ?? true
            }
            for (id, _) in replays.all where isMeant(id.scope) {
                router.replay(id.name, in: id.scope)?.cancelAndWait()
                router.removeEndedReplay(id.name, in: id.scope)
                try replays.remove(id.name, in: id.scope)
            }
            do throws(RouterError) {
                for archive in router.allArchives {
                    guard let name = try? ResourceName(archive.arn), isMeant(name.scope) else {
                        continue
                    }
                    try router.deleteArchive(archive.arn)
                }
                for bus in router.allBuses where isMeant(bus.id.scope) {
                    try clear(bus.id)
                }
            } catch { throw ServiceError(error) }
            try remove(connections, isMeant)
            try remove(destinations, isMeant)
            try remove(endpoints, isMeant)
            try remove(partnerSources, isMeant)
        }
    }

    private func remove<Value>(
        _ book: ResourceBook<Value>, _ isMeant: (ResourceScope) -> Bool
    ) throws(ServiceError) {
        for (id, _) in book.all where isMeant(id.scope) { try book.remove(id.name, in: id.scope) }
    }

    private func clear(_ bus: BusID) throws(RouterError) {
        gate.set(bus, nil)
        guard bus.isDefault else { return try router.removeBus(bus.arn) }
        for (rule, _) in try router.rules(on: bus.arn) {
            let targets = try router.targets(of: rule.name, on: bus.arn).map(\.id)
            if !targets.isEmpty {
                try router.removeTargets(targets, of: rule.name, on: bus.arn, force: true)
            }
            try router.removeRule(rule.name, on: bus.arn, force: true)
        }
        try router.changeBus(bus.arn) { value in
            var details = BusDetails()
            details.creationTime = BusDetails(value).creationTime
            value.description = ""
            value.others = details.members
        }
    }
}
