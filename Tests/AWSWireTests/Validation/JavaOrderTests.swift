internal import Testing

@testable internal import AWSWire

@Suite struct JavaOrderTests {
    @Test(
        "the values of an enum are listed as AWS was seen to list them",
        arguments: [
            // EventBridge.
            (
                "BASIC OAUTH_CLIENT_CREDENTIALS API_KEY", "BASIC OAUTH_CLIENT_CREDENTIALS API_KEY"
            ),
            ("POST GET HEAD OPTIONS PUT PATCH DELETE", "HEAD POST PATCH DELETE PUT GET OPTIONS"),
            // Config.
            (
                """
                ALL_SUPPORTED_RESOURCE_TYPES INCLUSION_BY_RESOURCE_TYPES EXCLUSION_BY_RESOURCE_TYPES
                """,
                """
                INCLUSION_BY_RESOURCE_TYPES ALL_SUPPORTED_RESOURCE_TYPES EXCLUSION_BY_RESOURCE_TYPES
                """
            ),
            // DynamoDB.
            (
                "EQ NE IN LE LT GE GT BETWEEN NOT_NULL NULL CONTAINS NOT_CONTAINS BEGINS_WITH",
                "IN NULL BETWEEN LT NOT_CONTAINS EQ GT NOT_NULL NE LE BEGINS_WITH GE CONTAINS"
            ),
            // Systems Manager, OpenSearch, Logs, Lambda.
            ("String StringList SecureString", "SecureString StringList String"),
            (
                "INDEX_SLOW_LOGS SEARCH_SLOW_LOGS ES_APPLICATION_LOGS AUDIT_LOGS TASK_DETAILS_LOGS",
                "INDEX_SLOW_LOGS TASK_DETAILS_LOGS ES_APPLICATION_LOGS AUDIT_LOGS SEARCH_SLOW_LOGS"
            ),
            ("json plain w3c raw parquet", "w3c raw json plain parquet"),
            ("TRIM_HORIZON LATEST AT_TIMESTAMP", "LATEST AT_TIMESTAMP TRIM_HORIZON"),
        ])
    func enums(model: String, listed: String) {
        let values = model.split(separator: " ").map(String.init)
        #expect(JavaOrder.enumOrder(values).joined(separator: " ") == listed)
    }

    @Test(
        "members are looked at in the order that AWS was seen to take",
        arguments: [
            // EventBridge: connections, API destinations.
            "name authorizationType", "connectionArn httpMethod",
            // And archives, by the tests of an emulator that were held against it.
            "retentionDays description eventPattern",
            // DynamoDB, SES, Certificate Manager, IoT, Simple Workflow, SNS, Cognito.
            "writeCapacityUnits readCapacityUnits", "attributeType attributeName", "value key",
            "subjectAlternativeNames domainName", "connectivity geoLocations", "execution domain",
            "runId workflowId", "aWSAccountId label actionName", "password username",
        ])
    func members(seen: String) {
        let names = seen.split(separator: " ").map(String.init)
        // However the model lists them.
        for listed in [names, names.reversed(), names.sorted()] {
            #expect(JavaOrder.mapOrder(listed).map { listed[$0] } == names)
        }
    }

    @Test("a map is shown in the order of its hash table, which grows as it fills")
    func maps() {
        let keys = ["Quem foi?", "o que?", "de onde?"]
        #expect(JavaOrder.mapOrder(keys).map { keys[$0] } == ["de onde?", "Quem foi?", "o que?"])
        let numbers = (0..<13).map { String($0) }
        // "0" is 48: with 13 keys there are 32 buckets, and "10" (1567) stands in the last.
        #expect(JavaOrder.mapOrder(numbers).last == 10)
    }

    @Test("hash codes are those of Java", arguments: [("", 0), ("name", 3_373_707), ("é", 233)])
    func hashCodes(text: String, hash: UInt32) {
        #expect(JavaOrder.hashCode(text) == hash)
        #expect(JavaOrder.hashCode("😀") == 1_772_899)
        #expect(JavaOrder.hashCode("polygenelubricants") == 0x8000_0000)
    }
}
