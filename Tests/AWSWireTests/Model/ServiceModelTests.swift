internal import Foundation
internal import Testing

@testable internal import AWSWire

@Suite struct ServiceModelTests {
    @Test("every table is read, and every shape leads to shapes that are there")
    func walk() throws {
        // At least: models grow.
        let counts = ["events": 57, "schemas": 31, "scheduler": 12, "cloudtrail": 60, "config": 97]
        for service in ServiceModel.all {
            #expect(service.operations.count >= counts[service.name] ?? 1)
            for operation in service.operations {
                #expect(service.operation(named: operation.name)?.input === operation.input)
                #expect(operation.input.map { $0.kind == .structure } ?? true)
                #expect(operation.output.map { $0.kind == .structure } ?? true)
                #expect(operation.errors.allSatisfy { $0.error != nil })
            }
            for shape in service.shapes {
                let parts = [shape.element, shape.key].compactMap(\.self)
                let referred = shape.members.map(\.shape) + parts
                #expect(referred.allSatisfy { service.shapes.indices.contains($0.position) })
                #expect((shape.element != nil) == (shape.kind == .list || shape.kind == .map))
                #expect((shape.key != nil) == (shape.kind == .map))
                #expect(shape.minimum ?? 0 <= shape.maximum ?? .max)
                #expect(shape.messageOrder.sorted() == Array(shape.members.indices))
                for member in shape.members {
                    #expect(shape.member(named: member.name)?.wireName == member.wireName)
                    let found = Array(member.wireName.utf8).withUnsafeBufferPointer {
                        shape.memberIndex($0)
                    }
                    #expect(found.map { shape.members[$0].name } == member.name)
                }
            }
        }
    }

    @Test("a service knows how its requests are written")
    func protocols() {
        #expect(ServiceModel.events.wireProtocol == .json)
        #expect(ServiceModel.events.targetPrefix == "AWSEvents")
        #expect(ServiceModel.events.jsonVersion == "1.1")
        #expect(
            ServiceModel.cloudtrail.targetPrefix
                == "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")
        #expect(ServiceModel.config.targetPrefix == "StarlingDoveService")
        #expect(ServiceModel.schemas.wireProtocol == .restJSON)
        #expect(ServiceModel.schemas.targetPrefix == nil)
        #expect(ServiceModel.scheduler.signingName == "scheduler")
        #expect(ServiceModel.sts.wireProtocol == .query)
        #expect(
            ServiceModel.sts.operation(named: "GetCallerIdentity")?.resultWrapper
                == "GetCallerIdentityResult")
        #expect(ServiceModel.events.operation(named: "Nothing") == nil)
    }

    @Test("an error has the status of its model, 400 where that says nothing and 500 for a fault")
    func errors() {
        let missing = ServiceModel.events.error("ResourceNotFoundException", "x")
        #expect(missing == ServiceError("ResourceNotFoundException", "x", status: 400))
        #expect(ServiceModel.events.error("InternalException", "")?.status == 500)
        #expect(ServiceModel.scheduler.error("ResourceNotFoundException", "")?.status == 404)
        #expect(ServiceModel.schemas.error("ConflictException", "")?.status == 409)
        #expect(ServiceModel.events.error("PutRuleRequest", "") == nil)
        #expect(ServiceModel.events.error("Unheard", "") == nil)
    }

    @Test("a member knows its place in the request and its name there")
    func members() throws {
        let create = try #require(ServiceModel.schemas.operation(named: "CreateSchema"))
        #expect(create.method == "POST")
        #expect(create.requestURI == "/v1/registries/name/{registryName}/schemas/name/{schemaName}")
        #expect(ServiceModel.schemas.operation(named: "CreateRegistry")?.status == 201)
        let input = try #require(create.input)
        #expect(input.member(named: "RegistryName")?.location == .uri)
        #expect(input.member(named: "RegistryName")?.wireName == "registryName")
        #expect(input.member(named: "Tags")?.wireName == "tags")
        #expect(input.member(named: "Tags")?.location == nil)
        let list = try #require(ServiceModel.scheduler.operation(named: "ListSchedules")?.input)
        #expect(list.member(named: "MaxResults")?.location == .queryString)
        let schedule = try #require(ServiceModel.scheduler.operation(named: "CreateSchedule"))
        #expect(schedule.input?.member(named: "ClientToken")?.isIdempotencyToken == true)
        #expect(schedule.input?.member(named: "Target")?.isRequired == true)
        let policy = try #require(ServiceModel.schemas.operation(named: "PutResourcePolicy")?.input)
        #expect(policy.member(named: "Policy")?.holdsJSON == true)
        let described = try #require(
            ServiceModel.schemas.operation(named: "DescribeSchema")?.output)
        let modified = try #require(described.member(named: "LastModified"))
        #expect(
            (modified.timestampFormat ?? create.shape(modified.shape).timestampFormat) == .iso8601)
        let source = try #require(
            ServiceModel.schemas.operation(named: "GetCodeBindingSource")?.output)
        #expect(source.payload == "Body")
    }

    @Test("what is secret is marked")
    func sensitive() {
        let events = ServiceModel.events
        #expect(events.shape(named: "AuthHeaderParametersSensitive")?.isSensitive == true)
        #expect(events.shape(named: "AuthHeaderParameters")?.isSensitive == false)
    }

    @Test("the tables are those of the botocore that made them", .enabled(if: Models.canBeMade))
    func tables() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Models.program)
        process.arguments = ["--check"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // 77: there is no botocore. Another one has other models.
        let isOther = said.contains("it was made by botocore")
        #expect([0, 77].contains(process.terminationStatus) || isOther, "\(said)")
    }
}

private enum Models {
    static let program = URL(fileURLWithPath: #filePath).appendingPathComponent(
        "../../../../.ci/aws-models"
    ).standardized.path
    static var canBeMade: Bool {
        FileManager.default.isExecutableFile(atPath: program)
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/env")
    }
}
