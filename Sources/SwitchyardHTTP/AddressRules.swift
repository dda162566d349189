#if HTTP
    import Foundation
    import NIOCore
    import Switchyard

    /// To which addresses requests may go.
    enum AddressRules {
        /// Whether an address is this machine's, or of a network that is nobody else's: what IANA's
        /// registries of special-purpose addresses (RFC 6890) have as not globally reachable, and
        /// multicast. Addresses of IPv4 within those of IPv6 count as what they stand for.
        static func isPrivate(_ address: SocketAddress) -> Bool {
            guard let text = address.ipAddress else { return true }
            var bytes = [UInt8](repeating: 0, count: 16)
            if inet_pton(AF_INET, text, &bytes) == 1 {
                return isPrivate(version4: Array(bytes[..<4]))
            }
            // A scope, as in fe80::1%eth0, says nothing about that.
            let plain = String(text.prefix { $0 != "%" })
            guard inet_pton(AF_INET6, plain, &bytes) == 1 else { return true }
            return isPrivate(version6: bytes)
        }

        /// Four bytes.
        static func isPrivate(version4 bytes: [UInt8]) -> Bool {
            version4.contains { $0.contains(bytes) }
        }

        /// Sixteen bytes.
        static func isPrivate(version6 bytes: [UInt8]) -> Bool {
            // ::a.b.c.d, ::ffff:a.b.c.d, 64:ff9b::a.b.c.d; and 2002:a.b:c.d::
            for prefix in embedding where prefix.contains(bytes) {
                return isPrivate(version4: Array(bytes[12...]))
            }
            if Prefix([0x20, 0x02], 16).contains(bytes) {
                return isPrivate(version4: Array(bytes[2..<6]))
            }
            return version6.contains { $0.contains(bytes) }
        }

        private struct Prefix {
            let bytes: [UInt8]
            let bits: Int

            init(_ bytes: [UInt8], _ bits: Int) {
                self.bytes = bytes
                self.bits = bits
            }

            func contains(_ address: [UInt8]) -> Bool {
                (0..<bits).allSatisfy { bit in
                    let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                    let wanted = bit / 8 < bytes.count ? bytes[bit / 8] : 0
                    return wanted & mask == address[bit / 8] & mask
                }
            }
        }

        private static let version4 = [
            Prefix([0], 8), Prefix([10], 8), Prefix([100, 64], 10), Prefix([127], 8),
            Prefix([169, 254], 16), Prefix([172, 16], 12), Prefix([192, 0, 0], 24),
            Prefix([192, 0, 2], 24), Prefix([192, 168], 16), Prefix([198, 18], 15),
            Prefix([198, 51, 100], 24), Prefix([203, 0, 113], 24), Prefix([224], 4),
            Prefix([240], 4),
        ]
        private static let version6 = [
            Prefix([0x01, 0], 64), Prefix([0x20, 0x01, 0x0D, 0xB8], 32), Prefix([0x3F, 0xFF], 20),
            Prefix([0, 0x64, 0xFF, 0x9B, 0, 1], 48), Prefix([0xFC], 7),
            Prefix([0xFE, 0x80], 10), Prefix([0xFF], 8),
        ]
        private static let embedding = [
            Prefix([], 96), Prefix([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),
            Prefix([0, 0x64, 0xFF, 0x9B], 96),
        ]

        /// What a connection is told before a request is sent on it: an error unless its address is
        /// allowed. Names are resolved before that, so that no name can stand for a private address.
        @Sendable static func check(_ channel: any Channel) -> EventLoopFuture<Void> {
            guard let address = channel.remoteAddress, !isPrivate(address) else {
                let text = channel.remoteAddress?.ipAddress ?? "an unknown address"
                channel.close(promise: nil)
                return channel.eventLoop.makeFailedFuture(PrivateAddress(address: text))
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// A connection would have been to a private address.
    struct PrivateAddress: Error {
        var address: String
    }
#endif
