import Dispatch
import Glibc
import Synchronization

// The worker's side of a stage. All of it runs on the stage's queue.
extension Stage {
    /// Drains the ring, up to the budget, then asks for another turn, or parks.
    ///
    /// A turn that nobody needs (after ``stop(completion:)``) does no harm: it finds an empty ring.
    func takeTurn() {
        self.words[StageWord.turns].count(1)
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

    /// Gives publishers a moment before the worker parks, and returns true as soon as there is
    /// something in the ring. Waking costs as much as a hundred yields, and where publishers share
    /// the worker's processor, a yield is what lets them fill the ring.
    private func linger() -> Bool {
        for _ in 0..<self.yieldsBeforeParking {
            sched_yield()
            if !self.ring.isEmpty { return true }
        }
        return false
    }

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
