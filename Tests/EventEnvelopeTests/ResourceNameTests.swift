import EventEnvelope
import Testing

@Suite struct ResourceNameTests {
    @Test("an ARN is taken apart, and its resource may hold further colons")
    func takesApart() throws {
        let arn = try ARN("arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events:*")
        #expect(arn.partition == "aws")
        #expect(arn.service == "logs")
        #expect(arn.region == "eu-west-1")
        #expect(arn.account == "111122223333")
        #expect(arn.resource == "log-group:/aws/events:*")
        #expect(arn.description == "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/events:*")
        let global = try ARN("arn:aws:s3:::bucket")
        #expect(global.region.isEmpty && global.account.isEmpty)
    }

    @Test(
        "an ARN that is none is refused at the byte where it goes wrong",
        arguments: [
            ("", 0), ("arn", 0), ("urn:aws:events:r:1:x", 0), ("arn:", 4), ("arn:aws:events", 14),
            ("arn:aws:events:r:1", 18), ("arn::events:r:1:x", 4), ("arn:aws::r:1:x", 8),
            ("arn:aws:events:r:1:", 19), ("arn:aws:events:r:1:a b", 20),
            ("arn:aws:events:r_1:1:x", 16), ("arn:aws:events:r:1\u{e9}:x", 18),
        ])
    func refusesARNs(text: String, offset: Int) {
        let error = #expect(throws: ARNError.self) { try ARN(text) }
        #expect(error?.offset == offset)
    }

    @Test("an ARN has 2,048 bytes at most")
    func limitsLength() throws {
        let start = "arn:aws:sqs:eu-west-1:111122223333:"
        let longest = start + String(repeating: "q", count: ARN.bytesMax - start.utf8.count)
        #expect(try ARN(longest).text == longest)
        #expect(throws: ARNError.self) { try ARN(longest + "q") }
    }

    private static let scope = ResourceScope(account: "111122223333", region: "eu-west-1")
    private static let prefix = "arn:aws:events:eu-west-1:111122223333:"

    @Test(
        "the name of a resource of EventBridge reads to the resource, and is written as it was",
        arguments: [
            ("event-bus/default", .bus(BusID(in: scope))),
            ("event-bus/orders", .bus(BusID("orders", in: scope))),
            ("event-bus/aws.partner/shop/1/x", .bus(BusID("aws.partner/shop/1/x", in: scope))),
            ("rule/stopped", .rule(BusID(in: scope), name: "stopped")),
            ("rule/orders/paid", .rule(BusID("orders", in: scope), name: "paid")),
            (
                "rule/aws.partner/shop/1/paid",
                .rule(BusID("aws.partner/shop/1", in: scope), name: "paid")
            ),
            ("archive/all", .archive(scope, name: "all")),
            ("replay/last-night", .replay(scope, name: "last-night")),
            ("connection/c/6a7e8feb", .connection(scope, name: "c", id: "6a7e8feb")),
            ("api-destination/d/6a7e", .apiDestination(scope, name: "d", id: "6a7e")),
            ("endpoint/e", .endpoint(scope, name: "e")),
        ] as [(String, ResourceName)])
    func readsResources(resource: String, expected: ResourceName) throws {
        let arn = Self.prefix + resource
        #expect(try ResourceName(arn) == expected)
        #expect(expected.arn == arn)
        #expect(expected.scope == Self.scope)
    }

    @Test("a partner's event source is in no account")
    func readsEventSources() throws {
        let arn = "arn:aws:events:eu-west-1::event-source/aws.partner/shop/1"
        let name = try ResourceName(arn)
        #expect(name == .eventSource(region: "eu-west-1", name: "aws.partner/shop/1"))
        #expect(name.arn == arn)
    }

    @Test("the partition is that of the region")
    func knowsPartitions() throws {
        for (partition, region) in [
            ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1"), ("aws", "local"),
        ] {
            let arn = "arn:\(partition):events:\(region):1:event-bus/b"
            #expect(try ResourceName(arn).arn == arn)
        }
        let error = #expect(throws: ARNError.self) {
            try ResourceName("arn:aws:events:cn-north-1:1:event-bus/b")
        }
        #expect(error?.offset == 4)
    }

    @Test(
        "what is no resource of EventBridge is refused where it goes wrong",
        arguments: [
            ("arn:aws:sqs:eu-west-1:1:orders", 8), ("arn:aws:events::1:rule/r", 15),
            ("arn:aws:events:r:1:rule", 19), ("arn:aws:events:r:1:rule/", 24),
            ("arn:aws:events:r:1:wheel/w", 19), ("arn:aws:events:r::rule/r", 17),
            ("arn:aws:events:r:1:rule//r", 24), ("arn:aws:events:r:1:rule/b/", 26),
            ("arn:aws:events:r:1:archive/a/b", 27), ("arn:aws:events:r:1:connection/c", 30),
            ("arn:aws:events:r:1:rule/a*", 25),
        ])
    func refusesResources(text: String, offset: Int) {
        let error = #expect(throws: ARNError.self) { try ResourceName(text) }
        #expect(error?.offset == offset, "\(error.map(\.description) ?? "")")
    }

    @Test("a bus is told by its name, or by its ARN wherever it is")
    func readsNamesOrARNs() throws {
        #expect(try BusID(nameOrARN: "orders", in: Self.scope) == BusID("orders", in: Self.scope))
        let other = BusID(account: "2", region: "us-east-1", name: "orders")
        #expect(try BusID(nameOrARN: other.arn, in: Self.scope) == other)
        for text in ["", "a b", "/a", "arn:aws:events:r:1:rule/r", "arn:aws"] {
            #expect(throws: ARNError.self) { try BusID(nameOrARN: text, in: Self.scope) }
        }
    }
}
