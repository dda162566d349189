public struct OperationModel: Sendable {
    func check(_ input: [UInt8]) throws(ServiceError) {}
}
public struct ServiceModel: Sendable {
    public let signingName = "events"
    public static let events = ServiceModel()
    public func operation(named: String) -> OperationModel? { OperationModel() }
}
