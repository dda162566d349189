import Foundation
import JSONScan
import EventEnvelope
import EventInput
import TestSupport
import Testing

/// What the real service made of input transformers; only beside a checkout that has the recording.
@Suite(.enabled(if: RecordedTransformer.path != nil))
struct RecordedTransformerTests {
    @Test("a transformer delivers what the service delivered, and nothing where it did not")
    func recordedBodies() throws {
        let all = try RecordedTransformer.all()
        try #require(all.count >= 12)
        for recorded in all {
            let found = Result { try recorded.written() }
            switch (recorded.body, found) {
            case (nil, .success(let text)):
                Issue.record("\(recorded.template) gave \(text), and the service nothing")
            case (nil, .failure(let error)):
                #expect(error is InputFailure, "\(recorded.template): \(error)")
            case (.some, .failure(let error)):
                Issue.record("\(recorded.template): \(error)")
            case (.text(let body)?, .success(let text)): #expect(text == body)
            case (.json(let body)?, .success(let text)):
                #expect(try isSameJSON(body, text), "\(text) is not \(body)")
            }
        }
    }

    private func isSameJSON(_ one: String, _ other: String) throws -> Bool {
        let read = try [one, other].map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary)
        }
        return read[0] == read[1]
    }
}

private struct RecordedTransformer {
    enum Body {
        case text(String)
        case json(String)
    }

    let paths: [String: String]
    let template: String
    let event: String
    /// Nil where nothing came.
    let body: Body?

    static var path: String? {
        sharedFolder.map { $0 + "/aws/input-transformer.jsonl" }
            .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    static func all() throws -> [RecordedTransformer] {
        try mapJSONLines(of: try #require(path)) { line in
            var paths: [String: String] = [:]
            for member in line["paths"]?.members ?? [] {
                paths[member.key.description] = try #require(member.value.string).description
            }
            let detail = String(decoding: try #require(line["detail"]).text, as: UTF8.self)
            let isDelivered = line["delivered"]?.kind == .true
            let body = isDelivered ? line["body"] : nil
            return RecordedTransformer(
                paths: paths, template: try #require(line["template"]?.string).description,
                event: #"{"version":"0","detail-type":"core.update-account-command","source":"#
                    + #""core.update-account-command","detail":\#(detail)}"#,
                body: body.map { body in
                    body.string.map { .text($0.description) }
                        ?? .json(String(decoding: body.text, as: UTF8.self))
                })
        }
    }

    func written() throws -> String {
        let input = TargetInput.transformer(
            try InputTransformer(paths: paths, template: template, target: "queue"))
        let context = InputContext(ruleARN: "", ruleName: "", ingestionTime: EventTime(0))
        var scanner = StructuralScanner()
        var output: [UInt8] = []
        try Array(event.utf8).withUnsafeBytes {
            try input.write(scanner.scan($0), context, to: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }
}
