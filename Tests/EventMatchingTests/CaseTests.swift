import JSONScan
import Testing

@testable import EventMatching

@Suite("Upper and lower case")
struct CaseTests {
    @Test("equals-ignore-case goes by each character of the pattern", arguments: whole)
    func equalsIgnoringCase(element: ElementCase) throws { try element.check() }

    @Test("prefix and suffix can ignore case", arguments: ends)
    func endsIgnoringCase(element: ElementCase) throws { try element.check() }

    static let whole = [
        ElementCase(
            ignoring("aBc"), takes: [#""abc""#, #""ABC""#, #""\u0041bc""#, #"["x","ABc"]"#],
            refuses: [#""ab""#, #""abcd""#, "1", "null", ElementCase.absent]),
        ElementCase(ignoring(""), takes: [#""""#], refuses: [#""a""#, "null"]),
        ElementCase(ignoring("[@`{"), takes: [#""[@`{""#], refuses: [#""{`@[""#]),
        ElementCase(ignoring("é"), takes: [#""é""#, #""É""#], refuses: ["\"e\u{301}\"", #""e""#]),
        // Full mappings, of the pattern alone: ß becomes SS, and SS never ß.
        ElementCase(
            ignoring("straße"), takes: [#""straße""#, #""STRASSE""#, #""strASSe""#],
            refuses: [#""strasse""#, #""STRAssE""#]),
        ElementCase(ignoring("strasse"), takes: [#""STRASSE""#], refuses: [#""straße""#]),
        // The Kelvin sign's lower case is k; its upper case is itself.
        ElementCase(ignoring("\u{212A}"), takes: [#""k""#, "\"\u{212A}\""], refuses: [#""K""#]),
        ElementCase(ignoring("k"), takes: [#""K""#], refuses: ["\"\u{212A}\""]),
        // A title case letter's two forms are others.
        ElementCase(
            ignoring("\u{1C5}"), takes: ["\"\u{1C4}\"", "\"\u{1C6}\""], refuses: ["\"\u{1C5}\""]),
        ElementCase(ignoring("ς"), takes: [#""ς""#, #""Σ""#], refuses: [#""σ""#]),
        ElementCase(ignoring("Σ"), takes: [#""σ""#, #""Σ""#], refuses: [#""ς""#]),
        ElementCase(
            ignoring("\u{130}"), takes: ["\"i\u{307}\"", "\"\u{130}\""], refuses: [#""i""#]),
        ElementCase(ignoring("\u{131}"), takes: [#""I""#, "\"\u{131}\""], refuses: [#""i""#]),
        ElementCase(ignoring("ﬃ"), takes: [#""FFI""#, #""ﬃ""#], refuses: [#""ffi""#]),
        ElementCase(ignoring("\u{1F689}x"), takes: ["\"\u{1F689}X\""], refuses: ["\"\u{1F68A}x\""]),
        ElementCase(ignoring("\u{10400}"), takes: ["\"\u{10400}\"", "\"\u{10428}\""]),
        ElementCase(ignoring("\u{10428}"), takes: ["\"\u{10400}\"", "\"\u{10428}\""]),
    ]

    static let ends = [
        ElementCase(
            #"{"prefix":\#(ignoring("aB"))}"#, takes: [#""ab""#, #""ABx""#],
            refuses: [#""xab""#, #""a""#, "1"]),
        ElementCase(
            #"{"suffix":\#(ignoring("aB"))}"#, takes: [#""ab""#, #""xAB""#],
            refuses: [#""abx""#, #""b""#]),
        ElementCase(
            #"{"prefix":\#(ignoring("ßa"))}"#, takes: [#""ßax""#, #""SSA""#],
            refuses: [#""ssa""#, #""sa""#]),
        ElementCase(
            #"{"suffix":\#(ignoring("aß"))}"#, takes: [#""xaß""#, #""ASS""#, #""aSS""#],
            refuses: [#""ass""#, #""SS""#]),
        ElementCase(#"{"prefix":\#(ignoring(""))}"#, takes: [#""x""#, #""""#], refuses: ["1"]),
    ]

    @Test("of a character's two spellings neither begins or ends with the other")
    func spellingsAreNeverAmbiguous() {
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for spelling in CaseFolding.spellings(ExactString(String(scalar))) {
                let (lower, upper) = spelling
                if lower == upper { continue }
                let isAmbiguous =
                    lower.starts(with: upper) || upper.starts(with: lower)
                    || lower.reversed().starts(with: upper.reversed())
                    || upper.reversed().starts(with: lower.reversed())
                if isAmbiguous { Issue.record("U+\(String(value, radix: 16)): \(spelling)") }
            }
        }
    }

    @Test("any character matches both of its spellings, alone and between others")
    func everyCasedCharacter() throws {
        var matched = 0
        for value in UInt32(0x80)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let (lower, upper) = (
                scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping
            )
            guard lower != upper else { continue }
            let rules = try RuleSet([
                Rule(name: "whole", pattern: "{\"f\":[\(Self.ignoring("x\(scalar)y"))]}"),
                Rule(
                    name: "start", pattern: "{\"f\":[{\"prefix\":\(Self.ignoring("x\(scalar)"))}]}"),
                Rule(name: "end", pattern: "{\"f\":[{\"suffix\":\(Self.ignoring("\(scalar)y"))}]}"),
            ])
            for spelling in [lower, upper] {
                let names = try rules.matches("{\"f\":\"X\(spelling)Y\"}")
                if names.count == 3 { continue }
                Issue.record("U+\(String(value, radix: 16)) as \(spelling): \(names)")
            }
            matched += 1
        }
        #expect(matched > 1_000)
    }

    private static func ignoring(_ text: String) -> String {
        "{\"equals-ignore-case\":\"\(text)\"}"
    }
}
