/// Events that follow from their number alone, so that a process can check what another one wrote.
public enum NumberedEvent {
    /// The event with this number: 20 to about 3,000 bytes.
    public static func bytes(_ number: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: number)
        let filler = Int(random.next() % 64) * Int(random.next() % 48)
        let text = #"{"id":"\#(number)","detail":"\#(random.next())"}"#
        return Array(text.utf8) + repeatElement(UInt8(ascii: " "), count: filler)
    }
}
