internal import Dispatch
internal import EventDelivery
internal import EventPipeline
internal import EventRouting
internal import InternalSystem

// What happens by the clock, a while after something was routed or delivered: watermarks are written, dead
// letters made durable. While nothing is, the router sleeps.
extension Router {
    /// On the control queue: asks how far the targets have come.
    func tick() {
        guard !control.isClosed else { return }
        // What can't be written now, because the disk is full for instance, is tried again.
        if services.watermarks?.hasUnsaved == true { ticker.ask() }
        commitOverdue()
        noteCheckpoints()
        services.watermarks?.saveSoon()
        services.deadLetters.startCommit()
    }

    /// Commits what waits in journals for an interval to pass in which nothing may come.
    private func commitOverdue() {
        guard case .interval = configuration.archive?.durability else { return }
        for bus in control.buses.values {
            guard let archive = bus.engine.archive,
                archive.watermark.durable < archive.watermark.appended
            else { continue }
            bus.lane.lane.perform { archive.startCommitIfDue() }
            ticker.ask()
        }
    }

    /// Asks each target's worker to note how far the bus is now.
    func noteCheckpoints() {
        guard services.watermarks != nil else { return }
        for bus in control.buses.values where bus.engine.archive != nil {
            let lane = bus.lane.lane
            let engines = bus.rules.values.flatMap(\.targets).filter { $0.queue != nil }
            guard !engines.isEmpty else { continue }
            let checkpoints = lane.perform {
                engines.map { $0.checkpoint(end: bus.engine.nextSequence) }
            }
            for (engine, checkpoint) in zip(engines, checkpoints) {
                guard let checkpoint else { continue }
                engine.queue?.worker.note(checkpoint: checkpoint)
            }
        }
    }
}
