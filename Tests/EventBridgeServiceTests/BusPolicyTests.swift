import AWSWire
import EventEnvelope
import TestSupport
import Testing

@testable import EventBridgeService

@Suite("The policy of a bus")
struct BusPolicyTests {
    private static let bus = "arn:aws:events:eu-west-1:111111111111:event-bus/b"

    private func decision(
        _ statements: String, action: String = "events:PutEvents",
        account: String = "222222222222", source: String? = "shop"
    ) throws -> BusPolicy.Decision {
        let policy = try BusPolicy(#"{"Version":"2012-10-17","Statement":\#(statements)}"#)
        return policy.decision(
            on: PolicyRequest(
                action: action, resource: Self.bus,
                caller: Caller(ResourceScope(account: account, region: "eu-west-1")),
                source: source, detailType: "order"))
    }

    private func statement(
        _ effect: String = "Allow", principal: String = "\"*\"",
        action: String = "\"events:PutEvents\"", resource: String = "\"\(bus)\"",
        condition: String? = nil
    ) -> String {
        #"{"Effect":"\#(effect)","Principal":\#(principal),"Action":\#(action),"Resource":\#(resource)"#
            + (condition.map { #","Condition":\#($0)"# } ?? "") + "}"
    }

    @Test("says nothing of a request that no statement is for")
    func notMentioned() throws {
        #expect(try decision("[]") == .notMentioned)
        #expect(try decision(statement(action: "\"events:PutRule\"")) == .notMentioned)
        #expect(try decision(statement(resource: "\"arn:aws:events:*:*:x\"")) == .notMentioned)
        #expect(
            try decision(statement(principal: #"{"AWS":"333333333333"}"#)) == .notMentioned)
        #expect(
            try decision(statement(principal: #"{"Service":"events.amazonaws.com"}"#))
                == .notMentioned)
    }

    @Test(
        "names its principals by account, resource name or star, alone or in a list",
        arguments: [
            "\"*\"", #"{"AWS":"*"}"#, #"{"AWS":"222222222222"}"#,
            #"{"AWS":"arn:aws:iam::222222222222:root"}"#,
            #"{"AWS":["333333333333","222222222222"]}"#,
        ])
    func principals(principal: String) throws {
        #expect(try decision(statement(principal: principal)) == .allowed)
    }

    @Test("what denies counts more than what allows, in whatever order")
    func deny() throws {
        let (allow, deny) = (statement(), statement("Deny"))
        #expect(try decision("[\(allow),\(deny)]") == .denied)
        #expect(try decision("[\(deny),\(allow)]") == .denied)
        let others = statement("Deny", principal: #"{"AWS":"333333333333"}"#)
        #expect(try decision("[\(others),\(allow)]") == .allowed)
    }

    @Test("wildcards stand for any characters in actions and resources, whatever the action's case")
    func wildcards() throws {
        #expect(try decision(statement(action: "\"EVENTS:Put*\"")) == .allowed)
        #expect(try decision(statement(action: "[\"events:D*\",\"events:?utEvents\"]")) == .allowed)
        #expect(try decision(statement(resource: "\"arn:aws:events:*:event-bus/*\"")) == .allowed)
        #expect(try decision(statement(resource: "\"arn:aws:events:*:rule/*\"")) == .notMentioned)
    }

    @Test(
        "a condition is met or not",
        arguments: [
            (#"{"StringEquals":{"events:source":"shop"}}"#, true),
            (#"{"StringEquals":{"events:source":["mall","shop"]}}"#, true),
            (#"{"StringEquals":{"events:source":"Shop"}}"#, false),
            (#"{"StringEqualsIgnoreCase":{"events:source":"Shop"}}"#, true),
            (#"{"StringLike":{"events:source":"s?o*"}}"#, true),
            (#"{"StringNotEquals":{"events:source":"shop"}}"#, false),
            (#"{"StringEquals":{"events:source":"shop","events:detail-type":"other"}}"#, false),
            (#"{"StringEquals":{"aws:PrincipalAccount":"222222222222"}}"#, true),
            // Nobody here knows of organizations.
            (#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, false),
            (#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#, true),
            (#"{"Null":{"aws:PrincipalOrgID":"true"}}"#, true),
            (#"{"Null":{"events:source":true}}"#, false),
            (#"{"ForAllValues:StringEquals":{"events:source":["shop"]}}"#, true),
            // An operator that is not known never lets anybody in.
            (#"{"NumericLessThan":{"events:source":"9"}}"#, false),
        ])
    func conditions(condition: String, isMet: Bool) throws {
        #expect(
            try decision(statement(condition: condition)) == (isMet ? .allowed : .notMentioned))
    }

    @Test("an operator that is not known denies where its statement does")
    func unknownOperator() throws {
        let deny = statement("Deny", condition: #"{"NumericLessThan":{"events:source":"9"}}"#)
        #expect(try decision("[\(statement()),\(deny)]") == .denied)
    }

    @Test(
        "what is no policy is refused",
        arguments: [
            "", "[]", "{}", #"{"Version":"2012-10-17"}"#,
            #"{"Version":"2030-01-01","Statement":[]}"#,
            #"{"Statement":{"Effect":"Maybe","Principal":"*","Action":"*","Resource":"*"}}"#,
            #"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
            #"{"Statement":{"Effect":"Allow","Principal":"me","Action":"*","Resource":"*"}}"#,
            #"{"Statement":{"Effect":"Allow","Principal":"*","Resource":"*"}}"#,
        ])
    func refused(text: String) {
        #expect {
            try BusPolicy(text)
        } throws: { error in
            "\(error)".hasPrefix("ValidationException: Parameter Policy is not valid.")
        }
    }

    @Test("wildcards match as a plain search by trying everything does")
    func wildcardReference() {
        func reference(_ pattern: Substring, _ text: Substring) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "*" {
                return reference(pattern.dropFirst(), text)
                    || !text.isEmpty && reference(pattern, text.dropFirst())
            }
            guard let character = text.first, first == "?" || first == character else {
                return false
            }
            return reference(pattern.dropFirst(), text.dropFirst())
        }
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            func make(_ letters: String, _ count: Int) -> String {
                String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
            }
            let pattern = make("ab*?", Int.random(in: 0...7, using: &random))
            let text = make("ab", Int.random(in: 0...8, using: &random))
            #expect(
                NamePattern.matches(pattern, text) == reference(pattern[...], text[...]),
                "\(pattern) and \(text), seed \(seed)")
        }
    }
}
