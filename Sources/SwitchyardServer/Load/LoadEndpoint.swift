#if Server
    internal import AWSSignature
    internal import ArgumentParser
    internal import Foundation

    /// Where an endpoint is.
    struct LoadEndpoint: Sendable {
        /// As it was written.
        let url: String
        let isEncrypted: Bool
        let host: String
        let port: Int

        /// Reads an address.
        ///
        /// - Throws: what is wrong with it.
        init(_ url: String) throws(ValidationError) {
            func wrong(_ reason: String) -> ValidationError {
                ValidationError(
                    "--endpoint \"\(url)\": \(reason). Write for instance http://127.0.0.1:4010 or "
                        + "https://events.eu-west-1.amazonaws.com.")
            }
            guard let parts = URLComponents(string: url), let scheme = parts.scheme else {
                throw wrong("it is no URL")
            }
            guard ["http", "https"].contains(scheme) else {
                throw wrong("\"\(scheme)\" is neither http nor https")
            }
            guard let host = parts.host, !host.isEmpty else { throw wrong("there is no host") }
            guard ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil,
                parts.user == nil
            else { throw wrong("EventBridge is at /, with neither a path nor a query") }
            guard (1...65_535).contains(parts.port ?? 443) else {
                throw wrong("a port is a number from 1 to 65535")
            }
            self.url = url
            isEncrypted = scheme == "https"
            // In an address, IPv6 stands in brackets.
            self.host = host.trimmingCharacters(in: ["[", "]"])
            port = parts.port ?? (isEncrypted ? 443 : 80)
        }

        /// As the header `Host` has it.
        var authority: String {
            let name = host.contains(":") ? "[\(host)]" : host
            return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
        }

        /// The region in the name of an endpoint of AWS.
        var region: String? {
            let labels = host.split(separator: ".")
            guard labels.count >= 4, labels[0] == "events", labels[2] == "amazonaws" else {
                return nil
            }
            return String(labels[1])
        }
    }

    /// Who signs the requests.
    struct LoadSigning: Sendable {
        /// Nil where there are no credentials: then nobody does.
        let signer: RequestSigner?

        /// Takes the credentials from the environment, as AWS's SDKs do.
        ///
        /// - Parameter region: nil for the environment's, or the endpoint's.
        /// - Throws: that a half of them is missing.
        init(
            _ endpoint: LoadEndpoint, region: String?,
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) throws(ValidationError) {
            func value(_ name: String) -> String? {
                environment[name].flatMap { $0.isEmpty ? nil : $0 }
            }
            let credentials: AWSCredentials?
            do throws(IncompleteCredentials) {
                credentials = try AWSCredentials(environment: environment)
            } catch { throw ValidationError(error.description) }
            guard let credentials else {
                signer = nil
                return
            }
            signer = RequestSigner(
                credentials: credentials,
                region: region ?? value("AWS_REGION") ?? value("AWS_DEFAULT_REGION")
                    ?? endpoint.region ?? "us-east-1", service: "events")
        }
    }
#endif
