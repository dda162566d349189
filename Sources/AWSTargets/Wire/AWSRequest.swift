#if Server
    internal import EventEnvelope
    internal import InternalSystem
    internal import JSONScan

    /// What is asked of a service.
    struct AWSRequest: Sendable {
        let service: AWSService
        /// Where the resource is that it is about.
        let region: String
        let account: String
        var method = "POST"
        /// As it is on the wire, percent-encoded.
        var path = "/"
        /// Without the `?`; empty for none.
        var query = ""
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]

        /// A request of one of the services that take JSON: an operation by its name, and its input.
        ///
        /// - Parameter version: of the protocol, `1.0` or `1.1`, as the service's model says.
        init(
            json operation: String, version: String, _ service: AWSService, _ arn: ARN,
            body: [UInt8]
        ) {
            self.init(service, arn, body: body)
            headers = [
                ("Content-Type", "application/x-amz-json-\(version)"), ("X-Amz-Target", operation),
            ]
        }

        /// A request of one of the services that take forms.
        init(
            form fields: [(name: String, value: String)], _ service: AWSService, _ arn: ARN
        ) {
            let form = fields.map { "\($0.name)=\(PercentEncoding.encoded($0.value))" }
            self.init(service, arn, body: Array(form.joined(separator: "&").utf8))
            headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        }

        init(_ service: AWSService, _ arn: ARN, body: [UInt8]) {
            self.service = service
            region = arn.region
            account = arn.account
            self.body = body
        }
    }

    /// What a service answered.
    struct AWSAnswer: Sendable {
        let status: Int
        /// The header in which services that take JSON or REST say what kind of an error it is.
        var errorType: String?
        /// How long it wants to be left alone.
        var retryAfter: Duration?
        let body: [UInt8]

        var isSuccess: Bool { (200..<300).contains(status) }

        /// A member of a JSON answer that is a string, and not empty.
        func text(_ name: String) -> String? {
            var found: String?
            body.withScannedJSON { found = $0[.init(name)]?.filledString }
            return found
        }

        /// Whether the answer is a JSON object.
        var isObject: Bool {
            var isObject = false
            body.withScannedJSON { isObject = $0.kind == .object }
            return isObject
        }

        /// What stands in the first element of a name of an XML answer.
        func element(_ name: String) -> String? {
            let text = String(decoding: body, as: UTF8.self)
            guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
                let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
            else { return nil }
            return String(text[start..<end])
        }
    }
#endif
