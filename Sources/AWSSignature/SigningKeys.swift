#if Server
    internal import Crypto
    internal import InternalSystem

    /// The keys that signatures are made with, each derived from a secret for a day, a region and a
    /// service: four HMACs, which are made once for all requests that have the same.
    ///
    /// Holds at most ``countMax`` of them; when there are more, all are forgotten. From any thread.
    final class SigningKeys: Sendable {
        /// Enough for all services of a few dozen clients; about 300 bytes each.
        static let countMax = 1_024

        private struct Entry {
            let secret: String
            let key: SymmetricKey
        }

        private let entries = Guarded<[SignatureV4.Credential: Entry]>([:])

        var count: Int { entries.withLock { $0.count } }

        /// The key for a credential; derived if it is not known, or is of another secret. O(1).
        func key(for credential: SignatureV4.Credential, secret: String) -> SymmetricKey {
            let known = entries.withLock { $0[credential] }
            if let known, known.secret == secret { return known.key }
            return Self.derive(credential, secret: secret)
        }

        /// Keeps a key for the next time. Only for credentials that proved right: with any other,
        /// whoever knows the name of a key could drive out those that are in use.
        func keep(_ key: SymmetricKey, for credential: SignatureV4.Credential, secret: String) {
            entries.withLock { entries in
                if entries[credential]?.secret == secret { return }
                if entries.count >= Self.countMax { entries.removeAll(keepingCapacity: true) }
                entries[credential] = Entry(secret: secret, key: key)
            }
        }

        /// The signature of a string to sign, in digits.
        func signature(
            of text: [UInt8], _ credential: SignatureV4.Credential, secret: String
        ) -> String {
            let key = key(for: credential, secret: secret)
            keep(key, for: credential, secret: secret)
            var digits: [UInt8] = []
            HMAC<SHA256>.authenticationCode(for: text, using: key).appendHexadecimal(to: &digits)
            return String(decoding: digits, as: UTF8.self)
        }

        private static func derive(
            _ credential: SignatureV4.Credential, secret: String
        ) -> SymmetricKey {
            var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
            for part in [
                credential.day, credential.region, credential.service, credential.terminator,
            ] {
                let code = HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
                key = SymmetricKey(data: code)
            }
            return key
        }
    }

    extension CanonicalRequest {
        /// What is signed in the end.
        func stringToSign(at time: SignatureTime, scope: String) -> [UInt8] {
            var text: [UInt8] = []
            text.reserveCapacity(192)
            text += "\(SignatureV4.algorithm)\n\(time)\n\(scope)\n".utf8
            SHA256.hash(data: bytes).appendHexadecimal(to: &text)
            return text
        }
    }
#endif
