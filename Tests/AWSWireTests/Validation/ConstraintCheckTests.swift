internal import Testing

@testable internal import AWSWire

@Suite struct ConstraintCheckTests {
    @Test("what is right is right")
    func right() throws {
        let inputs = [
            ("PutRule", #"{"Name":"orders","EventPattern":"{}","State":"ENABLED","Tags":[]}"#),
            (
                "PutTargets",
                #"{"Rule":"r","Targets":[{"Id":"1","Arn":"arn:aws:sqs:eu-west-1:1:q","InputTransformer":"#
                    + #"{"InputPathsMap":{"a":"$.detail"},"InputTemplate":"<a>"}}]}"#
            ),
            ("PutEvents", #"{"Entries":[{"Source":"a","DetailType":"b","Detail":"{}"}]}"#),
            ("ListRules", "{}"), ("DescribeEventBus", #"{"Name":"default"}"#),
        ]
        for (operation, input) in inputs {
            #expect(try answer(.events, operation, input) == nil)
        }
    }

    @Test("a member that has to be there is missed where its structure is")
    func missing() throws {
        #expect(
            try violations(.events, "PutRule", "{}")
                == """
                1 validation error detected: Value null at 'name' failed to satisfy constraint: \
                Member must not be null
                """)
        #expect(
            try violations(.events, "PutTargets", #"{"Rule":"r","Targets":[{"Id":null}]}"#)
                == """
                2 validation errors detected: Value null at 'targets.1.member.id' failed to satisfy \
                constraint: Member must not be null; Value null at 'targets.1.member.arn' failed to \
                satisfy constraint: Member must not be null
                """)
    }

    @Test("an empty name breaks its pattern and its length, in that order")
    func empty() throws {
        #expect(
            try violations(.events, "PutRule", #"{"Name":""}"#)
                == #"""
                2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member \#
                must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+; Value '' at 'name' failed to \#
                satisfy constraint: Member must have length greater than or equal to 1
                """#)
    }

    @Test("a length counts characters, and a list's its elements")
    func lengths() throws {
        func put(_ description: String) throws -> String? {
            try violations(.events, "PutRule", #"{"Name":"r","Description":"\#(description)"}"#)
        }
        #expect(try put(String(repeating: "😀", count: 512)) == nil)
        #expect(try put(String(repeating: #"\ud83d\ude00"#, count: 512)) == nil)
        #expect(try put(String(repeating: "é", count: 513))?.contains("equal to 512") == true)
        #expect(
            try violations(.events, "PutTargets", #"{"Rule":"r","Targets":[]}"#)
                == """
                1 validation error detected: Value '[]' at 'targets' failed to satisfy constraint: \
                Member must have length greater than or equal to 1
                """)
    }

    @Test("what strings in a list break is said of the list, with all that is demanded of them")
    func lists() throws {
        #expect(
            try violations(.events, "RemoveTargets", #"{"Rule":"r","Ids":["ok","a b","c d"]}"#)
                == #"""
                1 validation error detected: Value '[ok, a b, c d]' at 'ids' failed to satisfy constraint: \#
                Member must satisfy constraint: [Member must have length less than or equal to 64, Member \#
                must have length greater than or equal to 1, Member must satisfy regular expression \#
                pattern: [\.\-_A-Za-z0-9]+]
                """#)
    }

    @Test("what a map's keys and values break is said of the map, shown in its own order")
    func maps() throws {
        // As a user of EventBridge was answered.
        let paths = #""Quem foi?":"$.u","o que?":"$.e","de onde?":"$.i""#
        #expect(
            try violations(
                .events, "PutTargets",
                #"{"Rule":"r","Targets":[{"Id":"1","Arn":"a","InputTransformer":{"InputTemplate":"x","#
                    + #""InputPathsMap":{\#(paths)}}}]}"#)
                    == #"""
                    1 validation error detected: Value '{de onde?=$.i, Quem foi?=$.u, o que?=$.e}' at \#
                    'targets.1.member.inputTransformer.inputPathsMap' failed to satisfy constraint: Map keys \#
                    must satisfy constraint: [Member must have length less than or equal to 256, Member must \#
                    have length greater than or equal to 1, Member must satisfy regular expression pattern: \#
                    [A-Za-z0-9\_\-]+]
                    """#)
        let header = try violations(
            .events, "PutTargets",
            #"{"Rule":"r","Targets":[{"Id":"1","Arn":"a","HttpParameters":{"HeaderParameters":"#
                + #"{"a":"\u0001"}}}]}"#)
        #expect(header?.contains("failed to satisfy constraint: Map value must satisfy") == true)
    }

    @Test("members come in the order of Java's hash table, not of the model or the request")
    func order() throws {
        let long = String(repeating: "d", count: 513)
        let message = try violations(
            .events, "CreateArchive",
            #"{"ArchiveName":"a","EventSourceArn":"arn:aws:events:eu-west-1::event-bus/x","#
                + #""Description":"\#(long)","RetentionDays":-1}"#)
        #expect(
            message
                == """
                2 validation errors detected: Value '-1' at 'retentionDays' failed to satisfy \
                constraint: Member must have value greater than or equal to 0; Value '\(long)' at \
                'description' failed to satisfy constraint: Member must have length less than or equal \
                to 512
                """)
    }

    @Test("no more than ten violations are listed")
    func limit() throws {
        let target = #"{"Id":"!","Arn":""}"#
        let targets = Array(repeating: target, count: 9).joined(separator: ",")
        let input = #"{"Rule":"r","Targets":[\#(targets)]}"#
        let message = try violations(.events, "PutTargets", input)
        #expect(message?.hasPrefix("10 validation errors detected: ") == true)
        #expect(message?.split(separator: "; ").count == 10)
        #expect(message?.contains("targets.5.member.id") == true)
        #expect(message?.contains("targets.6.member") == false)
    }

    @Test("a secret is never shown")
    func secrets() throws {
        let message = try violations(
            .events, "CreateConnection",
            #"{"Name":"c","AuthorizationType":"BASIC","AuthParameters":{"BasicAuthParameters":"#
                + #"{"Username":"u","Password":"geheim\u0001"}}}"#)
        #expect(
            message?.hasPrefix(
                """
                1 validation error detected: Value at \
                'authParameters.basicAuthParameters.password' failed to satisfy constraint: Member must \
                satisfy regular expression pattern:
                """) == true)
        #expect(message?.contains("geheim") == false)
        let values = Array(repeating: #"{"Key":"k","Value":"geheim"}"#, count: 101)
        let parameters = try violations(
            .events, "CreateConnection",
            #"{"Name":"c","AuthorizationType":"BASIC","AuthParameters":{"InvocationHttpParameters":"#
                + #"{"HeaderParameters":[\#(values.joined(separator: ","))]}}}"#)
        #expect(
            parameters?.contains(
                """
                [ConnectionHeaderParameter(key=k, value=***Sensitive Data Redacted***, \
                isValueSecret=null), Conn
                """) == true)
        #expect(parameters?.contains("geheim") == false)
    }

    @Test("a value that is very long is cut")
    func long() throws {
        let name = String(repeating: "é", count: 100_000)
        let message = try #require(try violations(.events, "PutRule", #"{"Name":"\#(name)"}"#))
        #expect(message.utf8.count < 3 * JavaText.bytesMax)
        #expect(message.contains("é...' at 'name'"))
    }

    @Test("a member that stands elsewhere than in the body has its name there")
    func located() throws {
        #expect(
            try answer(.schemas, "CreateRegistry", #"{"Description":"x"}"#)
                == ServiceError(
                    "BadRequestException",
                    """
                    1 validation error detected: Value null at 'registryName' failed to satisfy \
                    constraint: Member must not be null
                    """))
        #expect(try answer(.schemas, "CreateRegistry", #"{"registryName":"x","tags":{}}"#) == nil)
        #expect(
            try violations(.scheduler, "ListSchedules", #"{"MaxResults":0,"State":"ON"}"#)
                == """
                2 validation errors detected: Value '0' at 'maxResults' failed to satisfy constraint: \
                Member must have value greater than or equal to 1; Value 'ON' at 'state' failed to satisfy \
                constraint: Member must satisfy enum value set: [ENABLED, DISABLED]
                """)
    }

    @Test("what logs was seen to answer comes of its model too")
    func structures() throws {
        let model = ServiceModel(
            reading: """
                service logs 2014-03-28 protocol=json jsonVersion=1.1 signingName=logs
                operation PutMetricFilter POST / input=Request
                structure Request *metricTransformations:MetricTransformations
                list MetricTransformations MetricTransformation min=1 max=1
                structure MetricTransformation *metricName:S *metricNamespace:S *metricValue:S \
                defaultValue:D unit:S dimensions:M
                string S
                double D
                map M S S
                """)
        let input = (1...2).map {
            #"{"metricNamespace":"namespace\#($0)","metricName":"metric\#($0)","metricValue":"1"}"#
        }
        #expect(
            try violations(
                model, "PutMetricFilter",
                #"{"metricTransformations":[\#(input.joined(separator: ","))]}"#)
                    == """
                    1 validation error detected: Value '[MetricTransformation(metricName=metric1, \
                    metricNamespace=namespace1, metricValue=1, defaultValue=null, unit=null, \
                    dimensions=null), MetricTransformation(metricName=metric2, metricNamespace=namespace2, \
                    metricValue=1, defaultValue=null, unit=null, dimensions=null)]' at \
                    'metricTransformations' failed to satisfy constraint: Member must have length less than \
                    or equal to 1
                    """)
    }
}
