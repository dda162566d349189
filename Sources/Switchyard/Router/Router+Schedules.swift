internal import Dispatch
internal import EventDelivery
internal import EventPipeline
internal import EventRouting
internal import Foundation

// What happens by the clock: schedules fire, watermarks are written.
extension Router {
    /// Begins to look at the clock.
    func startTicking() {
        let timer = DispatchSource.makeTimerSource(queue: control.queue)
        let interval = max(configuration.watermarkInterval.wholeNanoseconds, 10_000_000)
        timer.schedule(
            deadline: .now() + .nanoseconds(Int(clamping: interval)),
            repeating: .nanoseconds(Int(clamping: interval)), leeway: .milliseconds(1))
        timer.setEventHandler { [weak self] in self?.tick(now: .now) }
        control.timer = timer
        timer.resume()
    }

    /// On the control queue: fires what is due, and asks how far the targets have come.
    func tick(now: EventTime) {
        guard !control.isClosed else { return }
        fireSchedules(now: now)
        noteCheckpoints()
        services.watermarks?.saveSoon()
        services.deadLetters.startCommit()
    }

    /// Publishes the events of the schedules that are due. Times that were missed, because the machine
    /// slept for instance, fire once.
    func fireSchedules(now: EventTime) {
        guard let bus = control.buses[Self.defaultBus] else { return }
        for name in bus.order {
            guard let rule = bus.rules[name], rule.isEnabled, let due = rule.nextFire, due <= now
            else { continue }
            rule.nextFire = rule.rule.schedule?.next(after: now, from: rule.scheduleStart)
            let event = publishing.withWriter { box in
                box.output.removeAll(keepingCapacity: true)
                box.writer.writeScheduled(ruleARN: rule.arn, now: due, to: &box.output)
                return box.output
            }
            let outcome = event.withUnsafeBytes { bytes in
                publishing.publisher(for: bus.port)?.publish(CollectionOfOne(bytes), to: bus.port)
            }
            // No room now: at the next tick.
            if outcome?.accepted == 0 { rule.nextFire = due }
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
