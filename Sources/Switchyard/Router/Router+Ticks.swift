internal import Dispatch
internal import EventDelivery
internal import EventPipeline
internal import EventRouting
internal import InternalSystem

// What happens by the clock: watermarks are written, dead letters made durable.
extension Router {
    /// Begins to look at the clock.
    func startTicking() {
        let interval = max(configuration.watermarkInterval.wholeNanoseconds, 10_000_000)
        control.ticks = configuration.clock.run(on: control.queue, every: interval) { [weak self] in
            self?.tick()
        }
    }

    /// On the control queue: asks how far the targets have come.
    func tick() {
        guard !control.isClosed else { return }
        noteCheckpoints()
        services.watermarks?.saveSoon()
        services.deadLetters.startCommit()
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
