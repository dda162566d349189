import JSONScan
import TestSupport
import Testing

@Suite("Documents of random and of damaged files")
struct RandomDocumentsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("random documents are found in random layouts, compressed or not")
    func randomLayouts() throws {
        var random = SeededGenerator(stream: 0xD0C5)
        for _ in 0..<150 {
            let layout = RandomLayout(&random)
            let bytes = Array(layout.text.utf8)
            let plain = try folder.file("plain", bytes)
            let bufferBytes = Int.random(in: 0...200, using: &random)
            let expected = layout.documents
            #expect(try readDocuments(plain, bufferBytes).map(\.text) == expected, "\(layout.text)")
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let members = Gzip.stored(Array(bytes[..<cut])) + Gzip.stored(Array(bytes[cut...]))
            let zeros = [UInt8](repeating: 0, count: Int.random(in: 0...3, using: &random))
            let compressed = try folder.file("compressed", members + zeros)
            #expect(
                try readDocuments(compressed, bufferBytes).map(\.text) == expected, "\(layout.text)"
            )
        }
    }

    @Test("a damaged file comes to its end, and gives nothing that is no document")
    func damaged() throws {
        var random = SeededGenerator(stream: 0xD0C6)
        for _ in 0..<400 {
            var bytes = Array(RandomLayout(&random).text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes[at] = Array("{}[],:\"\n x0".utf8).randomElement(using: &random) ?? 0
                default: bytes.removeSubrange(at...)
                }
            }
            let path = try folder.file("damaged", bytes)
            let whole = try readDocuments(path)
            #expect(try readDocuments(path, Int.random(in: 0...100, using: &random)) == whole)
            #expect(whole.count <= bytes.count + 1)
            for document in whole where !document.text.hasPrefix("! ") {
                var scanner = StructuralScanner()
                let text = Array(document.text.utf8)
                let length = text.withUnsafeBytes { try? scanner.scan($0).textLength }
                #expect(length == text.count)
            }
        }
    }
}

/// Documents and a text that has them, one layout behind the other.
private struct RandomLayout {
    var documents: [String] = []
    var text = ""

    init(_ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let some = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                Self.object(depth: 3, &random)
            }
            func blanks() -> String {
                String(
                    repeating: " \n\t".randomElement(using: &random) ?? " ",
                    count: Int.random(in: 0...2, using: &random))
            }
            documents += some
            switch Int.random(in: 0..<4, using: &random) {
            case 0: text += some.joined(separator: "\n") + "\n"
            case 1: text += some.map { $0 + blanks() }.joined()
            case 2:
                text += "[" + some.map { blanks() + $0 + blanks() }.joined(separator: ",") + "]\n"
            default:
                let list = some.map { blanks() + $0 }.joined(separator: ",")
                let around =
                    Bool.random(using: &random) ? ("{\"x\": [{}], ", "") : ("{", ", \"y\":\"}\"")
                text += around.0 + "\"Entries\"" + blanks() + ": [" + list + "]" + around.1 + "}"
            }
        }
    }

    private static func object(depth: Int, _ random: inout SeededGenerator) -> String {
        let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            "\"k\(Int.random(in: 0...9, using: &random))\":" + value(depth: depth - 1, &random)
        }
        let separator = Bool.random(using: &random) ? "," : ",\n "
        return "{" + members.joined(separator: separator) + "}"
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: "\(Int.random(in: -99...99, using: &random))"
        case 1: "true"
        case 2: #""\\\"}]{[,""#
        case 3: #""é €""#
        case 4: "null"
        case 5:
            "["
                + (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    value(depth: depth - 1, &random)
                }.joined(separator: ", ") + "]"
        default: object(depth: depth, &random)
        }
    }
}
