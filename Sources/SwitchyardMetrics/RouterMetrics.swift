internal import InternalSystem
public import Logging
public import Metrics
public import Switchyard

/// Reports what a router counts to swift-metrics, and what goes wrong to swift-log.
///
/// ```swift
/// let metrics = RouterMetrics(router, logger: Logger(label: "orders"))
/// for await _ in timer { metrics.update() }
/// ```
///
/// The router counts anyway; ``update()`` reads the counters when it is called, and reports what has
/// been added since the last time. So metrics cost no event anything, and are as fresh as the calls are
/// frequent: every few seconds, or whenever a scraper asks.
///
/// Names begin with `switchyard_`, counters have `_total`; dimensions are `bus`, `rule`, `target` and
/// `lane`.
///
/// | of a bus | | of a rule | | of a target | |
/// | --- | --- | --- | --- | --- | --- |
/// | `bus_accepted_total` | events that publishers took on | `rule_matched_total` | matches | `target_delivered_total` | events that reached it |
/// | `bus_routed_total`, `bus_bytes_total` | events that were matched, their bytes | | | `target_failed_total`, `target_throttled_total`, `target_retried_total` | attempts |
/// | `bus_matched_total` | events that a rule matched | | | `target_dead_lettered_total`, `target_lost_total` | events given up |
/// | `bus_unarchived_total`, `bus_held` | events that found no room on the disk | | | `target_fell_behind_total`, `target_caught_up_total`, `target_missed_total` | times, events read from the archive, and events that are not there any more |
/// | `bus_archived`, `bus_durable` | the archive's watermarks | | | `target_queued`, `target_pending`, `target_behind` | events that wait, and whether it gets them from the archive |
///
/// And of a lane: `lane_waiting`, how many events wait in its ring, and `lane_dropped_total`.
public final class RouterMetrics: Sendable {
    private let router: Router
    private let logger: Logger?
    private let reporter: Reporter
    private let last = Guarded<RouterSnapshot?>(nil)

    /// Begins to report. What was counted before is reported by the first update.
    ///
    /// - Parameters:
    ///   - router: is kept alive.
    ///   - factory: where metrics go; the bootstrapped system's by default.
    ///   - logger: where it is said that targets fall behind, events are given up, and archives are
    ///     full; nil for nowhere.
    public init(
        _ router: Router, factory: any MetricsFactory = MetricsSystem.factory,
        logger: Logger? = nil
    ) {
        self.router = router
        self.logger = logger
        reporter = Reporter(factory)
    }

    /// Reads all counters and reports what has changed. O(buses + rules + targets), from any thread.
    public func update() {
        last.withLock { last in
            let now = router.snapshot()
            reporter.report(now)
            if let logger { RouterLog(logger).log(now, since: last) }
            last = now
        }
    }
}
