/// The name of a segment file: its id, its first sequence number, and how far its life has come.
struct SegmentName: Hashable, Sendable {
    /// A prepared file is a segment once it has its header; its name then follows.
    enum State: Sendable { case prepared, open, sealed }

    static let preparedSuffix = ".prepared"
    static let spareSuffix = ".spare"

    var id: UInt64
    var firstSequence: UInt64
    var state: State

    var isSealed: Bool { state == .sealed }

    var fileName: String {
        switch state {
        case .prepared: Self.preparedName(id)
        case .open: "\(digits(id))-\(digits(firstSequence)).open"
        case .sealed: "\(digits(id))-\(digits(firstSequence)).segment"
        }
    }

    init(id: UInt64, firstSequence: UInt64, state: State) {
        self.id = id
        self.firstSequence = firstSequence
        self.state = state
    }

    /// The name of the segment once it is compressed.
    var compressedFileName: String { sealed.fileName + ".zst" }

    /// Nil for any name that is not that of a compressed segment.
    init?(parsingCompressed fileName: String) {
        guard fileName.hasSuffix(".segment.zst") else { return nil }
        self.init(parsing: String(fileName.dropLast(4)))
    }

    /// The file name that a segment should have: `file`'s own ending behind its numbers.
    static func correct(_ file: String, id: UInt64, firstSequence: UInt64) -> String {
        let ending = file.firstIndex(of: ".").map { file[$0...] } ?? ""
        return "\(digits(id))-\(digits(firstSequence))\(ending)"
    }

    /// The name of the segment's index.
    var indexFileName: String { "\(digits(id))-\(digits(firstSequence)).index" }

    init(id: UInt64, firstSequence: UInt64, isSealed: Bool) {
        self.init(id: id, firstSequence: firstSequence, state: isSealed ? .sealed : .open)
    }

    /// Nil for any name that `fileName` would not give, and for prepared files, whose names do not say
    /// all.
    init?(parsing fileName: String) {
        let parts = fileName.utf8.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == 0x2D || $0 == 0x2E })
        guard parts.count == 3,
            let id = UInt64(Substring(parts[0])), let first = UInt64(Substring(parts[1]))
        else { return nil }
        self.init(id: id, firstSequence: first, isSealed: fileName.hasSuffix(".segment"))
        guard self.fileName == fileName else { return nil }
    }

    /// The same segment under the name that it has while it is written.
    var open: SegmentName { SegmentName(id: id, firstSequence: firstSequence, state: .open) }

    /// The same segment under the name that it has once sealed.
    var sealed: SegmentName { SegmentName(id: id, firstSequence: firstSequence, state: .sealed) }

    /// The names under which a file seen under this one may be found by now, in that order.
    var laterNames: [SegmentName] {
        switch state {
        case .prepared: [self, open, sealed]
        case .open: [self, sealed]
        case .sealed: [self]
        }
    }

    static func preparedName(_ id: UInt64) -> String { digits(id) + preparedSuffix }

    /// The id in the name of a prepared file, nil for other names.
    static func preparedID(_ fileName: String) -> UInt64? { id(fileName, preparedSuffix) }

    /// The id in the name of a spare file, nil for other names.
    static func spareID(_ fileName: String) -> UInt64? { id(fileName, spareSuffix) }

    static func spareName(_ id: UInt64) -> String { digits(id) + spareSuffix }

    private static func id(_ fileName: String, _ suffix: String) -> UInt64? {
        guard fileName.hasSuffix(suffix), let id = UInt64(fileName.dropLast(suffix.count)),
            digits(id) + suffix == fileName
        else { return nil }
        return id
    }
}

/// 20 decimal digits: every UInt64, so that names sort as numbers do.
private func digits(_ value: UInt64) -> String {
    let text = String(value)
    return String(repeating: "0", count: 20 - text.count) + text
}
