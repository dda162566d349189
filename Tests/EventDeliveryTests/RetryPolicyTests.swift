import EventDelivery
import EventInput
import TestSupport
import Testing

private let second: UInt64 = 1_000_000_000

@Suite struct RetryPolicyTests {
    @Test("delays are drawn evenly between nothing and a bound that doubles up to the limit")
    func backsOff() {
        var random = SeededGenerator(stream: 0xDE1A)
        let policy = RetryPolicy()
        for (attempts, bound) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 900), (100, 900)] {
            var sum = 0.0
            var longest: UInt64 = 0
            for _ in 0..<2_000 {
                let decision = policy.decision(
                    attempts: attempts, ageNanoseconds: 0, using: &random)
                guard case .retry(let delay) = decision else {
                    Issue.record("\(decision) after \(attempts)")
                    return
                }
                sum += Double(delay)
                longest = max(longest, delay)
            }
            let limit = UInt64(bound) * second
            #expect(longest <= limit && longest > limit / 10 * 9)
            #expect(abs(sum / 2_000 / Double(limit) - 0.5) < 0.05)
        }
    }

    @Test("after the last retry, or when it would be too old, it is given up, and the reason told")
    func givesUp() {
        var random = SeededGenerator(stream: 0xDE1B)
        let policy = RetryPolicy(maximumAge: .seconds(60), maximumRetries: 3)
        func decide(_ attempts: Int, _ age: UInt64, atLeast: UInt64 = 0) -> RetryPolicy.Decision {
            policy.decision(
                attempts: attempts, ageNanoseconds: age * second, atLeast: atLeast * second,
                using: &random)
        }
        if case .giveUp = decide(3, 0) { Issue.record("3 of 3 retries were not made") }
        #expect(decide(4, 0) == .giveUp(.maximumRetryAttempts))
        #expect(decide(1, 61) == .giveUp(.maximumEventAgeInSeconds))
        #expect(decide(1, 30, atLeast: 31) == .giveUp(.maximumEventAgeInSeconds))
        #expect(decide(1, 0, atLeast: 20) == .retry(afterNanoseconds: 20 * second))
        #expect(
            RetryPolicy.never.decision(attempts: 1, ageNanoseconds: 0, using: &random)
                == .giveUp(.maximumRetryAttempts))
    }

    @Test("a policy without delays tries again at once, and the longest age never overflows")
    func hasExtremes() {
        var random = SeededGenerator(stream: 0xDE1C)
        let eager = RetryPolicy(
            maximumAge: .seconds(Int64.max), maximumRetries: .max, firstDelay: .zero)
        #expect(
            eager.decision(attempts: 1_000_000, ageNanoseconds: .max / 2, using: &random)
                == .retry(afterNanoseconds: 0))
        let patient = RetryPolicy(
            maximumRetries: .max, firstDelay: .seconds(1), maximumDelay: .seconds(Int64.max))
        #expect(
            patient.decision(attempts: 500, ageNanoseconds: 0, atLeast: .max, using: &random)
                == .giveUp(.maximumEventAgeInSeconds))
    }

    @Test("errors that a target can't get over are told from those that may pass")
    func knowsWhatMayPass() {
        #expect(DeliveryError(.timeout, "").isRetriable)
        #expect(DeliveryError(.throttling, "").isRetriable)
        #expect(!DeliveryError(.noResource, "").isRetriable)
        #expect(!DeliveryError(.errorFromTarget, "", isRetriable: false).isRetriable)
        let failure = DeliveryError(describing: InputFailure.pathNotFound("$.a"))
        #expect(failure.code == .invalidParameter && !failure.isRetriable)
        struct Broken: Error {}
        #expect(DeliveryError(describing: Broken()).code == .errorFromTarget)
    }
}
