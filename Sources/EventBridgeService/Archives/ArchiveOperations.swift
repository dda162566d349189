internal import AWSWire
internal import EventEnvelope
internal import EventPattern
internal import Switchyard

struct CreateArchiveInput: Decodable {
    let archiveName: String
    let eventSourceArn: String
    let description: String?
    let eventPattern: String?
    let retentionDays: Int?
}

struct UpdateArchiveInput: Decodable {
    let archiveName: String
    let description: String?
    let eventPattern: String?
    let retentionDays: Int?
}

struct ArchiveInput: Decodable { let archiveName: String }

struct ArchiveOutput: Encodable {
    let archiveArn: String
    let state: String
    let stateReason: String?
    let creationTime: WireTime?
}

struct DescribeArchiveOutput: Encodable {
    var archiveArn: String?
    let archiveName: String
    let eventSourceArn: String
    var description: String?
    var eventPattern: String?
    let state: String
    let stateReason: String?
    let retentionDays: Int
    let sizeBytes: UInt64
    let eventCount: UInt64
    let creationTime: WireTime?
}

struct ListArchivesInput: Decodable {
    let namePrefix: String?
    let eventSourceArn: String?
    let state: String?
    let nextToken: String?
    let limit: Int?
}

struct ListArchivesOutput: Encodable {
    let archives: [DescribeArchiveOutput]
    let nextToken: String?
}

extension EventBridge {
    func createArchive(
        _ input: CreateArchiveInput, _ caller: Caller
    ) throws(ServiceError) -> ArchiveOutput {
        try change { () throws(ServiceError) in
            let bus = try sourceBus(input.eventSourceArn, caller)
            let arn = ResourceName.archive(caller.scope, name: input.archiveName).arn
            if (try? router.archive(arn)) != nil {
                throw .exists("Archive \(input.archiveName) already exists.")
            }
            let pattern = try input.eventPattern.map(Self.pattern)
            do throws(RouterError) {
                try router.createArchive(
                    ArchiveDefinition(
                        name: arn, of: bus.arn, pattern: pattern,
                        retentionDays: input.retentionDays ?? 0,
                        description: input.description ?? ""))
            } catch { throw ServiceError(error) }
            return ArchiveOutput(try archive(input.archiveName, caller))
        }
    }

    func updateArchive(
        _ input: UpdateArchiveInput, _ caller: Caller
    ) throws(ServiceError) -> ArchiveOutput {
        if input.eventPattern == nil, input.retentionDays == nil, input.description == nil {
            throw ServiceError(RouterError.emptyArchiveChange)
        }
        return try change { () throws(ServiceError) in
            let found = try archive(input.archiveName, caller)
            let pattern = try input.eventPattern.map(Self.pattern)
            do throws(RouterError) {
                try router.updateArchive(
                    found.arn, pattern: pattern, retentionDays: input.retentionDays,
                    description: input.description)
            } catch { throw ServiceError(error) }
            return ArchiveOutput(try archive(input.archiveName, caller))
        }
    }

    func deleteArchive(
        _ input: ArchiveInput, _ caller: Caller
    ) throws(ServiceError) -> EmptyOutput {
        try change { () throws(ServiceError) in
            let found = try archive(input.archiveName, caller)
            do throws(RouterError) { try router.deleteArchive(found.arn) } catch {
                throw ServiceError(error)
            }
            return EmptyOutput()
        }
    }

    func describeArchive(
        _ input: ArchiveInput, _ caller: Caller
    ) throws(ServiceError) -> DescribeArchiveOutput {
        let found = try archive(input.archiveName, caller)
        var output = DescribeArchiveOutput(found, name: input.archiveName, caller)
        output.archiveArn = found.arn
        output.description = found.definition.description.nonEmpty
        output.eventPattern = found.definition.pattern?.canonicalJSON
        return output
    }

