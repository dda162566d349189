import ArgumentParser
import CommandOutput
import EventArchive
import EventMatching
import EventWorkload
import JSONScan
import LoadReporting
import Switchyard

/// `switchyard bench route`, the main job.
struct BenchRouteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Route events into an archive and replay them.",
        discussion: """
            Compiles the rules; publishes the events from one thread, while one worker scans, \
            archives, matches and delivers them; then replays the archive through the same rules. \
            Figures of single stages come from one event in 61. It fails if an event or a match is \
            missing anywhere.

            With --sweep it prints how time and memory grow instead, of the scan and the matcher alone.
            """)

    @OptionGroup var input: BenchInput
    @OptionGroup var options: BenchOptions
    @OptionGroup var place: ArchivePlace
    @OptionGroup var scan: KernelOption
    @OptionGroup(title: "Growth Tables") var sweep: SweepOptions

    func validate() throws {
        if let axis = sweep.sweep {
            guard input.hasStandardCounts, place.archive == nil else {
                throw ValidationError(
                    "A growth table makes its own rules and events, and no archive: --rules, "
                        + "--events, --repeat and --archive are not for --sweep.")
            }
            _ = try BenchSweep(axis, sweep, input, options, scan.kernel)
            return
        }
        guard scan.kernel == .best else {
            throw ValidationError("A bus always uses the best scan; --kernel is for bench match.")
        }
    }

    func run() throws {
        if let axis = sweep.sweep {
            var growth = try BenchSweep(axis, sweep, input, options, scan.kernel)
            return try growth.run()
        }
        var skipped = SkippedLines(input.policy)
        let (rules, ruleSource) = try input.makeRules(&skipped)
        let events = try input.makeEvents(&skipped)
        // One pass into an archive that is kept; else one more than asked for, to warm up.
        let passes = place.archive == nil ? options.passes : 1
        let (ruleSet, compile) = try measureCompile(rules, passes: passes)
        // From here on: what comes before stops by itself, and leaves nothing behind.
        Interrupt.listen()
        var report = BenchReport(
            title: "bench", events: events.total, distinctEvents: events.batch.count,
            bytes: events.byteCount, eventSource: events.source, rules: ruleSet.count,
            ruleSource: ruleSource, matches: 0, kernel: "\(ScanKernel.best)", passes: passes,
            compile: compile)
        var results: [RoutePass] = []
        for number in (place.archive == nil ? 0 : 1)...passes where !Interrupt.isRequested {
            let title = number == 0 ? "warming up" : "pass \(number) of \(passes)"
            let directory = place.directory(number)
            defer { place.cleanUp(directory) }
            do throws(ArchiveError) {
                let pass = try RoutePass(
                    events, ruleSet, directory, place.configuration(for: events), title)
                if number > 0, !Interrupt.isRequested { results.append(pass) }
            } catch {
                throw Outcome.failure(error)
            }
        }
        report.passes = results.count
        report.add(results, events)
        if let directory = place.archive, !results.isEmpty {
            Terminal.note("the archive is in \(directory)")
        }
        try report.finish(json: options.json, skipped)
    }
}

extension BenchReport {
    /// Adds what the passes found.
    fileprivate mutating func add(_ passes: [RoutePass], _ events: BenchEvents) {
        guard let last = passes.last else { return }
        func stage(_ name: String, _ meaning: String, _ part: (RoutePass) -> Measurement) -> Stage {
            Stage(name: name, meaning: meaning, figures: StageFigures(passes.map(part)))
        }
        stages = [
            stage("route", "from first publish to all archived and delivered") { $0.route },
            stage("publish", "check and copy: the publisher's processor time") { $0.publish },
            stage("scan", "structure and validity, in the worker") { $0.scan },
            stage("append", "into the archive, with its checksum") { $0.append },
            stage("match", "the rules, without the scan") { $0.match },
            stage("deliver", "a call that counts") { $0.deliver },
            stage("replay", "read, verify, scan, match, deliver") { $0.replay },
        ]
        matches = last.statistics.matches
        latency = LatencyFigures(
            last.statistics.latency, of: last.statistics.delivered)
        allocated = AllocationFigures([last.allocated], events: Int(last.statistics.accepted))
        archiveBytes = last.archiveBytes
        wakes = last.statistics.wakes
        func check(_ name: String, _ holds: (RoutePass) -> Bool) -> Check {
            Check(name: name, passed: passes.allSatisfy(holds))
        }
        checks = [
            check("events published = delivered = archived = replayed") {
                $0.published == UInt64(events.total) && $0.published == $0.statistics.delivered
                    && $0.published == $0.archived && $0.published == $0.replayedEvents
            },
            check("bytes published = replayed") {
                UInt64(events.byteCount) == $0.replayedBytes
            },
            check("matches live = delivered = in the replay") {
                $0.statistics.matches == $0.deliveredMatches
                    && $0.statistics.matches == $0.replayedMatches
                    && $0.statistics.matchedEvents == $0.replayedMatchedEvents
            },
            check("nothing damaged, lost or refused") {
                $0.isSound && $0.statistics.refused == 0 && $0.statistics.dropped == 0
            },
        ]
    }
}

extension LatencyFigures {
    /// Of so many events.
    fileprivate init(_ times: LatencyPercentiles, of count: UInt64) {
        self.init(
            p50: times.p50, p90: times.p90, p99: times.p99, p999: times.p999, p9999: times.p9999,
            max: times.max, of: count)
    }
}
