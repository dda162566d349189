import EventPipeline
import InternalSystem
import TestSupport
import Testing

@Suite("Counters, histograms and clocks")
struct MeasureTests {
    @Test("counters add up over threads")
    func counters() {
        let counters = StageCounters()
        onThreads(4) { _ in
            for _ in 0..<1_000 { counters.add(events: 3, bytes: 700, nanoseconds: 11) }
        }
        let sums = counters.snapshot
        #expect(sums.events == 12_000)
        #expect(sums.bytes == 2_800_000)
        #expect(sums.nanoseconds == 44_000)
    }

    @Test("percentiles are right to three digits")
    func percentiles() {
        var histogram = LatencyHistogram()
        for value in 1...100_000 { histogram.record(UInt64(value) * 1_000) }
        let exact: [(UInt64, Double)] = [
            (histogram.p50, 5e7), (histogram.p90, 9e7), (histogram.p99, 9.9e7),
            (histogram.p999, 9.99e7), (histogram.p9999, 9.999e7), (histogram.max, 1e8),
        ]
        for (found, expected) in exact { #expect(abs(Double(found) / expected - 1) < 0.001) }
        #expect(histogram.count == 100_000)
    }

    @Test("an empty histogram says zero; times beyond an hour count as an hour")
    func limits() {
        var histogram = LatencyHistogram()
        #expect(histogram.p50 == 0 && histogram.max == 0 && histogram.count == 0)
        histogram.record(.max)
        histogram.record(LatencyHistogram.nanosecondsMax + 1)
        #expect(histogram.count == 2)
        #expect(histogram.max >= LatencyHistogram.nanosecondsMax)
        #expect(Double(histogram.max) < Double(LatencyHistogram.nanosecondsMax) * 1.001)
    }

    @Test("what several threads recorded is merged, also while they record")
    func merging() {
        let recorders = (0..<3).map { _ in LatencyRecorder() }
        onThreads(4) { thread in
            for step in 0..<200 {
                if thread < 3 {
                    recorders[thread].recordBatch { $0.record(UInt64(thread + 1) * 100, count: 10) }
                } else if step % 50 == 0 {
                    #expect(recorders[0].snapshot().count <= 2_000)
                }
            }
        }
        var all = LatencyHistogram()
        for recorder in recorders { all.merge(recorder.snapshot()) }
        #expect(all.count == 6_000)
        #expect(all.p50 == 200 && all.max == 300)
    }

    @Test("the monotonic clock does not go back, and the wall clock is past 2024")
    func clocks() {
        let first = monotonicNanoseconds()
        #expect(monotonicNanoseconds() >= first)
        #expect(wallClockNanoseconds() > 1_700_000_000_000_000_000)
    }
}
