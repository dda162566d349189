internal import CommandOutput
import Foundation

extension LoadReport {
    private var loop: String {
        guard let targetRate else { return "closed loop" }
        return "open loop at \(Figure.eventRate(targetRate))"
    }

    /// The most memory that was no file's; nil in reports of the first versions.
    private var mostOwnBytes: UInt64? { intervals.compactMap(\.ownBytes).max() }

    /// Page faults for each million of the measured events; nil in reports of the first versions.
    private func faultsPerMillion(_ kind: KeyPath<Interval, Int?>) -> Double? {
        let counts = intervals.compactMap { $0[keyPath: kind] }
        guard !counts.isEmpty else { return nil }
        return Double(counts.reduce(0, +)) * 1e6 / Double(max(measuredEvents, 1))
    }

    /// The figures by name.
    private var figures: [(name: String, value: Double, text: String)] {
        let latencies = latency.percentiles + [(name: "longest", nanoseconds: latency.max)]
        // The rest is what a run of the router's own is too: where publishers were late, so were events.
        let late = (lateness?.percentiles ?? []).filter { ["p50", "p99"].contains($0.name) }
        return [("events/s", eventsPerSecond, Figure.rate(eventsPerSecond))] + requests
            + latencies.map {
                ("latency \($0.name)", Double($0.nanoseconds), Figure.duration($0.nanoseconds))
            }
            + late.map {
                (
                    "\(endpoint == nil ? "publishers" : "requests") late \($0.name)",
                    Double($0.nanoseconds),
                    Figure.duration($0.nanoseconds)
                )
            } + resources
    }

    /// The same in requests, where several events go in one.
    private var requests: [(name: String, value: Double, text: String)] {
        guard let endpoint, endpoint.entries > 1 else { return [] }
        let rate = eventsPerSecond / Double(endpoint.entries)
        return [("requests/s", rate, Figure.rate(rate))]
    }

    private var resources: [(name: String, value: Double, text: String)] {
        let cores = processorSecondsPerMillionEvents * eventsPerSecond / 1e6
        let work = [
            (
                endpoint == nil ? "processors busy" : "own processors busy", cores,
                String(format: "%.2f", cores)
            ),
            (
                "processor s/M events", processorSecondsPerMillionEvents,
                String(format: "%.2f", processorSecondsPerMillionEvents)
            ),
        ]
        guard let peakMemoryBytes else { return work }
        return work + [
            ("peak memory", Double(peakMemoryBytes), Figure.bytes(peakMemoryBytes)),
            (
                "of it no file's", Double(mostOwnBytes ?? 0),
                mostOwnBytes.map { Figure.bytes($0) } ?? "-"
            ),
        ] + faults
    }

    private var faults: [(name: String, value: Double, text: String)] {
        [("major", \Interval.majorFaults), ("minor", \.minorFaults)].compactMap { name, kind in
            faultsPerMillion(kind).map {
                ("\(name) faults/M events", $0, String(format: "%.1f", $0))
            }
        }
    }

    package func printTable() {
        for line in endpoint.map(head) ?? routerHead { Terminal.print(line) }
        for figure in figures {
            Terminal.print(
                "  " + figure.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + Figure.cell(figure.text, 12))
        }
    }

    private var originLines: [String] {
        origin.map { ["  \($0.date), by \($0.build), on \($0.processor)"] } ?? []
    }

    private var measured: String { String(format: "measured for %.1f s", seconds) }

    /// What was asked of an endpoint, and what came of it.
    private func head(_ endpoint: EndpointLoad) -> [String] {
        var lines = [
            "load: \(loop), \(Figure.count(endpoint.connections, of: "connection")), "
                + "\(endpoint.entries == 1 ? "1 entry" : "\(endpoint.entries) entries") a request, "
                + "details of \(Figure.count(endpoint.detailBytes)) bytes"
        ]
        lines += originLines
        lines += [
            "  to \(endpoint.url), bus \(endpoint.bus), "
                + (endpoint.isSigned ? "signed" : "not signed"),
            "  \(Figure.count(published)) sent and \(Figure.count(delivered)) acknowledged in all, in "
                + "\(Figure.count(endpoint.requests, of: "request")); \(measured)",
        ]
        if !endpoint.refused.isEmpty {
            lines.append("  not acknowledged: " + endpoint.refusals.joined(separator: ", "))
        }
        if endpoint.throttled > 0 {
            lines.append("  of these throttled: \(Figure.count(endpoint.throttled))")
        }
        return lines
    }

