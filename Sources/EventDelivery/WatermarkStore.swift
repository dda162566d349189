/// How far each target has come in its bus's log: every event below its watermark was delivered to it,
/// or became a dead letter.
///
/// Targets raise their watermarks on queues of their own, and wait for nothing there; when what they
/// raised is kept, the control plane says. A watermark that is too low only costs deliveries that were
/// made already; one that is too high would cost events. ``FileWatermarkStore`` keeps them in a file.
package protocol WatermarkStore: AnyObject, Sendable {
    /// The watermark of a target; nil if it has none. From any thread.
    subscript(key: TargetID) -> UInt64? { get }

    /// Raises the watermark of a target that has one, unless it is as high already. Must not wait for a
    /// disk, and is not kept before a ``save()``. From any thread.
    func advance(_ key: TargetID, to sequence: UInt64)

    /// Gives targets new watermarks, whatever they had, and returns when these are durable.
    ///
    /// - Throws: why that is not so; then nothing has changed.
    func begin(_ keys: [TargetID], at sequence: UInt64) throws

    /// Forgets a target.
    ///
    /// - Throws: why it may be known again after a restart.
    func remove(_ key: TargetID) throws

    /// Makes all that has changed durable.
    ///
    /// - Throws: why that is not so; the next call tries it again.
    func save() throws

    /// Whether something was raised that is not durable. From any thread.
    var hasUnsaved: Bool { get }

    /// The same, soon, and without waiting for it or hearing of what went wrong.
    func saveSoon()

    /// How many of the lines that the watermarks were read from make no sense.
    var unreadableLines: Int { get }
}

/// Which target of which rule on which bus a watermark is of.
package struct TargetID: Hashable, Sendable {
    /// The bus.
    package var bus: String
    /// The rule.
    package var rule: String
    /// The target's id.
    package var target: String

    /// Creates a key.
    package init(bus: String, rule: String, target: String) {
        self.bus = bus
        self.rule = rule
        self.target = target
    }
}
