/// How long and how often a failed delivery is tried again.
///
/// EventBridge's defaults: for 24 hours, up to 185 times. The service does not publish its delays;
/// here they begin at a second and double up to a quarter of an hour, each drawn evenly from zero to
/// that bound ("full jitter": Brooker, "Exponential backoff and jitter", AWS Architecture Blog 2015),
/// so that targets that come back are not met by everyone at once.
public struct RetryPolicy: Sendable, Hashable {
    /// An event that is older than this when it is due again goes to the dead letters.
    public var maximumAge: Duration
    /// How often a delivery is tried again after the first time.
    public var maximumRetries: Int
    /// The bound of the first delay.
    public var firstDelay: Duration
    /// The bound of all delays.
    public var maximumDelay: Duration

    /// Creates a policy that differs from the defaults in what is given; what is negative counts as
    /// zero.
    public init(
        maximumAge: Duration = .seconds(86_400), maximumRetries: Int = 185,
        firstDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(900)
    ) {
        self.maximumAge = max(maximumAge, .zero)
        self.maximumRetries = max(maximumRetries, 0)
        self.firstDelay = max(firstDelay, .zero)
        self.maximumDelay = max(maximumDelay, .zero)
    }

    /// Never tries again.
    public static let never = RetryPolicy(maximumRetries: 0)

    /// What is to be done after a failed attempt.
    public enum Decision: Sendable, Hashable {
        /// Try again after so many nanoseconds.
        case retry(afterNanoseconds: UInt64)
        /// Give up, for this reason.
        case giveUp(ExhaustedRetryCondition)
    }

    /// What is to be done after a failed attempt. O(1).
    ///
    /// - Parameters:
    ///   - attempts: how often it was tried, this time included.
    ///   - ageNanoseconds: how long ago the event was taken on.
    ///   - atLeast: a delay that the target asked for, 0 for none; it may exceed the bound.
    ///   - random: where the jitter comes from.
    public func decision(
        attempts: Int, ageNanoseconds: UInt64, atLeast: UInt64 = 0,
        using random: inout some RandomNumberGenerator
    ) -> Decision {
        guard attempts <= maximumRetries else { return .giveUp(.maximumRetryAttempts) }
        let bound = delayBound(attempts: attempts)
        let delay = max(UInt64.random(in: 0...bound, using: &random), atLeast)
        let (due, overflow) = ageNanoseconds.addingReportingOverflow(delay)
        guard !overflow, due <= maximumAge.wholeNanoseconds else {
            return .giveUp(.maximumEventAgeInSeconds)
        }
        return .retry(afterNanoseconds: delay)
    }

    /// The longest that the delay after an attempt can be, in nanoseconds.
    func delayBound(attempts: Int) -> UInt64 {
        let first = firstDelay.wholeNanoseconds
        let longest = maximumDelay.wholeNanoseconds
        let doublings = max(0, attempts - 1)
        guard doublings < first.leadingZeroBitCount else { return first == 0 ? 0 : longest }
        return min(first << UInt64(doublings), longest)
    }
}

/// Why a delivery is not tried again: the service's words in its dead letters.
public enum ExhaustedRetryCondition: String, Sendable, Hashable, Codable {
    /// It was tried as often as the policy allows.
    case maximumRetryAttempts = "MaximumRetryAttempts"
    /// The event is as old as the policy allows.
    case maximumEventAgeInSeconds = "MaximumEventAgeInSeconds"
}

extension Duration {
    /// Nanoseconds, no fewer than 0 and no more than fit.
    package var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ UInt64(attoseconds / 1_000_000_000)
    }
}
