/// What a growth table varies while all else stays as it is.
///
/// Time and memory should follow what an event has and what matches, and not what there is: these are
/// the four quantities that tempt an engine to do otherwise. Each axis has several
/// ``GrowthSeries`` that differ in what grows, for instance an event's one long text or its fields.
public enum GrowthAxis: String, CaseIterable, Sendable {
    /// The number of rules.
    case rules
    /// The number of different paths that the rules name.
    case paths
    /// The length of an event, in bytes.
    case bytes
    /// The number of elements of an event's arrays.
    case elements

    /// The numbers that a table has, ascending: about two a decade.
    public var values: [Int] {
        switch self {
        case .rules: Self.steps(to: 100_000)
        case .paths, .elements: Self.steps(to: 10_000)
        case .bytes: Self.steps(to: 1_000_000).filter { $0 >= 100 }
        }
    }

    /// What the numbers count: "rules", or "bytes an event".
    public var title: String {
        switch self {
        case .rules: "rules"
        case .paths: "paths that rules name"
        case .bytes: "bytes an event"
        case .elements: "array elements an event"
        }
    }

    /// The curves of a table.
    public var series: [GrowthSeries] {
        switch self {
        case .rules: [GrowthSeries(.aws), GrowthSeries(.pinned)]
        case .paths: PathGrowth.series
        case .bytes: ByteGrowth.series
        case .elements: ElementGrowth.series
        }
    }

    private static func steps(to last: Int) -> [Int] {
        var values: [Int] = []
        var decade = 1
        while decade < last {
            values += [decade, 3 * decade]
            decade *= 10
        }
        return values + [last]
    }
}

/// One curve of a growth table: a workload for every number on its axis.
public struct GrowthSeries: Sendable {
    /// One word for legends.
    public let name: String
    /// One line: what grows.
    public let summary: String
    private let makePoint: @Sendable (Int) -> GrowthPoint

    /// Creates a series.
    init(
        _ name: String, _ summary: String,
        _ makePoint: @escaping @Sendable (Int) -> GrowthPoint
    ) {
        self.name = name
        self.summary = summary
        self.makePoint = makePoint
    }

    /// More and more rules of a workload, against the same events.
    public init(_ workload: Workload) {
        self.init(workload.name, workload.summary) {
            GrowthPoint(workload: workload, ruleCount: $0)
        }
    }

    /// What is measured where the axis has this value.
    public func point(at value: Int) -> GrowthPoint {
        precondition(value > 0, "nothing can be measured at \(value)")
        return self.makePoint(value)
    }
}

/// What is measured at one place of a growth table.
public struct GrowthPoint: Sendable {
    /// Its events and rules, with the default seed.
    public let workload: Workload
    /// How many of the workload's rules take part.
    public let ruleCount: Int

    /// How many different events are enough: some megabytes, so that they don't all stay in the
    /// processor's nearest caches, and no fewer than four.
    public var eventCount: Int {
        min(max(Self.batchBytes / self.workload.bytesPerEvent, 4), 20_000)
    }

    private static let batchBytes = 16 << 20
}
