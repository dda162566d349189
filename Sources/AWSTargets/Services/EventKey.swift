#if Server
    internal import AWSSignature
    internal import EventDelivery

    /// What stands for one event on its way to one target, the same each time that it is tried.
    enum EventKey {
        /// 32 hexadecimal digits. Those of a replayed event are others than the first time's.
        static func text(of match: EventMatch, _ facts: EventFacts? = nil) -> String {
            let facts = facts ?? EventFacts(match.event)
            let parts = [
                match.bus, match.rule, match.target, "\(match.sequence)", facts.replay ?? "",
                facts.id ?? match.text,
            ]
            let bytes = Array(parts.joined(separator: "\0").utf8)
            return String(
                bytes.withUnsafeBytes { PayloadHash(of: $0) }.hexadecimal.prefix(32))
        }
    }
#endif
