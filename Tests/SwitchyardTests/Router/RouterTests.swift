import EventArchive
import Foundation
import Switchyard
import TestSupport
import Testing

@Suite struct RouterTests {
    @Test("two targets of one name in a call are an error, and nothing changes")
    func refusesTwins() throws {
        let router = try Router()
        try router.putRule(RoutingRule(name: "all", pattern: #"{"source": ["a"]}"#))
        #expect(throws: RouterError.self) {
            try router.putTargets([.closure("x") { _ in }, .closure("x") { _ in }], of: "all")
        }
        // It has none: with targets it could not be removed.
        try router.removeRule("all")
        try router.close()
    }

    @Test(
        "numbers that nothing can be built with count as the nearest that can", arguments: [0, -1])
    func boundsConfiguration(number: Int) async throws {
        let folder = try TemporaryFolder()
        var configuration = RouterConfiguration(directory: folder.path("router"))
        configuration.laneCount = number
        configuration.waitingEventsMax = number
        configuration.slabBytes = number
        configuration.slabCount = number
        configuration.targetQueueEvents = number
        configuration.targetQueueBytes = number
        configuration.pendingEventsMax = number
        let router = try Router(configuration)
        #expect(router.configuration.slabBytes == 4_096)
        let inbox = Inbox()
        try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        for number in 0..<100 { try router.publish(event(number)) }
        // It falls behind and catches up all the time: everything comes, in no order, and some twice.
        let all = Set((0..<100).map(event))
        await wait { Set(inbox.texts) == all }
        try router.close()
    }

    @Test("an event reaches the targets of the rules that match it, on its own bus only")
    func routes() throws {
        let router = try Router()
        try router.createBus("orders")
        let (low, high, other) = (Inbox(), Inbox(), Inbox())
        try router.putRules([
            RoutingRule(name: "low", pattern: #"{"n":[{"numeric":["<",10]}]}"#),
            RoutingRule(name: "high", pattern: #"{"n":[{"numeric":[">",5]}]}"#),
        ])
        try router.putRule(RoutingRule(name: "low", pattern: #"{"n":[1]}"#), on: "orders")
        try router.putTargets([.inline("t") { low.take($0.text) }], of: "low")
        try router.putTargets(
            [.closure("t") { high.take("\($0.rule)/\($0.target) \($0.text)") }], of: "high")
        try router.putTargets([.closure("t") { other.take($0.text) }], of: "low", on: "orders")
        for number in [1, 7, 20] { try router.publish(event(number)) }
        try router.publish(event(1), to: "orders")
        try router.publish(#"{"x":1}"#)
        try router.close()
        #expect(low.texts == [event(1), event(7)])
        #expect(high.texts == ["high/t \(event(7))", "high/t \(event(20))"])
        #expect(other.texts == [event(1)])
        #expect(try router.rules().map(\.matched) == [2, 2])
        let statistics = try router.statistics()
        #expect(statistics.accepted == 4 && statistics.routed == 4)
        #expect(statistics.matchedEvents == 3)
        #expect(try router.statistics(target: "t", of: "high").delivered == 2)
    }

    @Test("names are as long as EventBridge's may be, and rules' as long as is configured")
    func limitsNames() throws {
        var configuration = RouterConfiguration()
        func put(_ length: Int) throws -> Router {
            let router = try Router(configuration)
            let name = String(repeating: "n", count: length)
            try router.putRule(RoutingRule(name: name, pattern: #"{"a":[1]}"#))
            try router.putTargets([.closure(name) { _ in }], of: name)
            return router
        }
        try put(64).close()
        do {
            _ = try put(65)
            Issue.record("65 characters are one too many")
        } catch let error as RouterError {
            #expect("\(error)".hasSuffix("names have 1 to 64 characters, not 65"))
        }
        configuration.nameMax = 100
        let router = try put(100)
        #expect(throws: RouterError.self) { try put(101) }
        try router.createBus(String(repeating: "b", count: 256))
        #expect(throws: RouterError.self) {
            try router.createBus(String(repeating: "b", count: 257))
        }
        try router.close()
    }

    @Test("what is confirmed is durable, where the archive's durability is that of batches")
    func confirmsDurability() async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder)
        configuration.archive?.durability = .batch
        let router = try Router(configuration)
        for number in 1...20 {
            try await router.publishAndConfirm(event(number))
            let statistics = try router.statistics()
            #expect(statistics.archived == UInt64(number) && statistics.durable == UInt64(number))
        }
        try router.close()
    }

    @Test("rules can be added, replaced, disabled and removed between two events")
    func changesRules() async throws {
        let router = try makeRouter()
        let inbox = Inbox()
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        try await router.publishAndConfirm(event(1))
        try router.setRule("all", isEnabled: false)
        try await router.publishAndConfirm(event(2))
        try router.setRule("all", isEnabled: true)
        try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[4]}"#))
        try await router.publishAndConfirm(event(3))
        try await router.publishAndConfirm(event(4))
        try router.removeTargets(["t"], of: "all")
        try await router.publishAndConfirm(event(4))
        try router.removeRule("all")
        try await router.publishAndConfirm(event(4))
        try router.close()
        #expect(inbox.texts == [event(1), event(4)])
        #expect(try router.rules().isEmpty)
    }

    @Test("rules and targets change while events are published: each event sees one state")
    func changesWhilePublishing() throws {
        let router = try Router()
        let inbox = Inbox()
        // Both rules match every event; they change places as one.
        func rules(_ first: Bool) throws -> [RoutingRule] {
            try ["a", "b"].map { name in
                var rule = try RoutingRule(name: name, pattern: #"{"n":[{"exists":true}]}"#)
                rule.isEnabled = (name == "a") == first
                return rule
            }
        }
        try router.putRules(rules(true))
        for name in ["a", "b"] {
            try router.putTargets([.inline("t") { inbox.take($0.text) }], of: name)
        }
        let done = Switch(false)
        let publisher = Thread {
            for number in 0..<20_000 { try? router.publish(event(number)) }
            done.isOn = true
        }
        publisher.start()
        var changes = 0
        while !done.isOn {
            changes += 1
            try router.putRules(rules(changes % 2 == 0))
        }
        try router.close()
        #expect(inbox.texts == (0..<20_000).map(event))
        #expect(changes > 1)
    }

    @Test("a directory that can't be one is named, with what the system says")
    func refusesDirectories() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("taken", Array("x".utf8))
        for directory in [file, file + "/below"] {
            let error = #expect(throws: RouterError.self) {
                try Router(RouterConfiguration(directory: directory))
            }
            #expect(
                error?.description == "\(directory)/buses: can't be used: Not a directory")
        }
    }

    @Test("what can't be done is refused in the service's words, and changes nothing")
    func refuses() throws {
        let router = try makeRouter()
        func message(_ body: () throws -> Void) -> String? {
            do { try body() } catch { return "\(error)" }
            return nil
        }
        #expect(message { try router.removeBus("default") } == "Cannot delete event bus default.")
        #expect(message { try router.removeBus("x") } == "Event bus x does not exist.")
        #expect(message { try router.createBus("default") } == "Event bus default already exists.")
        #expect(message { try router.createBus("a b") }?.contains("letters, digits") == true)
        #expect(message { try router.createBus("a/b") }?.contains("letters, digits") == true)
        try router.createBus("aws.partner/example.com/x", kind: .partner)
        let rule = try RoutingRule(name: "r", pattern: #"{"n":[1]}"#)
        #expect(message { try router.putRule(rule, on: "x") } == "Event bus x does not exist.")
        #expect(
            message { try router.putRule(RoutingRule(name: "r")) }?.contains("EventPattern") == true
        )
        let schedule = RoutingRule(name: "r", schedule: try ScheduleExpression("rate(1 minute)"))
        try router.createBus("orders")
        #expect(
            message { try router.putRule(schedule, on: "orders") }
                == "ScheduleExpression is supported only on the default event bus.")
        let six = (0..<6).map { Target.inline("t\($0)") { _ in } }
        #expect(
            message { try router.putTargets(six, of: "all") }?
                .hasPrefix("The requested resource exceeds the maximum number allowed.") == true)
        try router.putTargets(Array(six.dropLast()), of: "all")
        #expect(
            message { try router.putTargets([six[5]], of: "all") }?.contains("maximum") == true)
        try router.putTargets([six[0]], of: "all")
        #expect(
            message { try router.removeRule("all") }
                == "Rule can't be deleted since it has targets.")
        #expect(
            message { try router.putTargets([six[0]], of: "no") }
                == "Rule no does not exist on EventBus default.")
        #expect(
            message { try router.putTargets([.bus("b", named: "no")], of: "all") }
                == "Event bus no does not exist.")
        try router.removeRule("never there")
        #expect(throws: PublishError.noSuchBus("no")) { try router.publish(event(1), to: "no") }
        try router.close()
        #expect(throws: PublishError.closed) { try router.publish(event(1)) }
        let closed = "the router was closed"
        #expect(message { try router.createBus("late") } == closed)
        let late = try RoutingRule(name: "late", pattern: #"{"a":[1]}"#)
        #expect(message { try router.putRule(late) } == closed)
        #expect(message { try router.setRule("all", isEnabled: false) } == closed)
        #expect(message { try router.removeRule("all") } == closed)
        #expect(message { try router.putTargets([six[0]], of: "all") } == closed)
    }

    @Test("a removed bus takes nothing more, and its name can be used again, with its archive")
    func removesBuses() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        for round in 0..<3 {
            try router.createBus("orders")
            let inbox = Inbox()
            try router.putRule(
                RoutingRule(name: "r", pattern: #"{"n":[{"exists":true}]}"#), on: "orders")
            try router.putTargets(
                [.inline("t") { inbox.take("\($0.sequence)") }], of: "r", on: "orders")
            let publisher = try router.makePublisher(to: "orders")
            try router.publish(event(1), to: "orders")
            try await router.confirm(bus: "orders")
            try router.removeBus("orders")
            #expect(inbox.texts == ["\(round)"])
            #expect(throws: PublishError.closed) {
                try publisher.publish(Array(event(1).utf8).span.bytes)
            }
        }
        #expect(router.buses.map(\.name) == ["default"])
        try router.close()
    }

    @Test("entries become events on their buses, and each entry has its outcome")
    func putsEntries() throws {
        let router = try makeRouter()
        try router.createBus("orders")
        let inbox = Inbox()
        for bus in ["default", "orders"] {
            try router.putRule(RoutingRule(name: "s", pattern: #"{"source":["shop"]}"#), on: bus)
            try router.putTargets(
                [.closure("t") { inbox.take("\($0.bus) \($0.text)") }], of: "s", on: bus)
        }
        let outcomes = try router.putEvents([
            EventEntry(source: "shop", detailType: "a", detail: "{}"),
            EventEntry(source: "shop", detailType: "b", detail: "nothing"),
            EventEntry(source: "shop", detailType: "c", detail: "{}", bus: "orders"),
            EventEntry(source: "shop", detailType: "d", detail: "{}", bus: "nowhere"),
        ])
        #expect(outcomes[0].eventID != nil && outcomes[2].eventID != nil)
        #expect(outcomes[3].eventID != nil && router.unroutedEntries == 1)
        guard case .failed(let error) = outcomes[1] else { throw Refusal() }
        #expect(error.description == "MalformedDetail: Detail is malformed.")
        #expect(throws: EntriesError.count(0, limit: 10)) { try router.putEvents([]) }
        try router.close()
        let texts = inbox.texts.sorted()
        #expect(texts.count == 2)
        #expect(
            texts[0].hasPrefix("default {\"version\":\"0\",\"id\":\"\(outcomes[0].eventID ?? "")\"")
        )
        #expect(texts[1].hasPrefix("orders "))
    }

    @Test("the largest entry that the limits allow is archived, delivered, and tried again")
    func putsLargestEntry() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) { $0.archive = ArchiveConfiguration() }
        let inbox = Inbox()
        let failures = Switch(true)
        try router.putRule(RoutingRule(name: "s", pattern: #"{"source":["shop"]}"#))
        try router.putTargets(
            [
                .closure("t", retry: eager) {
                    defer { failures.isOn = false }
                    if failures.isOn { throw Refusal() }
                    inbox.take($0.text)
                }
            ], of: "s")
        func entry(_ byteCount: Int) -> EventEntry {
            let frame = #"{"f":""}"#.utf8.count + "shop".utf8.count + "large".utf8.count
            let filler = String(repeating: "x", count: byteCount - frame)
            return EventEntry(
                source: "shop", detailType: "large", detail: #"{"f":"\#(filler)"}"#)
        }
        let limit = 1 << 20
        #expect(throws: EntriesError.size(limit, limit: limit)) {
            try router.putEvents([entry(limit)])
        }
        let outcomes = try router.putEvents([entry(limit - 1)])
        #expect(outcomes.first?.eventID != nil)
        await inbox.wait(for: 1)
        try router.close()
        let text = try #require(inbox.texts.first)
        #expect(text.utf8.count > limit && text.hasSuffix("xxx\"}}"))
        let archive = try ArchiveReader(
            directory: folder.path + "/router/buses/default.archive")
        #expect(try archive.verify().isSound && archive.sequences == 0..<1)
    }

    @Test("a batch says how many of it were accepted, and why the next one was not")
    func publishesBatches() throws {
        let router = try makeRouter()
        let inbox = Inbox()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        let good = try router.publish(contentsOf: (0..<1_000).map(event))
        #expect(good.accepted == 1_000 && good.error == nil)
        let bad = try router.publish(contentsOf: [event(1), "[]", event(2)])
        #expect(bad.accepted == 1)
        guard case .invalid? = bad.error else { throw Refusal() }
        try router.close()
        #expect(inbox.texts == (0..<1_000).map(event) + [event(1)])
    }

    @Test("what a target gets is made of the event; what can't be made is a dead letter")
    func transforms() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let (paths, texts) = (Inbox(), Inbox())
        let transformer = try InputTransformer(
            paths: ["n": "$.n"], template: #"{"text":"<n> of <aws.events.rule-name>"}"#)
        try router.putTargets(
            [
                .inline("path", input: .path(InputPath("$.n"))) { paths.take($0.text) },
                .closure("text", input: .transformer(transformer)) { texts.take($0.text) },
                .inline("missing", input: .path(InputPath("$.m"))) { paths.take($0.text) },
            ], of: "all")
        try router.publish(event(1))
        try router.publish(#"{"n":["x"]}"#)
        try await wait { try router.deadLetters().count == 3 }
        let letters = try router.deadLetters()
        try router.close()
        #expect(paths.texts == ["1", #"["x"]"#])
        #expect(texts.texts == [#"{"text":"1 of all"}"#])
        #expect(
            letters.filter { $0.code == .invalidParameter && $0.target == "missing" }.count == 2)
        let json = letters.filter { $0.code == .invalidJSON }
        #expect(json.map(\.target) == ["text"])
        #expect(json.map { String(decoding: $0.event, as: UTF8.self) } == [#"{"n":["x"]}"#])
        #expect(json.map(\.attempts) == [1] && json.allSatisfy { $0.condition == nil })
    }

    @Test("a router that was closed refuses every change, and stays as it was")
    func refusesChangesWhenClosed() throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        try router.createBus("second")
        try router.putTargets([.closure("t") { _ in }], of: "all")
        try router.close()
        func refuses(_ change: () throws -> Void) -> Bool {
            do { try change() } catch RouterError.closed { return true } catch {}
            return false
        }
        #expect(refuses { try router.removeBus("second") })
        #expect(refuses { try router.removeTargets(["t"], of: "all") })
        #expect(refuses { try router.putTargets([.closure("u") { _ in }], of: "all") })
        #expect(refuses { try router.createBus("third") })
        #expect(refuses { try router.putRule(RoutingRule(name: "x", pattern: #"{"n":[1]}"#)) })
        #expect(refuses { try router.setRule("all", isEnabled: false) })
        #expect(refuses { try router.removeRule("all") })
        #expect(router.buses.map(\.name) == ["default", "second"])
        #expect(router.snapshot().buses[0].rules.map { $0.targets.map(\.id) } == [["t"]])
        // What it keeps of its targets is there when it is opened again.
        let text = readFile(folder.path + "/router/delivery.watermarks")
        #expect(text.map { String(decoding: $0, as: UTF8.self).contains("removed") } == false)
    }

    @Test("a snapshot tells up to where a target is done with its bus's events")
    func tellsWatermarks() async throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder)
        let gate = Switch(false)
        let target = Target.closure("t", retry: eager) { _ in if !gate.isOn { throw Refusal() } }
        try router.putTargets([target, .closure("free") { _ in }], of: "all")
        func done(_ target: Int) throws -> UInt64? {
            try router.snapshot(bus: "default").rules[0].targets[target].doneBelow
        }
        for number in 0..<10 { try router.publish(event(number)) }
        try await wait { try done(1) == 10 }
        #expect(try done(0) == 0)
        gate.isOn = true
        try await wait { try done(0) == 10 }
        #expect(throws: RouterError.self) { try router.snapshot(bus: "nowhere") }
        try router.close()
    }

    @Test(
        "as many bytes as anybody may wish can wait for a target",
        arguments: [1 << 30, 1 << 40, Int.max])
    func boundsTargetQueueBytes(bytes: Int) async throws {
        let router = try makeRouter {
            $0.slabBytes = 4_096
            $0.targetQueueBytes = bytes
        }
        let inbox = Inbox()
        try router.putTargets([.closure("t") { inbox.take($0.text) }], of: "all")
        for number in 0..<1_000 { try router.publish(event(number)) }
        await inbox.wait(for: 1_000)
        try router.close()
        #expect(inbox.texts == (0..<1_000).map(event))
    }

    @Test("what follows an event but blanks is refused, so that no second event is lost")
    func refusesWhatFollows() async throws {
        let inbox = Inbox()
        let router = try makeRouter()
        try router.putTargets([.inline("t") { inbox.take($0.text) }], of: "all")
        for text in [#"{"n":1}\n{"n":2}"#, #"{"n":1}}"#, #"{"n":1} x"#] {
            let event = text.replacing("\\n", with: "\n")
            do {
                try router.publish(event)
                Issue.record("\(event) was taken")
            } catch {
                guard case .invalid(let json) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect("\(json)".contains("more after the value"), "\(json)")
            }
        }
        try router.publish("{\"n\":3} \t\r\n")
        try router.close()
        #expect(inbox.texts == [#"{"n":3}"#])
    }

    @Test("a second router on its directory says that there is one, and a full rule which it is")
    func saysWhatIsInTheWay() throws {
        let folder = try TemporaryFolder()
        let router = try makeRouter(folder) { $0.targetsPerRule = 1 }
        do {
            _ = try Router(configuration(folder))
            Issue.record("there are two")
        } catch {
            #expect("\(error)".contains("\(folder.path)/router: another router"), "\(error)")
        }
        do {
            try router.putTargets([.inline("a") { _ in }, .inline("b") { _ in }], of: "all")
            Issue.record("there are two")
        } catch {
            #expect("\(error)".contains("rule all"), "\(error)")
            #expect("\(error)".contains("RouterConfiguration.targetsPerRule: 1"), "\(error)")
        }
        do {
            try router.createBus("..")
            Issue.record("it was made")
        } catch { #expect("\(error)".contains("stands for a folder"), "\(error)") }
        try router.close()
    }
}
