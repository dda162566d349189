import EventPattern
import JSONScan
import Testing

@Suite("IP addresses")
struct NetworkAddressTests {
    @Test(
        "an IPv4 address is four decimal numbers",
        arguments: [
            ("0.0.0.0", 0), ("10.0.0.1", 0x0A00_0001), ("255.255.255.255", 0xFFFF_FFFF),
            ("010.0.0.01", 0x0A00_0001), ("001.002.003.004", 0x0102_0304),
            ("::ffff:a00:1", 0x0A00_0001), ("0:0:0:0:0:FFFF:0a00:0001", 0x0A00_0001),
        ] as [(ExactString, UInt128)])
    func ipv4(text: ExactString, bits: UInt128) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.isIPv4 && address.width == 32)
        #expect(address.bits == bits)
    }

    @Test(
        "an IPv6 address is up to eight groups of hexadecimal digits with one gap",
        arguments: [
            ("::", 0), ("::1", 1), ("1::", 1 << 112), ("FE80::1", 0xFE80 << 112 | 1),
            ("fe80:0::1", 0xFE80 << 112 | 1), ("fe80:0:0:0:0:0:0:1", 0xFE80 << 112 | 1),
            ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000),
            ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004_0005_0006_0007_0008),
            ("1:2::7:8", 0x0001_0002_0000_0000_0000_0000_0007_0008),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", UInt128.max),
            ("::fffe:a00:1", 0xFFFE_0A00_0001),
        ] as [(ExactString, UInt128)])
    func ipv6(text: ExactString, bits: UInt128) throws {
        let address = try #require(NetworkAddress(text))
        #expect(!address.isIPv4 && address.width == 128)
        #expect(address.bits == bits)
    }

    @Test(
        "anything else is no address",
        arguments: [
            "", ".", ":", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", ".1.2.3", "1..2.3",
            "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "0x1.2.3.4", "1.2.3.a", "0000.000.000.0001", "1:2",
            ":1", "1:", "::1::", ":::", "1:::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8", "12345::", "g::", "fe80::1%eth0",
            "::ffff:10.0.0.1", "1:2:3:4:5:6:7:", "[::1]", "::1/64",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] as [ExactString])
    func noAddress(text: ExactString) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(
        "a block holds the addresses that share its prefix, and no other family's",
        arguments: [
            (
                "10.1.2.3/8", ["10.0.0.0", "10.255.255.255", "::ffff:a00:1"],
                ["9.255.255.255", "11.0.0.0", "::", "a00::"]
            ),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "ffff::"]),
            ("10.0.0.2/31", ["10.0.0.2", "10.0.0.3"], ["10.0.0.1", "10.0.0.4"]),
            ("10.0.0.0/+8/", ["10.9.9.9"], ["12.0.0.0"]),
            ("fe80::/10", ["fe80::", "febf:ffff::1"], ["fec0::", "fe7f::", "10.0.0.1"]),
            ("::/0", ["::", "ffff::"], ["0.0.0.0", "::ffff:a00:1"]),
            ("::4/127", ["::4", "::5"], ["::3", "::6"]),
        ] as [(String, [ExactString], [ExactString])])
    func blocks(text: String, inside: [ExactString], outside: [ExactString]) throws {
        guard case .cidr(let block) = try element("{\"cidr\":\"\(text)\"}") else {
            Issue.record("no block")
            return
        }
        for (texts, isInside) in [(inside, true), (outside, false)] {
            for text in texts {
                let address = try #require(NetworkAddress(text))
                #expect(block.contains(address) == isInside, "\(text)")
                if address.isIPv4 == block.address.isIPv4 {
                    #expect(block.bounds.contains(address.bits) == isInside, "\(text)")
                }
            }
        }
    }
}
