#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import Hummingbird
    internal import Switchyard

    // Whether it is there, what is built of each service, and how to begin anew.
    extension AdminAPI {
        struct Health: Encodable {
            let status: String
            /// What could not be restored of the configuration; only for those who may see it.
            let problems: [String]?
        }

        struct Coverage: Encodable {
            struct Service: Encodable {
                let built: [String]
                let missing: [String]
            }
            let services: [String: Service]
        }

        func health() throws(AdminFailure) -> Response {
            let problems = doorkeeper == nil ? router.configurationProblems : nil
            return try Self.json(Health(status: "ok", problems: problems))
        }

        var coverage: Coverage {
            var services: [String: Coverage.Service] = [:]
            for service in routing.services {
                let names = service.model.operations.map(\.name)
                services[service.model.signingName] = Coverage.Service(
                    built: names.filter { service.operations[$0] != nil }.sorted(),
                    missing: names.filter { service.operations[$0] == nil }.sorted())
            }
            return Coverage(services: services)
        }

        /// Removes everything, or with `?account=` that of one account.
        func reset(_ request: AdminRequest) async throws(AdminFailure) -> Response {
            let bridge = bridge
            let account = request.query["account"]
            do throws(ServiceError) {
                try await BlockingWork.run { () throws(ServiceError) in
                    try bridge.reset(account: account)
                }
            } catch { throw .broken(error.message) }
            return try Self.json(["status": "ok"])
        }
    }
#endif
