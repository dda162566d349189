import EventMatching
import EventPattern
import Foundation
import JSONScan
import TestSupport
import Testing

/// Random events cut off and changed at every byte.
@Suite("Broken events", .onThreadsOfItsOwn)
struct BrokenEventTests {
    @Test("are judged alike by all kernels, and accepted only if Foundation accepts them")
    func damage() throws {
        let deadline = ContinuousClock.now + fuzzTime(share: 0.25)
        var (texts, accepted) = (0, 0)
        var round = 0
        repeat {
            var random = SeededGenerator(stream: 2_000_000 + UInt64(round))
            let vocabulary = CaseVocabulary(&random)
            var generator = EventGenerator(vocabulary)
            let event = GeneratedEvent(generator.event(&random), &random)
            var judges = try EventJudges(vocabulary, event.tree, &random)
            round += 1
            let bytes = Array(event.text.utf8)
            for position in bytes.indices {
                let cut = Array(bytes[..<position])
                if try judges.verdict(of: cut) != nil, objectEnd(bytes) > position {
                    Issue.record("accepted, but cut off: \(quoted(cut)), seed \(testSeed())")
                    return
                }
                let changed = change(bytes, at: position, &random)
                texts += 2
                guard try judges.verdict(of: changed) != nil else { continue }
                accepted += 1
                if isWronglyAccepted(changed) {
                    Issue.record("wrongly accepted: \(quoted(changed)), seed \(testSeed())")
                    return
                }
            }
        } while ContinuousClock.now < deadline
        if isLongFuzzing { print("\(texts) broken events, \(accepted) of them valid JSON") }
    }

    private func change(
        _ bytes: [UInt8], at position: Int, _ random: inout SeededGenerator
    ) -> [UInt8] {
        var changed = bytes
        let telling = Array("\"\\{}[]:,0123456789-+.eEtfnu \u{0}\n\u{1F}aZ".utf8)
        let byte = random.chance(30) ? UInt8(random.below(256)) : random.one(of: telling)
        switch random.below(5) {
        case 0: changed.remove(at: position)
        case 1: changed.insert(byte, at: position)
        case 2: changed[position] ^= 1 << UInt8(random.below(8))
        case 3: changed.swapAt(position, random.below(changed.count))
        default: changed[position] = byte
        }
        return changed
    }

    /// Whether Foundation refuses a text for another reason than a limit of its own.
    private func isWronglyAccepted(_ text: [UInt8]) -> Bool {
        let object = text[..<objectEnd(text)]
        if (try? JSONSerialization.jsonObject(with: Data(object))) != nil { return false }
        // It knows no half of a surrogate pair, and no number that is out of a double's range.
        let string = String(decoding: object, as: UTF8.self)
        if string.contains(/\\u[dD][89a-fA-F]/) { return false }
        let numbers = string.matches(of: /-?[0-9][0-9.]*([eE][-+]?[0-9]+)?/).map {
            String($0.output.0)
        }
        return !numbers.contains { number in
            let value = Double(number) ?? 0
            return value.isInfinite
                || abs(value) < .leastNormalMagnitude && number.contains(/[1-9]/)
        }
    }
}

/// The offset behind an object's closing brace; the text's end if none closes it.
private func objectEnd(_ text: [UInt8]) -> Int {
    var (depth, isInString, isEscaped) = (0, false, false)
    for (position, byte) in text.enumerated() {
        switch byte {
        case _ where isEscaped: isEscaped = false
        case UInt8(ascii: "\\"): isEscaped = isInString
        case UInt8(ascii: "\""): isInString.toggle()
        case UInt8(ascii: "{") where !isInString: depth += 1
        case UInt8(ascii: "}") where !isInString:
            depth -= 1
            if depth == 0 { return position + 1 }
        default: break
        }
    }
    return text.count
}

/// Bytes as a Swift literal.
private func quoted(_ bytes: [UInt8]) -> String {
    "\(bytes) = \(String(decoding: bytes, as: UTF8.self))"
}

/// What the kernels say about texts, matched against a few rules.
private struct EventJudges: ~Copyable {
    private let rules: RuleSet
    /// So that a byte read outside of a text ends the run.
    private let memory = GuardedBuffer(byteCount: 1 << 16)
    /// One that sees all the texts, refused ones too.
    private var used: Matcher

    init(
        _ vocabulary: CaseVocabulary, _ event: JSONTree, _ random: inout SeededGenerator
    ) throws {
        let generator = PatternGenerator(vocabulary)
        let leaves = PlainEvaluator(event).leaves
        var rules: [Rule] = []
        for number in 0..<6 {
            let pattern = generator.pattern(for: leaves, &random).text()
            guard let rule = try? Rule(name: "\(number)", pattern: pattern),
                (try? rule.pattern.branches(limit: 200)) != nil
            else { continue }
            rules.append(rule)
        }
        self.rules = try RuleSet(rules)
        used = Matcher(self.rules)
    }

    /// The names of the matching rules, or nil for a text that is refused.
    mutating func verdict(of text: [UInt8]) throws -> [String]? {
        let place = memory.placeAtEnd(text)
        var verdicts: [Result<[String], JSONError>] = []
        do throws(JSONError) {
            verdicts.append(.success(try used.matchNames(place.bytes)))
        } catch {
            verdicts.append(.failure(error))
        }
        for kernel in ScanKernel.supported {
            var matcher = Matcher(rules, kernel: kernel)
            do throws(JSONError) {
                verdicts.append(.success(try matcher.matchNames(place.bytes)))
            } catch {
                verdicts.append(.failure(error))
            }
        }
        try #require(
            verdicts.allSatisfy { $0 == verdicts[0] },
            "\(verdicts) for \(quoted(text)), seed \(testSeed())")
        return try? verdicts[0].get()
    }
}