    func listArchives(
        _ input: ListArchivesInput, _ caller: Caller
    ) throws(ServiceError) -> ListArchivesOutput {
        let prefix = input.namePrefix ?? ""
        let source = try input.eventSourceArn.map { arn throws(ServiceError) in
            try sourceBus(arn, caller)
        }
        let all = router.archives(in: caller.scope)
            .filter { status in
                Self.name(of: status).hasPrefix(prefix)
                    && source.map { status.isOf($0, caller) } ?? true
                    && input.state.map { $0 == status.state } ?? true
            }
        let list = "archives/\(caller.scope)/\(prefix)/\(source?.arn ?? "")/\(input.state ?? "")"
        let page = try Page(
            of: all.map(Self.name(of:)), in: list, limit: input.limit, from: input.nextToken
        ) { $0 }
        var archives: [DescribeArchiveOutput] = []
        for name in page.elements {
            // One that was removed meanwhile is left out.
            guard let counted = try? archive(name, caller) else { continue }
            archives.append(DescribeArchiveOutput(counted, name: name, caller))
        }
        return ListArchivesOutput(archives: archives, nextToken: page.nextToken)
    }

    /// An archive of the caller's account and region.
    func archive(_ name: String, _ caller: Caller) throws(ServiceError) -> ArchiveStatus {
        do throws(RouterError) {
            return try router.archive(ResourceName.archive(caller.scope, name: name).arn)
        } catch .noSuchArchive { throw .notFound("Archive \(name) does not exist.") } catch {
            throw ServiceError(error)
        }
    }

    /// The bus that an archive is of, or is to be.
    private func sourceBus(_ arn: String, _ caller: Caller) throws(ServiceError) -> BusID {
        guard let id = try? BusID(nameOrARN: arn, in: caller.scope) else {
            throw .validation("Parameter EventSourceArn is not valid.")
        }
        return try bus(id.arn, caller).id
    }

    /// The name of an archive, which the router calls by its resource name where it is another account's.
    static func name(of status: ArchiveStatus) -> String {
        String(status.arn[(status.arn.lastIndex(of: "/") ?? status.arn.startIndex)...].dropFirst())
    }
}

extension ArchiveStatus {
    /// Its size as the service counts it: recorded are 159 bytes for an event of 139 bytes of source,
    /// type and detail, so it counts these and 20 for the time. Here whole envelopes are kept; what they
    /// have besides is as long for all events of a region but those with resources.
    fileprivate func entryBytes(_ caller: Caller) -> UInt64 {
        let frame =
            #"{"version":"0","id":"","detail-type":"","source":"","account":"","time":"","region":"#
            + #""","resources":[],"detail":}"#
        let besides = UInt64(frame.utf8.count + 36 + 12 + caller.region.utf8.count)
        let (all, isTooMuch) = events.multipliedReportingOverflow(by: besides)
        return isTooMuch || all > bytes ? 0 : bytes - all
    }

    /// In the service's words.
    fileprivate var state: String { isFed && failure == nil ? "ENABLED" : "DISABLED" }

    /// Why it takes no events, if so.
    fileprivate var stateReason: String? {
        failure?.description
            ?? (isFed ? nil : "The event bus, or the rule that feeds the archive, was deleted.")
    }

    fileprivate func source(_ caller: Caller) -> BusID? {
        try? BusID(nameOrARN: definition.bus, in: caller.scope)
    }

    fileprivate func isOf(_ bus: BusID, _ caller: Caller) -> Bool { source(caller) == bus }
}

extension ArchiveOutput {
    fileprivate init(_ status: ArchiveStatus) {
        self.init(
            archiveArn: status.arn, state: status.state, stateReason: status.stateReason,
            creationTime: status.creationTime.map(WireTime.init))
    }
}

extension DescribeArchiveOutput {
    fileprivate init(_ status: ArchiveStatus, name: String, _ caller: Caller) {
        self.init(
            archiveName: name,
            eventSourceArn: status.source(caller)?.arn ?? status.definition.bus,
            state: status.state, stateReason: status.stateReason,
            retentionDays: status.definition.retentionDays, sizeBytes: status.entryBytes(caller),
            eventCount: status.events, creationTime: status.creationTime.map(WireTime.init))
    }
}
