/// The name of a segment file: its id, its first sequence number, and whether it is sealed.
struct SegmentName: Hashable, Sendable {
    var id: UInt64
    var firstSequence: UInt64
    var isSealed: Bool

    var fileName: String {
        "\(digits(id))-\(digits(firstSequence)).\(isSealed ? "segment" : "open")"
    }

    /// The name of the segment's index.
    var indexFileName: String { "\(digits(id))-\(digits(firstSequence)).index" }

    init(id: UInt64, firstSequence: UInt64, isSealed: Bool) {
        self.id = id
        self.firstSequence = firstSequence
        self.isSealed = isSealed
    }

    /// Nil for any name that `fileName` would not give.
    init?(parsing fileName: String) {
        let parts = fileName.utf8.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == 0x2D || $0 == 0x2E })
        guard parts.count == 3,
            let id = UInt64(Substring(parts[0])), let first = UInt64(Substring(parts[1]))
        else { return nil }
        self.init(id: id, firstSequence: first, isSealed: fileName.hasSuffix(".segment"))
        guard self.fileName == fileName else { return nil }
    }

    /// The same segment under the name that it has once sealed.
    var sealed: SegmentName {
        SegmentName(id: id, firstSequence: firstSequence, isSealed: true)
    }
}

/// 20 decimal digits: every UInt64, so that names sort as numbers do.
private func digits(_ value: UInt64) -> String {
    let text = String(value)
    return String(repeating: "0", count: 20 - text.count) + text
}
