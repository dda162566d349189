import EventMatching
import JSONScan
import TestSupport
import Testing

/// Runs all cases of a file, and lists the first wrong answers.
private func check(_ file: String, kernel: ScanKernel) throws {
    let text = try #require(readFile(file), "can't read \(file)")
    var scanner = StructuralScanner()
    var count = 0
    var wrong: [String] = []
    try text.withUnsafeBytes { bytes in
        for line in JSONLines(bytes) {
            let value = JSONValue(try scanner.scan(line.text))
            let conformanceCase = try #require(ConformanceCase(value), "line \(line.number)")
            let answer = conformanceCase.answer(kernel: kernel)
            count += 1
            if !answer.agrees(with: conformanceCase.expected) {
                wrong.append("\(conformanceCase.id): \(answer)")
            }
        }
    }
    #expect(count > 0)
    #expect(wrong.isEmpty, "\(wrong.count) of \(count) wrong: \(wrong.prefix(20))")
}

@Suite struct ConformanceTests {
    @Test("all shared cases are answered right", .enabled(if: sharedFolder != nil))
    func sharedCases() throws {
        let folder = try #require(sharedFolder)
        try check(folder + "/conformance/patterns.jsonl", kernel: .best)
        try check(folder + "/conformance/quirks.jsonl", kernel: .best)
    }
}
