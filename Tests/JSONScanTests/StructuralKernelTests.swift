import CSwitchyard
import TestSupport
import Testing

@Suite("Structural scan", .onThreadsOfItsOwn)
struct StructuralKernelTests {
    @Test("the best kernel is a supported one, and the scalar one always is")
    func bestIsSupported() {
        #expect(sw_kernel_supported(SW_SCALAR))
        #expect(sw_kernel_supported(sw_kernel_best()))
        #expect(sw_kernel_best() == supportedKernels.last)
    }

    @Test(
        "known texts yield the positions and errors that the header promises",
        arguments: KnownText.all)
    func knownTexts(known: KnownText) {
        let text = Array(known.text)
        #expect(referenceScan(text) == known.outcome)
        check(text)
    }

    @Test("JSON-like texts of every length up to 200 and some long ones")
    func jsonLikeTexts() {
        var random = SeededGenerator(stream: 1)
        for length in 0...200 {
            for _ in 0..<12 { check(randomText(ofLength: length, from: jsonPieces, &random)) }
        }
        for _ in 0..<40 {
            let length = Int.random(in: 200...4_000, using: &random)
            check(randomText(ofLength: length, from: jsonPieces, &random))
        }
    }

    @Test("texts heavy in quotes, backslashes, control characters and pieces of UTF-8")
    func hostileTexts() {
        var random = SeededGenerator(stream: 2)
        for pieces in [hostilePieces, quotePieces, unicodePieces] {
            for _ in 0..<2_000 {
                let length = Int.random(in: 0...300, using: &random)
                check(randomText(ofLength: length, from: pieces, &random))
            }
        }
    }

    @Test("runs of backslashes of every length, at every place of a block, in and out of strings")
    func backslashRuns() {
        for start in 0..<66 {
            for length in [1, 2, 3, 4, 61, 62, 63, 64, 65, 66, 127, 128, 129] {
                let run = Array(repeating: UInt8(ascii: "\\"), count: length)
                let blanks = Array(repeating: UInt8(ascii: " "), count: start)
                check(blanks + [0x22] + run + [0x22, 0x2C, 0x22, 0x2C])
                check(blanks + run + [0x22, 0x2C, 0x22, 0x2C])
            }
        }
    }

    @Test("UTF-8 sequences, right and wrong, at every place of three blocks")
    func sequencesEverywhere() {
        for sequence in utf8Sequences {
            for filler in [[UInt8(ascii: "a")], Array("é".utf8)] {
                for offset in 0...140 {
                    var text = Array(repeating: filler, count: offset / filler.count).flatMap { $0 }
                    text += sequence
                    check(text)  // ends in the sequence
                    text += Array(repeating: UInt8(ascii: "."), count: 150 - offset)
                    check(text)
                }
            }
        }
    }

    @Test("all triples of the bytes that bound UTF-8's classes, across the border of two blocks")
    func tripleAcrossBorder() {
        let bounds: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
            0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
        ]
        var text = Array(repeating: UInt8(ascii: "x"), count: 67)
        for first in bounds {
            for second in bounds {
                for third in bounds {
                    text[62] = first
                    text[63] = second
                    text[64] = third
                    text[65] = 0x80
                    check(text)
                }
            }
        }
    }

    @Test("every alignment, right before and right after memory that must not be touched")
    func alignmentsAndGuards() {
        var random = SeededGenerator(stream: 3)
        let buffer = GuardedBuffer(byteCount: 4_096)
        for length in Array(0...200) + [1_000, 4_095, 4_096] {
            let text = randomText(ofLength: length, from: jsonPieces, &random)
            let expected = referenceScan(text)
            check(buffer.place(text, at: 0), expected)
            check(buffer.placeAtEnd(text), expected)
        }
        for alignment in 0..<64 {
            let text = randomText(ofLength: 300 + alignment, from: jsonPieces, &random)
            check(buffer.place(text, at: alignment), referenceScan(text))
        }
    }
}

/// Expects every kernel to yield what the reference does.
private func check(_ text: [UInt8]) {
    let expected = referenceScan(text)
    text.withUnsafeBytes { check($0, expected) }
}

private func check(_ text: UnsafeRawBufferPointer, _ expected: ScanOutcome) {
    for kernel in supportedKernels {
        let outcome = scan(text, kernel)
        if outcome == expected { continue }
        #expect(outcome == expected, "\(name(of: kernel)) on \(Array(text))")
    }
}

/// Runs a kernel, and expects that it keeps to the room it was given.
private func scan(_ text: UnsafeRawBufferPointer, _ kernel: sw_kernel) -> ScanOutcome {
    let room = text.count + Int(SW_SCAN_PADDING)
    let sentinel: UInt32 = 0xDEAD_BEEF
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room + 64) { positions in
        for index in room..<room + 64 { positions.initializeElement(at: index, to: sentinel) }
        var result = sw_scan_result()
        var tokens = [UInt8](repeating: 0, count: room)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: Int(SW_SCAN_SCRATCH_BYTES), alignment: Int(SW_SCAN_SCRATCH_ALIGNMENT))
        defer { scratch.deallocate() }
        sw_json_scan(
            kernel, text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count,
            positions.baseAddress, &tokens, scratch, &result)
        if !positions[room...].allSatisfy({ $0 == sentinel }) {
            Issue.record("\(name(of: kernel)) wrote past its room")
        }
        let entries = positions[..<Int(result.count)].prefix { $0 < result.error_offset }
        for (token, offset) in zip(tokens, entries) where token != text[Int(offset)] {
            Issue.record("\(name(of: kernel)) has the wrong byte for offset \(offset)")
        }
        return ScanOutcome(
            positions: Array(entries), error: result.error, errorOffset: Int(result.error_offset),
            hasBackslash: result.has_backslash, hasNonASCII: result.has_non_ascii)
    }
}
