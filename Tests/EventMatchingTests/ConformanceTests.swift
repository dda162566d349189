import EventMatching
import JSONScan
import TestSupport
import Testing

@Suite("Conformance", .onThreadsOfItsOwn)
struct ConformanceTests {
    @Test(
        "the committed cases are answered right by every kernel",
        arguments: ConformanceFixture.allCases, ScanKernel.supported)
    func fixtures(fixture: ConformanceFixture, kernel: ScanKernel) throws {
        try check(fixture.path, kernel)
    }

    @Test(
        "all shared cases are answered right", .enabled(if: sharedFolder != nil),
        arguments: ["patterns", "quirks"])
    func sharedCases(file: String) throws {
        try check(#require(sharedFolder) + "/conformance/\(file).jsonl", .best)
    }

    /// Runs all cases of a file, and lists the first wrong answers.
    private func check(_ file: String, _ kernel: ScanKernel) throws {
        var wrong: [String] = []
        let count = try mapJSONLines(of: file) { line in
            let conformanceCase = try #require(ConformanceCase(line))
            let answer = conformanceCase.answer(kernel: kernel)
            if !answer.agrees(with: conformanceCase.expected) {
                wrong.append("\(conformanceCase.id): \(answer)")
            }
        }.count
        #expect(count > 100)
        #expect(wrong.isEmpty, "\(wrong.count) of \(count) wrong: \(wrong.prefix(20))")
    }
}
