/// What a service says when it does not do what it was asked for: a code, a sentence, and an HTTP status.
///
/// The codes are those of the service's model, and besides those that every service has, which stand
/// here. A sentence is AWS's own where it is known.
public struct ServiceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error's name, `ResourceNotFoundException` for instance.
    public var code: String
    /// What is wrong, for people.
    public var message: String
    /// The HTTP status: 400 and above.
    public var status: Int

    /// Creates an error.
    public init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// `Code: message`
    public var description: String { "\(code): \(message)" }
}

extension ServiceError {
    /// What was asked for breaks a constraint.
    public static func validation(_ message: String) -> ServiceError {
        ServiceError("ValidationException", message)
    }

    /// The body can't be read as what it should be.
    public static func serialization(_ message: String) -> ServiceError {
        ServiceError("SerializationException", message)
    }

    /// There is no such thing.
    public static func notFound(_ message: String) -> ServiceError {
        ServiceError("ResourceNotFoundException", message)
    }

    /// There is one of that name.
    public static func exists(_ message: String) -> ServiceError {
        ServiceError("ResourceAlreadyExistsException", message)
    }

    /// More than there may be.
    public static func limitExceeded() -> ServiceError {
        ServiceError(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.")
    }

    /// The caller may not do this.
    public static func accessDenied(_ message: String) -> ServiceError {
        ServiceError("AccessDeniedException", message)
    }

    /// Too much at once; trying again helps.
    public static func throttling(_ message: String) -> ServiceError {
        ServiceError("ThrottlingException", message)
    }

    /// Something went wrong here.
    public static func internalError(_ message: String) -> ServiceError {
        ServiceError("InternalException", message, status: 500)
    }

    /// Nobody here knows such an operation.
    public static func unknownOperation(_ message: String) -> ServiceError {
        ServiceError("UnknownOperationException", message, status: 404)
    }

    /// The operation is one of the service, and not built here.
    public static func notImplemented(_ operation: String, of service: String) -> ServiceError {
        ServiceError(
            "NotImplementedException",
            "\(operation) of \(service) is not built here; GET /_switchyard/coverage lists what is.",
            status: 501)
    }
}
