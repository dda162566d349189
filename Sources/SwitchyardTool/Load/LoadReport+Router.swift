import CommandOutput
import Foundation
import LoadReporting

extension LoadReport {
    /// What a run of the embedded router found.
    init(
        _ command: LoadCommand, rules: Int, ruleSource: String, eventSource: String,
        published: UInt64, delivered: UInt64, unarchived: UInt64, caughtUp: UInt64,
        outage: (seconds: Double, repeated: UInt64)?,
        _ result: LoadResult
    ) {
        self.init(
            origin: .here(version: SwitchyardTool.version),
            targetRate: command.rate, published: published, delivered: delivered, result)
        producers = command.producers
        target = command.target.rawValue
        isArchived = command.archived
        (buses, isDealt) = (command.buses, command.deal)
        self.rules = rules
        self.ruleSource = ruleSource
        self.eventSource = eventSource
        self.unarchived = unarchived
        self.caughtUp = caughtUp
        if let outage { (outageSeconds, repeated) = (outage.seconds, outage.repeated) }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        peakMemoryBytes = Int(usage.ru_maxrss) * 1_024
    }
}
