import Dispatch
import Glibc
internal import InternalSystem
import Synchronization

// The worker's side of a stage. All of it runs on the stage's queue.
extension Stage {
    /// Drains the ring, up to the budget, then asks for another turn, or parks.
    ///
    /// A turn that nobody needs (after ``stop(completion:)``) does no harm: it finds an empty ring.
    func takeTurn() {
        self.words[StageWord.turns].count(1)
        self.duty.beginWork(at: monotonicNanoseconds())
        var left = self.turnBudget
        repeat {
            left -= self.drain(upTo: left)
            if left == 0 {
                self.askForTurn()
                return
            }
            if self.ring.isFinished {
                self.finish()
                return
            }
        } while self.linger() || !self.park()
    }

    /// Gives publishers a moment before the worker parks, if it is likely that something comes meanwhile,
    /// and returns true as soon as there is something in the ring.
    private func linger() -> Bool {
        self.rest()
        guard let end = self.duty.lingerEnd else { return false }
        repeat {
            // Where publishers share the worker's processor, this lets them fill the ring.
            sched_yield()
            if !self.ring.isEmpty {
                self.duty.beginWork(at: monotonicNanoseconds())
                return true
            }
        } while monotonicNanoseconds() < end
        return false
    }

    /// Notes that there is nothing to be done, and says whether publishers may take the next turn.
    private func rest() {
        self.duty.endWork(at: monotonicNanoseconds())
        let isLent = self.lendsTurns && self.duty.isLight
        self.words[StageWord.isLent].pointee.store(isLent ? 1 : 0, ordering: .relaxed)
    }

    /// A turn on the thread of the publisher that would have woken the worker: while there is little to do,
    /// that takes less of its time than waking somebody up. What came from others meanwhile is for the
    /// worker.
    func takeLentTurn() {
        self.lentTurn.noteRun()
        // It may have been taken back since the publisher looked.
        guard self.lendsTurns else { return self.askForTurn() }
        self.words[StageWord.turns].count(1)
        self.duty.beginWork(at: monotonicNanoseconds())
        _ = self.drain(upTo: Self.lentTurnBudget)
        self.rest()
        if self.ring.isFinished || !self.park() { self.askForTurn() }
    }

    /// How many events a publisher handles at most in the worker's place.
    private static var lentTurnBudget: Int { 256 }

    /// Handles what is in the ring, at most `budget` events, and returns how many those were.
    private func drain(upTo budget: Int) -> Int {
        var drained = 0
        var runs = 0
        while drained < budget {
            let handled = self.ring.consume(upTo: min(budget - drained, self.runMax)) { events in
                self.handler(events)
                runs += 1
            }
            if handled == 0 { break }
            drained += handled
            self.room.wake { self.ring.isHalfFree }
        }
        self.words[StageWord.runs].count(runs)
        self.words[StageWord.events].count(drained)
        return drained
    }

    /// Returns true if the worker is parked now: whoever publishes will wake it. Returns false if
    /// something was published meanwhile and the worker has to go on itself.
    private func park() -> Bool {
        self.words[StageWord.parked].pointee.store(1, ordering: .releasing)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if self.ring.isEmpty { return true }
        // A producer that took the flag has asked for a turn.
        return !self.takeParkedFlag()
    }

    private func finish() {
        let completions = self.completions
        self.completions = []
        for completion in completions { completion() }
    }
}
