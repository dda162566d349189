import CSwitchyard
import TestSupport
import Testing

@Suite("CRC32C")
struct ChecksumKernelTests {
    /// Vectors of RFC 3720, appendix B.4, and the customary check value.
    static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        (Array(repeating: 0x00, count: 32), 0x8A91_36AA),
        (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test("published vectors", arguments: vectors)
    func publishedVectors(bytes: [UInt8], checksum: UInt32) {
        #expect(referenceChecksum(bytes) == checksum)
        for kernel in supportedKernels {
            #expect(sw_crc32c(kernel, 0, bytes, bytes.count) == checksum, "\(name(of: kernel))")
        }
    }

    @Test("every length up to 600, and long ones, at the ends of guarded memory")
    func everyLength() {
        var random = SeededGenerator(stream: 10)
        let source = GuardedBuffer(byteCount: 16_384)
        let target = GuardedBuffer(byteCount: 16_384)
        for length in Array(0...600) + [1_024, 3_071, 3_072, 3_073, 6_150, 16_384] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let start = UInt32.random(in: 0 ... .max, using: &random)
            let expected = referenceChecksum(bytes, continuing: start)
            check(source.place(bytes, at: 0), start, expected)
            let atEnd = source.placeAtEnd(bytes)
            check(atEnd, start, expected)
            checkCopy(atEnd, to: target.bytes.baseAddress!, start, expected)
            checkCopy(atEnd, to: target.bytes.baseAddress! + 16_384 - length, start, expected)
        }
    }

    @Test("every alignment of source and target; nothing is written beyond")
    func everyAlignment() {
        var random = SeededGenerator(stream: 11)
        let source = GuardedBuffer(byteCount: 4_096)
        for alignment in 0..<64 {
            for length in [5, 64, 97, 300, 777] {
                let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                let expected = referenceChecksum(bytes)
                let placed = source.place(bytes, at: alignment)
                check(placed, 0, expected)
                let shift = Int.random(in: 0..<64, using: &random)
                withUnsafeTemporaryAllocation(byteCount: length + 192, alignment: 64) { target in
                    target.initializeMemory(as: UInt8.self, repeating: 0xA5)
                    checkCopy(placed, to: target.baseAddress! + shift, 0, expected)
                    let untouched = [target[..<shift], target[(shift + length)...]]
                    #expect(untouched.joined().allSatisfy { $0 == 0xA5 }, "\(length) to \(shift)")
                }
            }
        }
    }

    @Test("a checksum continues over any cut")
    func continuation() {
        var random = SeededGenerator(stream: 12)
        let bytes = (0..<1_500).map { _ in UInt8.random(in: 0...255, using: &random) }
        let expected = referenceChecksum(bytes)
        for cut in Array(0...300) + [511, 512, 513, 1_499, 1_500] {
            for kernel in supportedKernels {
                let first = sw_crc32c(kernel, 0, bytes, cut)
                let both = bytes.withUnsafeBytes {
                    sw_crc32c(kernel, first, $0.baseAddress! + cut, bytes.count - cut)
                }
                if both == expected { continue }
                #expect(both == expected, "\(name(of: kernel)) cut at \(cut)")
            }
        }
    }
}

/// CRC32C bit by bit, from its polynomial.
private func referenceChecksum(_ bytes: [UInt8], continuing start: UInt32 = 0) -> UInt32 {
    var register = ~start
    for byte in bytes {
        register ^= UInt32(byte)
        for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~register
}

private func check(_ bytes: UnsafeRawBufferPointer, _ start: UInt32, _ expected: UInt32) {
    for kernel in supportedKernels {
        let checksum = sw_crc32c(kernel, start, bytes.baseAddress, bytes.count)
        if checksum == expected { continue }
        #expect(checksum == expected, "\(name(of: kernel)), \(bytes.count) bytes")
    }
}

private func checkCopy(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer, _ start: UInt32,
    _ expected: UInt32
) {
    let copy = UnsafeMutableRawBufferPointer(start: target, count: source.count)
    for kernel in supportedKernels {
        for index in copy.indices { copy[index] = 0 }
        let checksum = sw_crc32c_copy(kernel, start, target, source.baseAddress, source.count)
        if checksum == expected && copy.elementsEqual(source) { continue }
        #expect(checksum == expected, "\(name(of: kernel)), \(source.count) bytes copied")
        #expect(copy.elementsEqual(source), "\(name(of: kernel)), \(source.count) bytes copied")
    }
}
