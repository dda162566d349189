#if Server
    internal import Crypto
    internal import EventBridgeService
    internal import FoundationEssentials
    internal import InternalSystem

    internal import Glibc

    /// Seals secrets with AES-256-GCM: the nonce and the tag stand with what they seal, and what a secret
    /// belongs to is authenticated with it.
    ///
    /// The key is that of `SWITCHYARD_SECRET_KEY`, 32 bytes in base64, or else that of the file
    /// `secret.key` of the data directory, which is made when there is none, for its owner alone.
    struct SecretBox: SecretSealing {
        private let key: SymmetricKey

        /// What keeps a key from being used.
        struct KeyError: Error, CustomStringConvertible { let description: String }

        init(_ directory: String) throws {
            if let text = ProcessInfo.processInfo.environment["SWITCHYARD_SECRET_KEY"] {
                key = try Self.key(Data(text.utf8), from: "SWITCHYARD_SECRET_KEY")
                return
            }
            let path = directory + "/secret.key"
            if let data = FileManager.default.contents(atPath: path) {
                key = try Self.key(data, from: path)
                return
            }
            key = SymmetricKey(size: .bits256)
            let text = key.withUnsafeBytes { Data($0).base64EncodedString() }
            let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
            guard file >= 0 else {
                throw KeyError(description: "\(path): \(String(cString: strerror(errno)))")
            }
            defer { close(file) }
            var bytes = Array((text + "\n").utf8)
            guard write(file, &bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
                throw KeyError(description: "\(path): \(String(cString: strerror(errno)))")
            }
        }

        private static func key(_ data: Data, from place: String) throws -> SymmetricKey {
            let text = String(decoding: data, as: UTF8.self)
                .filter { !$0.isWhitespace }
            guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
                throw KeyError(description: "\(place) has no key: expected 32 bytes in base64")
            }
            return SymmetricKey(data: bytes)
        }

        func seal(_ secret: [UInt8], for context: String) throws -> [UInt8] {
            let box = try AES.GCM.seal(secret, using: key, authenticating: Array(context.utf8))
            guard let combined = box.combined else {
                throw KeyError(description: "a nonce of another length")
            }
            return Array(combined)
        }

        func open(_ sealed: [UInt8], for context: String) throws -> [UInt8] {
            Array(
                try AES.GCM.open(
                    try AES.GCM.SealedBox(combined: sealed), using: key,
                    authenticating: Array(context.utf8)))
        }
    }
#endif
