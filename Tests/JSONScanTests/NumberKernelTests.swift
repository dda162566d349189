import CSwitchyard
import JSONScan
import TestSupport
import Testing

/// Numbers are checked many at a time, in blocks of bytes: so each form of them, right and wrong, is
/// tried at each place in a block and across the ends of blocks.
@Suite("Numbers in a scan", .onThreadsOfItsOwn)
struct NumberKernelTests {
    private static let right = [
        "0", "-0", "7", "-1", "10", "0.0", "-0.50", "123456789", "-98765.4321", "0.0001", "1e5",
        "-1.5E+300", "0e0", "100000000000000000000000000000000000000000000000000000000000000000001",
        "1.00000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    ]
    private static let wrong = [
        "-", "01", "-01", "00", "1.", "-.5", ".5", "1.2.3", "1..2", "--1", "1-2", "1-", "-a", "1a",
        "0x10", "1e", "1e+", "1.e5", "e5", "1,5.", "+1", "1+1", "truex", "tru", "nul1", "1true",
        "t1", "f", "0.-1", "-0.", "12-", "1_000",
    ]

    @Test("the right ones are accepted and the wrong ones found, wherever they stand")
    func everyPlace() {
        for padding in 0..<130 {
            let blanks = String(repeating: " ", count: padding)
            for number in Self.right {
                for text in Self.texts(with: number, after: blanks) {
                    #expect(verdict(on: text).offset == nil, "\(text)")
                }
            }
            for number in Self.wrong {
                for text in Self.texts(with: number, after: blanks) {
                    #expect(verdict(on: text).offset != nil, "\(text)")
                }
            }
        }
    }

    private static func texts(with number: String, after blanks: String) -> [String] {
        [
            "{\(blanks)\"a\":\(number)}", "{\"a\":[\(blanks)1,\(number) ,-2.5]}",
            "{\"\(blanks)\":{\"b\":true,\"c\":\(number)}}",
        ]
    }

    @Test("what looks like a number inside a string is none")
    func strings() {
        for padding in 0..<70 {
            let filler = String(repeating: "5", count: padding)
            #expect(verdict(on: "{\"a\":\"\(filler)01.2.3-\",\"b\":1}").offset == nil)
            #expect(verdict(on: "{\"\(filler)\\\"1.\":-1.5,\"b\":\"--\"}").offset == nil)
        }
    }

    @Test("one wrong byte among thousands of numbers is found")
    func longTexts() {
        var random = SeededGenerator(seed: testSeed())
        var numbers: [String] = []
        for _ in 0..<2_000 {
            let sign = Bool.random(using: &random) ? "-" : ""
            let whole = Int.random(in: 0...9_999_999, using: &random)
            let fraction =
                Bool.random(using: &random) ? ".\(Int.random(in: 0...999, using: &random))" : ""
            numbers.append("\(sign)\(whole)\(fraction)")
        }
        let text = Array("{\"a\":[\(numbers.joined(separator: ","))]}".utf8)
        #expect(verdict(on: text) == .accepted(length: text.count))
        for _ in 0..<300 {
            var broken = text
            let place = Int.random(in: 6..<text.count - 2, using: &random)
            broken[place] = Array("-.0e+,x".utf8).randomElement(using: &random) ?? 0
            // Every kernel has to say the same; nearly always it is an error.
            _ = verdict(on: broken)
        }
    }

    @Test("plain numbers and literals pass both kernels", arguments: supportedKernels)
    func accepted(kernel: sw_kernel) {
        for padding in 0..<130 {
            let blanks = String(repeating: " ", count: padding)
            let text = Array(
                "{\(blanks)\"a\":[0,-1,2.50,-0.125,true,false,null,9999],\"b\":{}}".utf8)
            let isAccepted = Self.check(text, kernel)
            #expect(isAccepted, "\(name(of: kernel)), \(padding) blanks")
        }
    }

    /// Whether both kernels accept a text.
    private static func check(_ text: [UInt8], _ kernel: sw_kernel) -> Bool {
        let room = text.count + Int(SW_SCAN_PADDING)
        var positions = [UInt32](repeating: 0, count: room)
        var links = positions
        var tokens = [UInt8](repeating: 0, count: room)
        var result = sw_scan_result()
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: Int(SW_SCAN_SCRATCH_BYTES), alignment: Int(SW_SCAN_SCRATCH_ALIGNMENT))
        defer { scratch.deallocate() }
        sw_json_scan(kernel, text, text.count, &positions, &tokens, scratch, &result)
        return result.error == SW_SCAN_OK
            && sw_json_check(
                kernel, text, text.count, positions, tokens, Int(result.count), scratch, &links)
    }
}
