internal import Testing

@testable internal import AWSWire

@Suite struct TypeCheckTests {
    @Test(
        "a value of another type is an error of serialization, in AWS's words",
        arguments: [
            ("PutRule", #"{"Name":1}"#, "NUMBER_VALUE can not be converted to a String"),
            ("PutRule", #"{"Name":true}"#, "TRUE_VALUE can not be converted to a String"),
            ("PutRule", #"{"Name":false}"#, "FALSE_VALUE can not be converted to a String"),
            ("PutRule", #"{"Name":["x"]}"#, "Start of list found where not expected"),
            ("PutRule", #"{"Name":{}}"#, "Start of structure or map found where not expected."),
            ("ListRules", #"{"Limit":"1"}"#, "STRING_VALUE can not be converted to an Integer"),
            ("ListRules", #"{"Limit":true}"#, "TRUE_VALUE can not be converted to an Integer"),
            ("PutTargets", #"{"Rule":"r","Targets":"x"}"#, "Expected list or null"),
            (
                "PutTargets", #"{"Rule":"r","Targets":{}}"#,
                "Start of structure or map found where not expected."
            ),
            ("PutTargets", #"{"Rule":"r","Targets":["x"]}"#, "Expected null"),
            (
                "PutTargets", #"{"Targets":[{"HttpParameters":{"HeaderParameters":"x"}}]}"#,
                "Expected map or null"
            ),
            (
                "PutTargets", #"{"Targets":[{"HttpParameters":{"HeaderParameters":{"a":7}}}]}"#,
                "NUMBER_VALUE can not be converted to a String"
            ),
            (
                "RemoveTargets", #"{"Force":"true"}"#,
                "STRING_VALUE can not be converted to a Boolean"
            ),
            (
                "PutEvents", #"{"Entries":[{"Time":"2021-06-16T11:33:45Z"}]}"#,
                "STRING_VALUE can not be converted to milliseconds since epoch"
            ),
            ("PutEvents", #"{"Entries":[[]]}"#, "Start of list found where not expected"),
        ])
    func types(operation: String, input: String, message: String) throws {
        let error = try answer(.events, operation, input)
        #expect(error == ServiceError("SerializationException", message))
    }

    @Test("types come before what the model demands")
    func first() throws {
        let error = try answer(.events, "PutTargets", #"{"Rule":"a b","Targets":7}"#)
        #expect(error?.code == "SerializationException")
    }

    @Test("the first that is wrong in the text is said")
    func order() throws {
        let error = try answer(.events, "PutRule", #"{"RoleArn":[],"Name":1}"#)
        #expect(error?.message == "Start of list found where not expected")
    }

    @Test(
        "null is what is left out, and what isn't known is nothing",
        arguments: [
            #"{"Name":"r","EventPattern":null,"Tags":null}"#,
            #"{"Name":"r","Unknown":[1,{"Name":7}],"name":7}"#,
            #"{"Name":7,"Name":null}"#, #"{"\u004eame":"r"}"#,
            #"{"Name":"r","Tags":[null,{"Key":"a","Value":""}]}"#,
        ])
    func absent(input: String) throws {
        let error = try answer(.events, "PutRule", input)
        if input.contains(#""Name":7,"#) {
            #expect(error?.code == "SerializationException")
        } else {
            #expect(error == nil)
        }
    }

    @Test("a number is cut to what the model says, not refused")
    func numbers() throws {
        #expect(try answer(.events, "ListRules", #"{"Limit":1.9}"#) == nil)
        #expect(
            try violations(.events, "ListRules", #"{"Limit":99999999999}"#)
                == """
                1 validation error detected: Value '2147483647' at 'limit' failed to satisfy \
                constraint: Member must have value less than or equal to 100
                """)
        #expect(
            try violations(.events, "ListRules", #"{"Limit":-1e300}"#)?.contains("'-2147483648'")
                == true)
    }
}
