import StoreConformance
import Switchyard
import TestSupport
import Testing

private let scope = ResourceScope(account: "111122223333", region: "eu-west-1")
private let partner = BusID("aws.partner/shop/1", in: scope)

private func text(_ value: some StoredValue) -> String {
    String(decoding: value.json, as: UTF8.self)
}

private func pattern(_ text: String) throws -> EventPattern { try EventPattern(text) }

@Suite struct StoredValueTests {
    @Test("a rule is written with EventBridge's names, and reads again to an equal one")
    func rules() throws {
        let rule = RoutingRule(
            name: "stopped", pattern: try pattern(#"{ "state": ["on", 1.0, {"prefix": "é"}] }"#),
            schedule: try ScheduleExpression("cron(0 18 ? * MON-FRI *)"), isEnabled: false,
            description: "what \"stopped\"")
        let start = EventTime(1_500_000_000_123_456_789)
        var stored = StoredRule(rule, scheduleStart: start, order: 7)
        stored.managedBy = "me"
        #expect(
            text(stored)
                == #"{"EventPattern":"{\"state\":[\"on\",1.0,{\"prefix\":\"é\"}]}","ScheduleExpression":"cron(0 18 ? * 2-6 *)","State":"DISABLED","Description":"what \"stopped\"","ScheduleStart":"2017-07-14T02:40:00.123456789Z","Order":7,"ManagedBy":"me"}"#
        )
        let read = try StoredRule(json: stored.json)
        #expect(read == stored)
        let back = read.rule(named: "stopped")
        #expect(back.pattern == rule.pattern && back.schedule == rule.schedule)
        #expect(back.description == rule.description && !back.isEnabled)
        #expect(back.name == "stopped" && back.managedBy == "me")
    }

    @Test("the texts of a pattern and a schedule are kept as they were written, if they are right")
    func keepsTexts() throws {
        let written = #"{ "a" : [ "x" ] }"#
        var rule = RoutingRule(
            name: "r", pattern: try pattern(written),
            schedule: try ScheduleExpression("rate(60 minutes)"))
        (rule.patternText, rule.scheduleText) = (written, "rate(60 minutes)")
        let kept = StoredRule(rule)
        #expect(kept.patternText == written && kept.scheduleText == "rate(60 minutes)")
        #expect(try StoredRule(json: kept.json) == kept)
        for wrong in [#"{"a":["y"]}"#, "{", nil] {
            (rule.patternText, rule.scheduleText) = (wrong, "rate(2 hours)")
            let made = StoredRule(rule)
            #expect(made.patternText == #"{"a":["x"]}"# && made.scheduleText == "rate(1 hour)")
        }
    }

