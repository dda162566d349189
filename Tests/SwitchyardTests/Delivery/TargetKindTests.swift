import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct TargetKindTests {
    @Test("a file gets a line for each event, also over several runs of the program")
    func writesFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("events.jsonl")
        for round in 0..<2 {
            let router = try makeRouter()
            try router.putTargets([.file("t", path: path)], of: "all")
            for number in 0..<500 { try router.publish(event(round * 500 + number)) }
            try router.publish("{\"n\":\n[1,\n2]}")
            try router.close()
        }
        let lines = try #require(readFile(path)).split(separator: 0x0A).map {
            String(decoding: $0, as: UTF8.self)
        }
        let odd = #"{"n": [1, 2]}"#
        #expect(
            lines == (0..<500).map(event) + [odd] + (500..<1_000).map(event) + [odd])
    }

    @Test("a file that can't be opened is tried again until it can")
    func reopensFiles() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("later/events.jsonl")
        let router = try makeRouter()
        try router.putTargets([.file("t", retry: eager, path: path)], of: "all")
        try router.publish(event(1))
        try await wait { try router.statistics(target: "t", of: "all").failedAttempts > 2 }
        try FileManager.default.createDirectory(
            atPath: folder.path("later"), withIntermediateDirectories: true)
        try await wait { try router.statistics(target: "t", of: "all").delivered == 1 }
        try router.close()
        #expect(readFile(path) == Array((event(1) + "\n").utf8))
    }

    @Test("a process gets a line for each event, and is started again when it has ended")
    func feedsProcesses() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("lines")
        let router = try makeRouter()
        // Each process reads two lines and ends.
        try router.putTargets(
            [
                .process(
                    "t", retry: eager, executable: "/bin/sh",
                    arguments: ["-c", "head -n 2 >> '\(path)'"])
            ], of: "all")
        func lines() -> [String] {
            (readFile(path) ?? []).split(separator: 0x0A).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        try router.publish(event(1))
        try router.publish(event(2))
        await wait { lines().count == 2 }
        // The first process has ended, or is about to: what is written meanwhile is lost with it.
        try await Task.sleep(for: .milliseconds(200))
        try router.publish(event(3))
        try router.publish(event(4))
        await wait { lines().count == 4 }
        try router.close()
        #expect(lines() == (1...4).map(event))
    }

    @Test(
        "what a process ends without having read was not delivered",
        arguments: [("exit 1", "status 1"), ("exit 0", "status 0"), ("kill -9 $$", "signal 9")])
    func noticesProcessesThatDoNotRead(script: String, how: String) async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.putTargets(
            [.process("t", retry: .never, executable: "/bin/sh", arguments: ["-c", script])],
            of: "all")
        for number in 0..<5 { try router.publish(event(number)) }
        try await wait { try router.deadLetters().count == 5 }
        #expect(try router.statistics(target: "t", of: "all").delivered == 0)
        let letters = try router.deadLetters()
        #expect(letters.allSatisfy { $0.code == .errorFromTarget })
        #expect(letters.allSatisfy { $0.message.contains(how) && $0.message.contains("read") })
        try router.close()
    }

    @Test("what one process did not read, the next one gets")
    func givesUnreadEventsAgain() async throws {
        let folder = try TemporaryFolder()
        let (mark, path) = (folder.path("mark"), folder.path("lines"))
        let router = try makeRouter()
        // The first two processes end at once.
        let script =
            "[ -e '\(mark)2' ] && exec cat >> '\(path)'; [ -e '\(mark)' ] && : > '\(mark)2'; "
            + ": > '\(mark)'; exit 7"
        try router.putTargets(
            [.process("t", retry: eager, executable: "/bin/sh", arguments: ["-c", script])],
            of: "all")
        for number in 0..<100 { try router.publish(event(number)) }
        try await wait { try router.statistics(target: "t", of: "all").delivered == 100 }
        try router.close()
        let lines = { Set((readFile(path) ?? []).split(separator: 0x0A)) }
        await wait { lines().count == 100 }
    }

    @Test("a process that reads late is waited for, and gets everything")
    func waitsForSlowProcesses() async throws {
        let folder = try TemporaryFolder()
        let (start, path) = (folder.path("start"), folder.path("lines"))
        let router = try makeRouter()
        let script = "while [ ! -e '\(start)' ]; do sleep 0.05; done; exec cat >> '\(path)'"
        try router.putTargets(
            [.process("t", executable: "/bin/sh", arguments: ["-c", script])], of: "all")
        for number in 0..<1_000 { try router.publish(event(number)) }
        usleep(200_000)
        #expect(try router.statistics(target: "t", of: "all").delivered == 0)
        #expect(FileManager.default.createFile(atPath: start, contents: nil))
        try router.close()
        func lines() -> [String] {
            (readFile(path) ?? []).split(separator: 0x0A).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        await wait { lines() == (0..<1_000).map(event) }
    }

    @Test("a process can be ended by signals")
    func blocksNoSignals() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("mask")
        let router = try makeRouter()
        let script = "grep SigBlk /proc/self/status > '\(path)'; exec cat > /dev/null"
        try router.putTargets(
            [.process("t", executable: "/bin/sh", arguments: ["-c", script])], of: "all")
        try router.publish(event(1))
        try await wait { try router.statistics(target: "t", of: "all").delivered == 1 }
        try router.close()
        let text = String(decoding: try #require(readFile(path)), as: UTF8.self)
        #expect(text.split(whereSeparator: \.isWhitespace).last == "0000000000000000")
    }

    @Test("a process that can't be started is an error of the target")
    func reportsMissingProgram() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.putTargets(
            [.process("t", retry: .never, executable: folder.path("nothing"))], of: "all")
        try router.publish(event(1))
        try await wait { try router.deadLetters().count == 1 }
        #expect(try router.deadLetters()[0].message.contains("could not be started"))
        try router.close()
    }

    @Test(
        "a stream gives each match once, and what was not taken to the end goes to the next reader")
    func streams() async throws {
        let router = try makeRouter()
        let stream = MatchStream(bufferMax: 8)
        try router.putTargets([.stream("t", stream)], of: "all")
        for number in 0..<100 { try router.publish(event(number)) }
        var texts: [String] = []
        do {
            // This one takes ten and leaves without asking for an eleventh: the tenth comes again.
            for await delivery in stream {
                texts.append(delivery.text)
                if texts.count == 10 { break }
            }
        }
        texts.removeLast()
        for await delivery in stream {
            texts.append(delivery.text)
            if texts.count == 99 { break }
        }
        #expect(texts == (0..<99).map(event))
        let last = Task {
            var rest: [String] = []
            for await delivery in stream { rest.append(delivery.text) }
            return rest
        }
        try await Task.sleep(for: .milliseconds(50))
        try router.close()
        #expect(await last.value == [event(98), event(99)])
    }

    @Test("who iterates over a stream in a task that was cancelled gets nothing, and returns")
    func streamEndsInCancelledTask() async throws {
        let router = try makeRouter()
        let stream = MatchStream()
        try router.putTargets([.stream("t", stream)], of: "all")
        let returned = Inbox()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            for await delivery in stream { returned.take(delivery.text) }
            returned.take("end")
        }
        task.cancel()
        await returned.wait(for: 1)
        #expect(returned.texts == ["end"])
        // It took nothing with it.
        try router.publish(event(1))
        let iterator = stream.makeAsyncIterator()
        #expect(await iterator.next()?.text == event(1))
        try router.close()
    }

    @Test("a reader of a stream that is cancelled does not end another one")
    func streamGoesOnForOthers() async throws {
        let router = try makeRouter()
        let stream = MatchStream()
        try router.putTargets([.stream("t", stream)], of: "all")
        let (isReading, got) = (Switch(false), Inbox())
        let reader = Task {
            isReading.isOn = true
            for await delivery in stream { got.take(delivery.text) }
        }
        await wait { isReading.isOn }
        // That it waits can't be seen from here.
        try await Task.sleep(for: .milliseconds(50))
        for _ in 0..<20 {
            let other = Task { _ = await stream.makeAsyncIterator().next() }
            other.cancel()
            await other.value
        }
        try router.publish(event(1))
        await got.wait(for: 1)
        try router.close()
        await reader.value
        #expect(got.texts == [event(1)])
    }

    @Test(
        "another bus gets the events, and loops are cut: what has come from a bus goes no further")
    func forwards() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let (first, second) = (Inbox(), Inbox())
        try router.createBus("second")
        let all = try RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)
        try router.putRule(all, on: "second")
        try router.putTargets(
            [.inline("seen") { first.take($0.text) }, .bus("to", named: "second")], of: "all")
        try router.putTargets(
            [.inline("seen") { second.take($0.text) }, .bus("back", named: "default")],
            of: "all", on: "second")
        for number in 0..<200 { try router.publish(event(number)) }
        await second.wait(for: 200)
        try await wait { try router.deadLetters().count == 200 }
        let letters = try router.deadLetters()
        try router.close()
        #expect(first.texts == (0..<200).map(event))
        #expect(second.texts == (0..<200).map(event))
        #expect(letters.allSatisfy { $0.code == .thirdAccountHopDetected && $0.target == "back" })
    }

    @Test("each event has come through as many buses as it has, whatever came before it")
    func countsHopsByEvent() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) { $0.hopsMax = 2 }
        let (first, second) = (Inbox(), Inbox())
        try router.createBus("second")
        try router.putRule(RoutingRule(name: "loop", pattern: #"{"loop":[true]}"#), on: "second")
        try router.putTargets(
            [.inline("seen") { first.take($0.text) }, .bus("to", named: "second")], of: "all")
        try router.putTargets(
            [.inline("seen") { second.take($0.text) }, .bus("back", named: "default")],
            of: "loop", on: "second")
        // The first event of each of the two comes from no bus.
        try router.publish(event(1))
        try await wait { try router.statistics(bus: "second").routed == 1 }
        let looping = #"{"n":2,"loop":true}"#
        try router.publish(looping, to: "second")
        try await wait { try router.deadLetters().count == 1 || first.count > 100 }
        #expect(first.texts == [event(1), looping])
        #expect(second.texts == [looping, looping])
        try router.close()
    }

    @Test("loops are cut also for events that are read from the archive after a restart")
    func cutsLoopsAfterRestart() async throws {
        let folder = try TemporaryFolder()
        let all = try RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#)
        let watermarks = folder.path + "/router/delivery.watermarks"
        func open(_ targets: [Target]) throws -> Router {
            let router = try makeRouter(folder)
            if !router.buses.contains(where: { $0.name == "second" }) {
                try router.createBus("second")
            }
            try router.putRule(all, on: "second")
            let old = try router.targets(of: "all", on: "second").map(\.id)
            try router.removeTargets(old, of: "all", on: "second")
            try router.putTargets(targets, of: "all", on: "second")
            return router
        }
        let back = Target.bus("back", named: "default")
        try open([back]).close()
        let atStart = try #require(readFile(watermarks))
        var router = try open([])
        try router.putTargets([.bus("to", named: "second")], of: "all")
        for number in 0..<100 { try router.publish(event(number)) }
        try await wait { try router.statistics(bus: "second").routed == 100 }
        try router.close()
        // As if the process had died before anything was offered to the target.
        try Data(atStart).write(to: URL(fileURLWithPath: watermarks))
        router = try open([back])
        try await wait { try router.deadLetters().count == 100 }
        try router.close()
        #expect(try router.statistics().routed == 0)
        let letters = try router.deadLetters()
        #expect(letters.allSatisfy { $0.code == .thirdAccountHopDetected && $0.target == "back" })
    }
}
