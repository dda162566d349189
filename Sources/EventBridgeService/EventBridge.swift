internal import AWSWire

/// EventBridge's operations.
public struct EventBridge: Sendable {}
