#if Server
    import AWSSignature
    import Foundation
    import TestSupport

    /// Random requests that botocore's own signer signed.
    struct BotocoreRequest: Decodable {
        let kind: String
        let method: String
        let path: String
        let query: String
        let headers: [[String]]
        let body: Data
        let time: String
        let key: String
        let secret: String
        let token: String?
        let region: String
        let service: String

        var signable: SignableRequest {
            SignableRequest(
                method: method, path: path, query: query,
                headers: headers.map { SignableRequest.Header($0[0], $0[1]) },
                body: .bytes(Array(body)))
        }

        var credentials: AWSCredentials {
            AWSCredentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token)
        }

        /// A verifier that knows its key and no other.
        var verifier: SignatureVerifier {
            var policy = SignatureVerifier.Policy()
            policy.allowsUnsignedPayload = kind == "s3-query"
            return SignatureVerifier(policy: policy, keys: [credentials])
        }

        var now: SignatureTime? { SignatureTime(basic: time) }

        /// Runs the script. What it makes follows from this run's seed.
        static func make(_ count: Int) throws -> [BotocoreRequest] {
            guard let python else { return [] }
            var generator = SeededGenerator(stream: 0x51674)
            let seed = generator.next()
            let output = try run(python, [script, "\(seed)", "\(count)"])
            let decoder = JSONDecoder()
            return try output.split(separator: UInt8(ascii: "\n")).map {
                try decoder.decode(BotocoreRequest.self, from: Data($0))
            }
        }

        /// A Python that has botocore; nil on a machine without.
        static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
            .split(separator: ":").map { "\($0)/python3" }
            .first { path in
                FileManager.default.isExecutableFile(atPath: path)
                    && (try? run(path, ["-c", "import botocore.auth"])) != nil
            }

        private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Python/sign_requests.py").path

        private struct Failed: Error { let status: Int32 }

        private static func run(_ program: String, _ arguments: [String]) throws -> Data {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.start()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Failed(status: process.terminationStatus)
            }
            return data
        }
    }
#endif
