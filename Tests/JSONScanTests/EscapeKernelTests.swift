import CSwitchyard
import TestSupport
import Testing

@Suite("Escapes in blocks", .onThreadsOfItsOwn)
struct EscapeKernelTests {
    private typealias Kernel = (
        UnsafePointer<UInt8>, Int, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UInt8>
    ) -> Int

    /// What a kernel writes from `start` on, and how far it reads; checks that it writes nowhere else.
    private func run(_ kernel: Kernel, _ raw: [UInt8], from start: Int) -> ([UInt8], Int) {
        let room = raw.count - start
        var output = [UInt8](repeating: 0xEE, count: room + 64)
        var read = start
        let written = output.withUnsafeMutableBufferPointer { output in
            raw.withUnsafeBufferPointer { raw in
                kernel(raw.baseAddress!, raw.count, &read, output.baseAddress!)
            }
        }
        #expect(output[room...].allSatisfy { $0 == 0xEE }, "it wrote behind its room")
        return (Array(output[..<written]), read)
    }

    @Test("blocks give what single bytes give, wherever escapes stand")
    func sameAsScalar() {
        var random = SeededGenerator(stream: 51)
        let escapes = [#"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0041"#]
        for _ in 0..<20_000 {
            let density = Int.random(in: 0...12, using: &random)
            var raw: [UInt8] = []
            for _ in 0..<Int.random(in: 1...70, using: &random) {
                if Int.random(in: 0...12, using: &random) < density {
                    // Those that end it are rarer.
                    let kind = Int.random(in: 0..<escapes.count * 4, using: &random)
                    raw += escapes[kind == 0 ? escapes.count - 1 : kind % (escapes.count - 1)].utf8
                } else {
                    raw.append(UInt8.random(in: 0x20...0x5B, using: &random))
                }
            }
            let one = run(sw_json_unescape, raw, from: 0)
            let other = run(sw_json_unescape_scalar, raw, from: 0)
            #expect(one.0 == other.0 && one.1 == other.1, "\(String(decoding: raw, as: UTF8.self))")
        }
    }

    @Test("reading goes on where it is told to, and stops before what is no short escape")
    func goesOn() {
        let raw = Array(#"\u0041 and \"quoted\" text, \u0042"#.utf8)
        for kernel in [sw_json_unescape, sw_json_unescape_scalar] as [Kernel] {
            #expect(run(kernel, raw, from: 0) == ([], 0))
            let (text, end) = run(kernel, raw, from: 6)
            #expect(String(decoding: text, as: UTF8.self) == #" and "quoted" text, "#)
            #expect(end == raw.count - 6)
        }
    }
}
