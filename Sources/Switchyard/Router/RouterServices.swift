/// What all targets of a router share.
struct RouterServices: Sendable {
    let deadLetters: DeadLetterOffice
    /// Nil without a directory.
    let watermarks: DeliveryWatermarks?
    let traces = TraceBook()
}