    @Test("what EventBridge knows besides is kept as it is")
    func keepsOthers() throws {
        for json in [
            #"{"EventPattern":"{\"a\":[1]}","State":"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS","RoleArn":"arn:aws:iam::1:role/r"}"#,
            #"{"ScheduleExpression":"rate(1 day)","State":"ENABLED","ManagedBy":"s","CreatedBy":"1"}"#,
        ] {
            #expect(text(try StoredRule(json: Array(json.utf8))) == json)
            #expect(try StoredRule(json: Array(json.utf8)).rule(named: "r").isEnabled)
        }
        let bus =
            #"{"Kind":"partner","Description":"d","Policy":"{}","LogConfig":{"Level": "INFO"}}"#
        #expect(text(try StoredBus(json: Array(bus.utf8))) == bus)
        let archive =
            #"{"EventSourceArn":"arn:aws:events:eu-west-1:1:event-bus/b","EventPattern":"{ }","RetentionDays":0,"State":"CREATE_FAILED","StateReason":"x","CreationTime":"2026-01-31T12:00:00Z","KmsKeyIdentifier":"k"}"#
            .replacing("{ }", with: #"{\"a\": [1]}"#)
        #expect(text(try StoredArchive(json: Array(archive.utf8))) == archive)
    }

    @Test("an archive is written and read")
    func archives() throws {
        let stored = StoredArchive(
            source: partner, pattern: try pattern(#"{"a":["x"]}"#), retentionDays: 30,
            description: "all", creationTime: EventTime(0))
        #expect(try StoredArchive(json: stored.json) == stored)
        #expect(StoredArchive.ruleName(ofArchive: "all") == "Events-Archive-all")
    }

    @Test(
        "a rule that can't be read says why and where",
        arguments: [
            (#"{"State":"ENABLED"}"#, .missing(member: "EventPattern"), 0),
            (
                #"{"EventPattern":"{\"a\":[1]}","State":"PAUSED"}"#,
                .invalid(member: "State", reason: "this version does not know \"PAUSED\""), 38
            ),
            (#"{"EventPattern":"{\"a\":[1]}","Shape":1}"#, .unknown(member: "Shape"), 30),
            (
                #"{"Version":2,"Shape":1}"#, .newerVersion(found: 2, supported: 1), 11
            ),
            (
                #"{"ScheduleExpression":"rate(1 day)","ScheduleStart":"noon"}"#,
                .wrongKind(
                    member: "ScheduleStart", expected: "a time as in \"2026-01-31T12:00:00Z\""), 52
            ),
        ] as [(String, DefinitionError.Reason, Int)])
    func refusesRules(json: String, reason: DefinitionError.Reason, offset: Int) {
        let error = #expect(throws: DefinitionError.self) {
            try StoredRule(json: Array(json.utf8))
        }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    @Test("a pattern or schedule that is wrong is told with its own error")
    func refusesPatterns() {
        for (json, offset) in [
            (#"{"EventPattern":"{\"a\":1}"}"#, 16), (#"{"ScheduleExpression":"daily"}"#, 22),
        ] {
            let error = #expect(throws: DefinitionError.self) {
                try StoredRule(json: Array(json.utf8))
            }
            #expect(error?.offset == offset)
            switch error?.reason {
            case .pattern, .schedule: break
            default: Issue.record("\(String(describing: error))")
            }
        }
    }
}

@Suite struct RouterStateTests {
    @Test("keys of resources read to the resource")
    func keys() throws {
        let rule = RuleID("paid", of: partner)
        for (resource, path) in [
            (.format, "format"),
            (.bus(BusID(in: scope)), "bus/111122223333/eu-west-1/default"),
            (.bus(partner), "bus/111122223333/eu-west-1/aws.partner%2Fshop%2F1"),
            (.rule(rule), "rule/111122223333/eu-west-1/aws.partner%2Fshop%2F1/paid"),
            (.target(rule, id: "1"), "target/111122223333/eu-west-1/aws.partner%2Fshop%2F1/paid/1"),
            (.archive(scope, name: "all"), "archive/111122223333/eu-west-1/all"),
        ] as [(RouterKey, String)] {
            #expect(try resource.key().path == path)
            #expect(RouterKey(try resource.key()) == resource)
        }
        #expect(throws: ConfigurationStoreError.self) {
            try RouterKey.bus(BusID("", in: scope)).key()
        }
        #expect(RouterKey(try ConfigurationKey(path: "bus/1/2")) == nil)
        #expect(RouterKey(try ConfigurationKey(path: "pipe/1/2/3")) == nil)
    }

    private static func filled(_ store: some ConfigurationStore) throws {
        try RouterState.begin(store)
        let main = BusID(in: scope)
        var batch = ConfigurationBatch()
        try batch.put(.bus(main), StoredBus(.default))
        try batch.put(.bus(partner), StoredBus(.partner))
        for (name, order, bus) in [
            ("b", 2, main), ("a", 2, main), ("z", 1, main), ("a", 0, partner),
        ]
            as [(String, UInt64, BusID)]
        {
            let rule = try RoutingRule(name: name, pattern: #"{"a":["\#(name)"]}"#)
            try batch.put(.rule(RuleID(name, of: bus)), StoredRule(rule, order: order))
        }
        for (id, order) in [("2", 0), ("1", 0), ("0", 1)] as [(String, UInt64)] {
            try batch.put(
                .target(RuleID("a", of: main), id: id),
                StoredTarget(TargetDefinition(id: id, .log), order: order))
        }
        try batch.put(.archive(scope, name: "all"), StoredArchive(source: main))
        try store.apply(batch)
    }

    @Test("a store is read into buses, rules and targets in their order, and archives")
    func reads() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        try Self.filled(store)
        store.close()
        let again = try FileConfigurationStore(directory: folder.path)
        try RouterState.begin(again)
        let state = try RouterState(again)
        #expect(state.problems.isEmpty)
        #expect(state.buses.map(\.id) == [partner, BusID(in: scope)])
        #expect(state.buses[0].value.kind == .partner)
        #expect(state.buses[0].rules.map(\.id.name) == ["a"])
        #expect(state.buses[1].rules.map(\.id.name) == ["z", "a", "b"])
        #expect(state.buses[1].rules[1].targets.map(\.value.definition.id) == ["1", "2", "0"])
        #expect(
            state.buses[1].rules[0].value.rule(named: "z").pattern == (try pattern(#"{"a":["z"]}"#))
        )
        #expect(state.archives.map(\.name) == ["all"])
        #expect(state.buses[1].version == 2 && again.revision == 2)
    }

    @Test("what can't be read is told by its key, holds up nothing else, and stays in the store")
    func keepsWhatIsUnreadable() throws {
        let store = MemoryConfigurationStore()
        try Self.filled(store)
        let gone = BusID("gone", in: scope)
        let main = BusID(in: scope)
        try store.apply(
            ConfigurationBatch([
                "rule/111122223333/eu-west-1/default/b": #"{"Version":2}"#,
                "target/111122223333/eu-west-1/default/b/1":
                    #"{"Target":{"Id":"1","Arn":"log:"}}"#,
                "target/111122223333/eu-west-1/default/a/1": #"{"Target":{"Id":"9","Arn":"log:"}}"#,
                "target/111122223333/eu-west-1/default/a/2": #"{"Target":{"Id":"2"}}"#,
                "rule/111122223333/eu-west-1/gone/r": #"{"ScheduleExpression":"rate(1 day)"}"#,
                "target/111122223333/eu-west-1/gone/r/1": #"{"Target":{"Id":"1","Arn":"log:"}}"#,
                "pipe/1": "{}",
            ]))
        let before = try store.entries(nil)
        let state = try RouterState(store)
        #expect(state.buses[1].rules.map(\.id.name) == ["z", "a"])
        #expect(state.buses[1].rules[1].targets.map(\.value.definition.id) == ["0"])
        let problems = Dictionary(
            uniqueKeysWithValues: state.problems.map { ($0.key.path, $0.reason) })
        let prefix = "111122223333/eu-west-1"
        #expect(problems.count == 7)
        #expect(problems["pipe/1"] == .unknownKey)
        #expect(try RouterState(store, besides: ["pipe"]).problems.count == 6)
        #expect(problems["rule/\(prefix)/gone/r"] == .noBus(gone))
        #expect(problems["target/\(prefix)/gone/r/1"] == .noRule(RuleID("r", of: gone)))
        #expect(problems["target/\(prefix)/default/b/1"] == .noRule(RuleID("b", of: main)))
        for path in [
            "rule/\(prefix)/default/b", "target/\(prefix)/default/a/1",
            "target/\(prefix)/default/a/2",
        ] {
            guard case .value = problems[path] else {
                Issue.record("\(path): \(String(describing: problems[path]))")
                continue
            }
        }
        let targets = state.problems.compactMap { problem -> String? in
            if case .target(_, let id) = problem.resource { id } else { nil }
        }
        #expect(targets.sorted() == ["1", "1", "1", "2"])
        #expect(try store.entries(nil) == before)
    }

    @Test("a store of a newer program is refused as a whole, and left as it is")
    func refusesNewerFormat() throws {
        let store = MemoryConfigurationStore()
        try store.apply(ConfigurationBatch(["format": #"{"Version":2}"#, "wheel": "{}"]))
        let expected = RouterStateError.newerFormat(found: 2, supported: 1)
        #expect(throws: expected) { try RouterState(store) }
        #expect(throws: expected) { try RouterState.begin(store) }
        #expect(try store.texts() == [#"format={"Version":2}"#, "wheel={}"])
        let other = MemoryConfigurationStore()
        try other.apply(ConfigurationBatch(["format": "2"]))
        #expect(throws: RouterStateError.self) { try RouterState(other) }
    }

    @Test("ten thousand rules with targets go through one file, and all come back")
    func manyRules() throws {
        let folder = try TemporaryFolder()
        let store = try FileConfigurationStore(directory: folder.path)
        try RouterState.begin(store)
        let bus = BusID(in: scope)
        var batch = ConfigurationBatch()
        try batch.put(.bus(bus), StoredBus(.default))
        for number in 0..<10_000 {
            let id = RuleID("rule-\(number)", of: bus)
            let rule = try RoutingRule(
                name: id.name,
                pattern:
                    #"{"source":["aws.ec2"],"detail":{"id":["\#(number)"],"cpu":[{"numeric":[">",\#(number)]}]}}"#
            )
            try batch.put(.rule(id), StoredRule(rule, order: UInt64(number)))
            try batch.put(
                .target(id, id: "lines"),
                StoredTarget(TargetDefinition(id: "lines", .file(path: "/var/log/\(number)"))))
        }
        try store.apply(batch)
        store.close()
        let again = try FileConfigurationStore(directory: folder.path)
        let state = try RouterState(again)
        #expect(state.problems.isEmpty)
        #expect(state.buses[0].rules.count == 10_000)
        #expect(state.buses[0].rules.last?.id.name == "rule-9999")
        let isWhole = state.buses[0].rules.allSatisfy { $0.targets.count == 1 }
        #expect(isWhole)
    }
}
