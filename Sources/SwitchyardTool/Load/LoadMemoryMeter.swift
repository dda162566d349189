import LoadReporting
import MemoryMeasures

/// Looks at this process's memory after each interval.
struct LoadMemoryMeter {
    /// How many page faults there were before the interval that is measured now.
    private var faults = PageFaults.now

    /// The memory now, and the faults since the last time.
    mutating func read() -> LoadMemory {
        let now = PageFaults.now
        defer { faults = now }
        return LoadMemory(
            residentBytes: MemoryUse.residentBytes(), ownBytes: MemoryUse.ownBytes(),
            majorFaults: now.major - faults.major, minorFaults: now.minor - faults.minor)
    }
}