    /// What was asked of the embedded router, and what came of it.
    private var routerHead: [String] {
        var lines = [
            "load: \(loop), \(Figure.count(producers ?? 1, of: "publisher")), "
                + "\(Figure.count(rules ?? 0)) rules, target \(target ?? "-"), "
                + (isArchived == true ? "archived" : "not archived")
                + ((buses ?? 1) > 1 ? ", \(Figure.count(buses ?? 1)) buses" : "")
                + (isDealt == true ? " with rules of their own" : "")
        ]
        lines += originLines
        lines.append("  rules from \(ruleSource ?? "-"); events from \(eventSource ?? "-")")
        if let outageSeconds, let repeated {
            lines.append(
                "  the target failed for the first \(Figure.duration(UInt64(outageSeconds * 1e9))), then caught "
                    + "up, and got \(Figure.count(repeated)) events once more")
        }
        lines.append(
            "  \(Figure.count(published)) published and \(Figure.count(delivered)) delivered in all; "
                + measured)
        if let caughtUp, caughtUp > 0, outageSeconds == nil {
            lines.append(
                "  the target fell behind: \(Figure.count(caughtUp)) events came from the archive")
        }
        return lines
    }

    /// The run in a few words.
    private var outline: String {
        if let endpoint { return "\(loop), to \(endpoint.url)" }
        return "\(loop), target \(target ?? "-"), \(Figure.count(rules ?? 0)) rules"
    }

    /// What two runs were asked to do differently.
    package func differences(from other: LoadReport) -> [String] {
        [
            ("the loop", loop == other.loop), ("publishers", producers == other.producers),
            ("the target", target == other.target),
            ("the outage", outageSeconds == other.outageSeconds),
            ("buses", (buses ?? 1, isDealt ?? false) == (other.buses ?? 1, other.isDealt ?? false)),
            ("the archive", isArchived == other.isArchived),
            ("the endpoint", endpoint?.url == other.endpoint?.url),
            ("the requests", isAlike(other)),
            ("rules", rules == other.rules && ruleSource == other.ruleSource),
            ("events", eventSource == other.eventSource),
            ("the build", isSame(\.build, in: other)),
            ("the processor", isSame(\.processor, in: other)),
        ].filter { !$0.1 }.map(\.0)
    }

    /// Whether both sent requests of one kind over as many connections.
    private func isAlike(_ other: LoadReport) -> Bool {
        guard let one = endpoint, let two = other.endpoint else { return true }
        return (one.connections, one.entries, one.detailBytes, one.isSigned)
            == (two.connections, two.entries, two.detailBytes, two.isSigned)
    }

    /// What one of them does not tell does not count as different.
    private func isSame(_ part: KeyPath<ReportOrigin, String>, in other: LoadReport) -> Bool {
        guard let origin, let second = other.origin else { return true }
        return origin[keyPath: part] == second[keyPath: part]
    }

    /// Prints both reports side by side, and what became of each figure.
    package func printComparison(with other: LoadReport) {
        Terminal.print("before: \(outline)")
        origin.map { Terminal.print("        \($0.date), by \($0.build), on \($0.processor)") }
        Terminal.print("after:  \(other.outline)")
        other.origin.map {
            Terminal.print("        \($0.date), by \($0.build), on \($0.processor)")
        }
        Terminal.print(
            "".padding(toLength: 22, withPad: " ", startingAt: 0) + Figure.cell("before", 12)
                + Figure.cell("after", 12) + Figure.cell("after/before", 14))
        let others = Dictionary(uniqueKeysWithValues: other.figures.map { ($0.name, $0) })
        for one in figures {
            // What one of the runs was too short for is compared with nothing.
            guard let two = others[one.name] else { continue }
            let ratio = one.value > 0 ? String(format: "%.2f", two.value / one.value) : "-"
            Terminal.print(
                one.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + Figure.cell(one.text, 12) + Figure.cell(two.text, 12)
                    + Figure.cell(ratio, 14))
        }
    }
}
