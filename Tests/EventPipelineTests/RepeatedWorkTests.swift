import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import EventPipeline

@Suite("Work that is run again and again")
struct RepeatedWorkTests {
    @Test("no item of Dispatch is run more often than it may be, whoever runs it")
    func takesAnother() {
        let queue = DispatchQueue(label: "repeated")
        let box = Box()
        let work = RepeatedWork(runsMax: 10) {
            box.count += 1
            box.work?.noteRun()
        }
        box.work = work
        onThreads(2) { _ in
            for _ in 0..<5_000 { work.run(on: queue) }
        }
        #expect(queue.sync { box.count } == 10_000)
        #expect(queue.sync { work.items.count } == 1_001)
        box.work = nil
    }

    @Test("a stage whose publishers take its turns has others in time")
    func ofStages() async {
        let stage = Stage(
            label: "lent", ring: MPSCRing(minimumCapacity: 64),
            lingerMax: PipelineLimit.lingerNanoseconds, lentRunsMax: 2
        ) { _ in }
        stage.lendsTurns = true
        await wait {
            _ = stage.send(events(0..<1), onFull: .wait)
            return stage.perform { stage.lentTurn.items.count } > 3
        }
        #expect(stage.perform { stage.lentTurn.items.count } > 3)
        stage.stopAndWait()
    }
}

/// Touched on the queue alone, but for the beginning and the end.
private final class Box: @unchecked Sendable {
    var count = 0
    var work: RepeatedWork?
}
