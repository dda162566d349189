import InternalSystem
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("what may stand for itself does, and any other byte is two digits")
    func encodes() {
        #expect(PercentEncoding.encoded("aZ09-._~") == "aZ09-._~")
        #expect(PercentEncoding.encoded("a b/é%") == "a%20b%2F%C3%A9%25")
        #expect(PercentEncoding.encoded("a/b c") { $0 != 0x20 } == "a/b%20c")
    }

    @Test("every byte is found again, whatever the case of its digits")
    func decodes() {
        let all = (0...255).map { UInt8($0) }
        var bytes: [UInt8] = []
        for byte in all { PercentEncoding.append(byte, to: &bytes) }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(PercentEncoding.decoded(text[...].utf8) == all)
        #expect(PercentEncoding.decoded(text.lowercased()[...].utf8)?.count == 256)
        #expect(PercentEncoding.decoded("%e9"[...].utf8) == [0xE9])
    }

    @Test("a percent sign without two digits is none", arguments: ["%", "%4", "%4g", "%%41"])
    func refuses(text: String) { #expect(PercentEncoding.decoded(text[...].utf8) == nil) }
}
