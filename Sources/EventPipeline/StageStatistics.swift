/// What a stage has done so far. The figures are read one after the other while the stage runs, so
/// they may be off by a turn against each other.
package struct StageStatistics: Sendable, Equatable {
    /// Events that the handler got.
    package var events: UInt64
    /// Calls of the handler.
    package var runs: UInt64
    /// Blocks that ran on the queue.
    package var turns: UInt64
    /// How often a publisher had to wake the worker.
    package var wakes: UInt64
    /// Events that ``BackPressure/dropNewest`` dropped.
    package var dropped: UInt64
}

extension Stage {
    /// What the stage has done so far. O(1).
    package var statistics: StageStatistics {
        StageStatistics(
            events: self.words[StageWord.events].counted, runs: self.words[StageWord.runs].counted,
            turns: self.words[StageWord.turns].counted, wakes: self.words[StageWord.wakes].counted,
            dropped: self.words[StageWord.dropped].counted)
    }
}
