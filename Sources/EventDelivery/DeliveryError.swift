public import EventInput

/// Why an event did not reach its target, as a dead letter says it.
///
/// A target's closure may throw one of these to say that trying again is no use, or when it would
/// be. Any other error counts as ``Code/errorFromTarget`` and is tried again.
public struct DeliveryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The service's error codes, and one of our own.
    public enum Code: String, Sendable, Hashable, CaseIterable, Codable {
        /// No connection to the target.
        case connectionFailure = "CONNECTION_FAILURE"
        /// The target refused or failed.
        case errorFromTarget = "ERROR_FROM_TARGET"
        /// Something went wrong here.
        case internalError = "INTERNAL_ERROR"
        /// The input template does not give JSON for this event.
        case invalidJSON = "INVALID_JSON"
        /// The event lacks what the target's input wants, or the target can't take it.
        case invalidParameter = "INVALID_PARAMETER"
        /// The target does not let us.
        case noPermissions = "NO_PERMISSIONS"
        /// There is no such target.
        case noResource = "NO_RESOURCE"
        /// A limit of the target.
        case resourceLimitExceeded = "RESOURCE_LIMIT_EXCEEDED"
        /// A fault of the client that speaks to the target.
        case sdkClientError = "SDK_CLIENT_ERROR"
        /// The event has come from another bus already, and goes no further.
        case thirdAccountHopDetected = "THIRD_ACCOUNT_HOP_DETECTED"
        /// The target wants fewer events.
        case throttling = "THROTTLING"
        /// The target did not answer in time.
        case timeout = "TIMEOUT"
        /// Nothing is known.
        case unknown = "UNKNOWN"
        /// More events wait for the target than its bus keeps, which has no archive to find them in
        /// again. Not one of the service's codes.
        case queueFull = "QUEUE_FULL"
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened, for people.
    public var message: String
    /// Whether trying again may help.
    public var isRetriable: Bool
    /// How long the target asks to be left alone.
    public var retryAfter: Duration?

    /// Creates an error.
    ///
    /// - Parameter isRetriable: by default what the code suggests: connections, throttling, time-outs
    ///   and errors of the target may pass, the rest won't.
    public init(
        _ code: Code, _ message: String, isRetriable: Bool? = nil, retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.isRetriable = isRetriable ?? code.isRetriable
        self.retryAfter = retryAfter
    }

    /// What stands for any error that a target may throw.
    public init(describing error: any Error) {
        if let error = error as? DeliveryError {
            self = error
        } else if let failure = error as? InputFailure {
            self.init(failure)
        } else {
            self.init(.errorFromTarget, "\(error)")
        }
    }

    /// The failure to make an input.
    public init(_ failure: InputFailure) {
        switch failure {
        case .pathNotFound: self.init(.invalidParameter, failure.description)
        case .notJSON: self.init(.invalidJSON, failure.description)
        }
    }

    /// `CODE: message`
    public var description: String { "\(code.rawValue): \(message)" }
}

extension DeliveryError.Code {
    /// Whether trying again may help.
    var isRetriable: Bool {
        switch self {
        case .connectionFailure, .errorFromTarget, .internalError, .resourceLimitExceeded,
            .throttling, .timeout, .unknown:
            true
        case .invalidJSON, .invalidParameter, .noPermissions, .noResource, .sdkClientError,
            .thirdAccountHopDetected, .queueFull:
            false
        }
    }
}
