import Foundation
import Switchyard
import TestSupport
import Testing

/// A dead letter that is sent again is one until it has arrived, or is written anew.
@Suite struct RedriveTests {
    /// A router with dead letters of the events 0 to 2, and a target that waits at the gate from then
    /// on, and refuses everything.
    private func makeRouter(
        _ folder: TemporaryFolder, gate: Gate, entered: Switch, isArchived: Bool = true
    ) async throws -> Router {
        let router = try SwitchyardTests.makeRouter(folder) {
            if !isArchived { $0.archive = nil }
        }
        try router.putTargets([.closure("t", retry: .never) { _ in throw Refusal() }], of: "all")
        for number in 0..<3 { try router.publish(event(number)) }
        try await wait { try router.deadLetters().count == 3 }
        try router.putTargets(
            [
                .closure("t", retry: seldom) { _ in
                    entered.isOn = true
                    gate.wait()
                    throw Refusal()
                }
            ], of: "all")
        return router
    }

    private func events(_ letters: [DeadLetter]) -> [String] {
        letters.map { String(decoding: $0.event, as: UTF8.self) }
    }

    @Test("letters stay where they are if their target is removed while they are sent again")
    func targetIsRemoved() async throws {
        let folder = try TemporaryFolder()
        let (gate, entered) = (Gate(), Switch(false))
        let router = try await makeRouter(folder, gate: gate, entered: entered)
        async let redrive = router.redriveDeadLetters()
        await wait { entered.isOn }
        try router.removeTargets(["t"], of: "all")
        for _ in 0..<3 { gate.open() }
        #expect(try await redrive.delivered == 0)
        #expect(try events(router.deadLetters()) == (0..<3).map(event))
        try router.close()
    }

    @Test(
        "letters stay where they are if the router closes while they are sent again",
        arguments: [true, false])
    func routerCloses(isArchived: Bool) async throws {
        let folder = try TemporaryFolder()
        let (gate, entered) = (Gate(), Switch(false))
        let router = try await makeRouter(
            folder, gate: gate, entered: entered, isArchived: isArchived)
        async let redrive = router.redriveDeadLetters()
        await wait { entered.isOn }
        for _ in 0..<3 { gate.open() }
        try await wait { try router.statistics(target: "t", of: "all").failedAttempts == 3 }
        // Retries that are due later are not waited for, and the letters are not what is left.
        #expect(try router.close(within: .seconds(20)) == Router.Remainder())
        #expect(try await redrive.delivered == 0)
        let again = try SwitchyardTests.makeRouter(folder)
        #expect(try events(again.deadLetters()) == (0..<3).map(event))
        try again.close()
    }

    @Test("new letters wait also where the machine lost the ones that were sent again before")
    func noteBeyondTheEnd() async throws {
        let folder = try TemporaryFolder()
        let note = folder.path + "/router/dead-letters.redriven"
        for round in 0..<2 {
            let router = try SwitchyardTests.makeRouter(folder)
            try router.putTargets(
                [.closure("t", retry: .never) { _ in throw Refusal() }], of: "all")
            try await router.publishAndConfirm(event(round))
            try await wait { try router.statistics(target: "t", of: "all").deadLettered == 1 }
            #expect(try events(router.deadLetters()).last == event(round))
            try router.close()
            // As if many more had been sent again, of which the machine lost all but these.
            if round == 0 { try Data("100".utf8).write(to: URL(fileURLWithPath: note)) }
        }
        let router = try SwitchyardTests.makeRouter(folder)
        #expect(try events(router.deadLetters()) == [event(1)])
        try router.close()
    }
}
