import EventArchive
import EventEnvelope
import JSONScan

/// What an event's envelope says, found out slowly: the outermost members as values, each text
/// unescaped, nothing remembered.
struct PlainEnvelope: Equatable {
    var keys = ArchiveKeys()
    var time: Int64?

    init(_ event: StructuralIndex) {
        var texts: [String: [String?]] = [:]
        var isUnusual = false
        for member in JSONValue(event).members {
            let name = member.key.description
            let written = UnsafeBufferPointer(
                start: event.bytes + member.keyOffset + 1, count: name.utf8.count + 1)
            // Unescaped, it stands there letter by letter, up to the quote.
            if name.isEmpty || !written.elementsEqual(Array(name.utf8) + [UInt8(ascii: "\"")]) {
                isUnusual = true
                continue
            }
            texts[name, default: []].append(member.value.string?.description)
        }
        for text in texts["time"] ?? [] {
            guard let text else { continue }
            time = EventTime(text)?.nanoseconds
        }
        if isUnusual { return }
        func hash(_ name: String) -> UInt32 {
            guard let found = texts[name], found.count == 1, let text = found[0] else { return 0 }
            return Array(text.utf8).withUnsafeBufferPointer { EnvelopeFields.hash($0) }
        }
        keys = ArchiveKeys(
            source: hash("source"), detailType: hash("detail-type"), account: hash("account"))
    }
}
