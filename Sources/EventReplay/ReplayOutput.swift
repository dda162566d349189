/// Where a replay's events go.
package protocol ReplayOutput: AnyObject {
    /// What became of the events, as far as the output knows.
    var counts: ReplayProgress { get set }

    /// Takes an archived event. False if there is no room for it: it has to be offered again before
    /// any other.
    func take(_ event: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool

    /// Sends on what waits; false if not all of it could be sent.
    func flush() -> Bool

    /// Gives back what it holds. What was taken and could not be sent on is not among its counts any
    /// more.
    func close()
}
