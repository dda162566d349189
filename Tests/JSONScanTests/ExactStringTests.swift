import JSONScan
import TestSupport
import Testing

@Suite("Exact strings")
struct ExactStringTests {
    @Test("strings are equal only with the same code points: there is no normalisation")
    func equality() {
        let composed = ExactString("\u{E9}")
        let decomposed = ExactString("e\u{301}")
        #expect("\u{E9}" == "e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, "\u{E9}"]).count == 2)
        #expect(composed.description == "é" && composed.utf8 == [0xC3, 0xA9])
    }

    @Test("order is that of UTF-16 code units")
    func order() {
        var random = SeededGenerator(stream: 60)
        let strings = Self.bounds + (0..<150).map { _ in Self.randomString(&random) }
        for one in strings {
            for other in strings {
                let expected = one.utf16.lexicographicallyPrecedes(other.utf16)
                if (ExactString(one) < ExactString(other)) == expected { continue }
                Issue.record("\(one.debugDescription) < \(other.debugDescription)")
            }
        }
    }

    /// Strings on both sides of each border between lengths of UTF-8, and around the surrogates.
    private static let bounds = [
        "", "\u{0}", "a", "aa", "b", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{CFFF}",
        "\u{D7FF}", "\u{E000}", "\u{EFFF}", "\u{F000}", "\u{FFFF}", "\u{10000}", "\u{3FFFF}",
        "\u{40000}", "\u{FFFFF}", "\u{100000}", "\u{10FFFF}", "a\u{10000}", "a\u{FFFF}",
        "a\u{D7FF}", "\u{10000}\u{FFFF}", "\u{10000}\u{10000}",
    ]

    private static func randomString(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...4, using: &random))
            .map { _ in bounds.randomElement(using: &random) ?? "" }.joined()
    }
}
