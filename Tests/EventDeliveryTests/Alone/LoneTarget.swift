import Dispatch
import EventMatching
import EventPipeline
import InternalSystem
import RoutingInterface
import Synchronization
import TestSupport

@testable import EventDelivery

/// A target of a rule for each event with a member `n`, on a bus that is no more than a queue and a log
/// in memory: delivery without a router, and without a disk.
///
/// Its queue has room for two events unless more are asked for, beside a batch of 64 on the way there, and
/// one may be pending. Nobody waits for room in it, unless that is asked for.
final class LoneTarget: Sendable {
    let clock = ManualClock()
    let log: MemoryLog
    let watermarks = MemoryWatermarks()
    let letters = MemoryDeadLetters()
    let engine: TargetEngine
    private let lane = LaneQueue()

    /// - Parameter isLogged: whether the bus has a log.
    init(_ target: Target, isLogged: Bool = true, queueEvents: Int = 2, patience: UInt64 = 0) {
        lane.attach(to: DispatchQueue(label: "lone lane"))
        log = MemoryLog(ingestTime: clock.wallTime)
        engine = TargetEngine(
            target, at: TargetNames(bus: "b", rule: "r", target: target.id, ruleARN: "arn"),
            of: TargetEngine.Bus(lane: lane, log: isLogged ? log : nil, hopsMax: 1),
            limits: TargetEngine.Limits(
                queueEvents: queueEvents, slabCount: 4, slabBytes: 16_384, eventBytesMax: 4_096,
                pendingEvents: 1, patience: patience),
            destination: nil,
            services: DeliveryServices(
                deadLetters: letters, watermarks: watermarks, clock: clock, observer: nil)
        ) { try RuleSet([Rule(name: "r", pattern: #"{"n":[{"exists":true}]}"#)]) }
        watermarks.begin([engine.names.key], at: 0)
    }

    var statistics: TargetStatistics { engine.statistics }
    var isCatchingUp: Bool { engine.isCatchingUp.load(ordering: .relaxed) }
    var watermark: UInt64? { watermarks[engine.names.key] }

    /// Logs events and offers them, as a lane does in one run.
    func publish(_ numbers: Range<Int>) {
        lane.perform {
            for number in numbers {
                let bytes = Array(event(number).utf8)
                let sequence = log.append(bytes)
                bytes.withUnsafeBytes {
                    engine.offer(
                        OfferedEvent(
                            bytes: $0, sequence: sequence, publishTime: clock.monotonicTime,
                            hops: 0, isArchived: engine.log != nil))
                }
            }
            engine.flush()
        }
    }

    /// Logs events while the target is not in use, and takes it into use: it is behind by these.
    func begin(behind numbers: Range<Int>) {
        for number in numbers { _ = log.append(Array(event(number).utf8)) }
        lane.perform { engine.fallBehind(from: UInt64(numbers.lowerBound)) }
    }

    /// Asks how far the target has come, as a router does now and then.
    func noteCheckpoint() {
        guard let checkpoint = lane.perform({ engine.checkpoint(end: log.nextSequence) }) else {
            return
        }
        engine.queue?.worker.note(checkpoint: checkpoint)
    }

    /// Ends the target.
    ///
    /// - Parameter completion: gets what is left, on the target's queue.
    func close(_ completion: @escaping @Sendable ([PendingDeliveries.Item]) -> Void = { _ in }) {
        _ = engine.closeLaneSide()
        guard let queue = engine.queue else { return }
        queue.stage.stopAndWait()
        queue.worker.close(by: 0, completion)
        queue.stage.perform {}
    }
}
