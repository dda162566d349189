/// What a service says when it does not do what it was asked for: a code, a sentence, and an HTTP status.
///
/// The codes are those of the service's model, and besides those that every service has
/// (``validation(_:)``, ``unknownOperation(_:)``, ...). A sentence is AWS's own where it is known.
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
