/// One thing that repairing an archive does.
public enum ArchiveRepairStep: Sendable, Hashable {
    /// Writes `archive.identity` anew, with the id that the segments tell.
    case writeIdentity
    /// Does what the next writer would do first: gives segments their names, seals those that another
    /// one follows, and clears a torn tail.
    case finishWriting(tornBytes: UInt64)
    /// Writes a sealed segment anew, every good record where it was, with a good header and a footer
    /// that tells what is lost. The file as it was stays beside it under another name.
    case rewriteSegment(file: String, lost: [ArchiveGap])
    /// Makes an index anew, or removes it where the segment is too damaged to have one.
    case makeIndex(file: String)
}

extension ArchiveRepairStep: CustomStringConvertible {
    /// What it does, for people.
    public var description: String {
        switch self {
        case .writeIdentity: "write archive.identity anew, with the id that the segments tell"
        case .finishWriting(let tornBytes):
            "finish what the last writer left open"
                + (tornBytes > 0
                    ? ", and clear \(tornBytes) bytes of a record that was never acknowledged" : "")
        case .rewriteSegment(let file, let lost):
            "write \(file) anew with all of its good records"
                + (lost.isEmpty
                    ? ""
                    : "; lost are " + lost.map(\.events).joined(separator: ", "))
                + "; the old file stays as \(file)\(SegmentRewriter.oldSuffix)"
        case .makeIndex(let file): "make \(file) anew"
        }
    }
}

/// Mends an archive's files without losing a record that can be read: first it finds out what is to be
/// done, which changes nothing, then it does it.
///
/// ```swift
/// let repair = try ArchiveRepair(directory: path)
/// print(repair.steps, repair.unrepairable)
/// try repair.perform { step in print(step) }
/// ```
///
/// What is lost stays lost: readers go on telling of it as a gap.
public struct ArchiveRepair: Sendable {
    /// What there is to do, in this order.
    public let steps: [ArchiveRepairStep]
    /// The events that are lost, whatever is done. It says the same before and after.
    public let lost: [ArchiveGap]
    /// What else is wrong and cannot be mended by it: segments that nobody can read, and damage to
    /// compressed ones, whose good records are read as they are.
    public let unrepairable: [ArchiveProblem]
    /// What a person has to decide on before anything can be done: files that are no segments of this
    /// archive, or not under this name, or there twice. They are in ``unrepairable`` too, with what to
    /// do about them.
    public let refused: [ArchiveError]

    private let directory: ArchiveDirectory
    private let identity: ArchiveIdentity

    /// Finds out what is to be done. O(bytes of the archive), all of which are read.
    ///
    /// - Throws: `locked` if a writer has the archive open, and every error about the state of the
    ///   files that only a person can decide on.
    public init(directory path: String) throws(ArchiveError) {
        directory = try ArchiveDirectory(opening: path)
        guard try !directory.hasWriter() else { throw .locked(directory: path) }
        var steps: [ArchiveRepairStep] = []
        do throws(ArchiveError) {
            identity = try directory.identity()
        } catch {
            switch error {
            case .damagedIdentity, .lostIdentity: break
            default: throw error
            }
            guard let found = try directory.identityOfSegments() else {
                throw .unknownIdentity(directory: path)
            }
            identity = found
            steps.append(.writeIdentity)
        }
        let survey = try ArchiveSurvey(directory, of: identity.id, isThorough: true)
        refused = survey.refused
        let reader = ArchiveReader(directory, identity, survey)
        let found = try reader.verify()
        var mended: Set<String> = []
        if let step = Self.finishing(survey, &mended) { steps.append(step) }
        for segment in survey.segments where segment.name.isSealed && !segment.isCompressed {
            let file = segment.name.fileName
            guard found.problems.contains(where: { $0.file == file }),
                let rewriter = try SegmentRewriter(
                    segment, in: directory, lostEnd: survey.lostEnd), rewriter.isNeeded
            else { continue }
            let lostEnd = survey.report.gaps.filter {
                $0.file == file && $0.reason == .lost && $0 != survey.lostEnd
            }
            steps.append(.rewriteSegment(file: file, lost: rewriter.gaps + lostEnd))
            mended.insert(file)
        }
        for segment in survey.segments where segment.name.isSealed {
            let file = segment.name.indexFileName
            // That of a segment with another footer is of no use any more.
            let isThere = try directory.openIfThere(file) != nil
            let isOutdated = isThere && mended.contains(segment.name.fileName)
            guard isOutdated || found.problems.contains(where: { $0.file == file }) else {
                continue
            }
            steps.append(.makeIndex(file: file))
            mended.insert(file)
        }
        // In an order that does not depend on which file tells of them, before or after.
        lost = Self.distinct(found.gaps)
        let known = Set(
            found.gaps.filter { $0.reason != .unreadableSegment }.map { ArchiveProblem($0) })
        self.steps = steps
        unrepairable = found.problems.filter { !mended.contains($0.file) && !known.contains($0) }
    }

    /// Each lost event once, by number: a segment may tell of a gap beside the one that is found.
    private static func distinct(_ gaps: [ArchiveGap]) -> [ArchiveGap] {
        var distinct: [ArchiveGap] = []
        var end: UInt64 = 0
        let ordered = gaps.sorted {
            ($0.sequences.lowerBound, $1.sequences.upperBound)
                < ($1.sequences.lowerBound, $0.sequences.upperBound)
        }
        for gap in ordered where gap.sequences.isEmpty || gap.sequences.upperBound > end {
            distinct.append(gap)
            end = max(end, gap.sequences.upperBound)
        }
        return distinct
    }

    /// Whether there is something that the next writer would do.
    private static func finishing(
        _ survey: ArchiveSurvey, _ mended: inout Set<String>
    ) -> ArchiveRepairStep? {
        let open = survey.segments.filter { !$0.name.isSealed }
        let isClean =
            survey.report.tornBytes == 0 && survey.neverUsed.isEmpty && open.count <= 1
            && open.allSatisfy {
                $0.name == survey.segments.last?.name && $0.gaps.isEmpty && !$0.hasFooter
                    && $0.fileBytes == Int($0.header.capacity)
            }
        // A writer refuses to go on behind a segment that nobody can read.
        guard !isClean, survey.unreadableEnd == nil else { return nil }
        for segment in open { mended.insert(segment.name.fileName) }
        for name in survey.neverUsed { mended.insert(name.fileName) }
        return .finishWriting(tornBytes: survey.report.tornBytes)
    }

    /// Does it, step by step; each is complete, or as if it had not begun.
    ///
    /// - Parameters:
    ///   - began: called before each step.
    ///   - mayContinue: asked before each step; false ends it early.
    /// - Throws: the first of ``refused``, if there are any, and `locked`, `maintained`, `diskFull`,
    ///   `syncFailed`, `system`.
    public func perform(
        while mayContinue: () -> Bool = { true }, began: (ArchiveRepairStep) -> Void = { _ in }
    ) throws(ArchiveError) {
        if let error = refused.first { throw error }
        for step in steps where mayContinue() {
            began(step)
            switch step {
            case .finishWriting:
                let writer = try ArchiveWriter(
                    directory: directory.path,
                    configuration: ArchiveConfiguration(durability: .none))
                try writer.close()
            case .writeIdentity:
                try alone { () throws(ArchiveError) in try directory.write(identity) }
            case .rewriteSegment(let file, _):
                try alone { () throws(ArchiveError) in try rewrite(file) }
            case .makeIndex(let file):
                let survey = try ArchiveSurvey(directory, of: identity.id)
                let reader = ArchiveReader(directory, identity, survey)
                guard
                    let segment = survey.segments.first(where: { $0.name.indexFileName == file }),
                    let index = try reader.encodedIndex(of: segment)
                else {
                    // A segment that has lost its end is read without one.
                    try directory.remove(file)
                    continue
                }
                try directory.writeIndex(index, of: segment.name)
            }
        }
    }

    /// With the locks of a writer and of whoever compresses.
    private func alone(_ body: () throws(ArchiveError) -> Void) throws(ArchiveError) {
        let lock = try directory.lock()
        try directory.maintaining { () throws(ArchiveError) in try body() }
        _ = consume lock
    }

    private func rewrite(_ file: String) throws(ArchiveError) {
        let survey = try ArchiveSurvey(directory, of: identity.id, isThorough: true)
        guard let segment = survey.segments.first(where: { $0.name.fileName == file }),
            let rewriter = try SegmentRewriter(segment, in: directory, lostEnd: survey.lostEnd),
            rewriter.isNeeded
        else { return }
        try rewriter.write(in: directory)
    }
}

extension ArchiveDirectory {
    /// Gives a file one more name, or, where that is taken, one with a number.
    func keep(_ name: String, as other: String) throws(ArchiveError) {
        for number in 1... {
            let candidate = number == 1 ? other : "\(other).\(number)"
            if try link(name, as: candidate) { return }
        }
    }

    /// The identity that all readable headers of segments agree on; nil if they do not, or there is
    /// none.
    fileprivate func identityOfSegments() throws(ArchiveError) -> ArchiveIdentity? {
        var found: ArchiveIdentity?
        for name in try segmentNames() {
            guard let header = try header(of: name) else { continue }
            if let found, found.id != header.archive { return nil }
            if found == nil {
                found = ArchiveIdentity(id: header.archive, created: header.created)
            }
        }
        return found
    }

    /// A segment's header, or where that is damaged its footer's; nil if neither can be read.
    private func header(of name: SegmentName) throws(ArchiveError) -> SegmentHeader? {
        if let file = try openIfThere(name.fileName) {
            let page = try file.read(0..<ArchiveFormat.segmentHeaderBytes)
            if let header = try SegmentHeader.decode(page, file: name.fileName) { return header }
            return try SegmentSurvey.readFooter(file, fileBytes: try file.byteCount())?.header
        }
        guard let file = try openIfThere(name.compressedFileName) else { return nil }
        return try CompressedTable(file, fileBytes: try file.byteCount())?.header
    }

    fileprivate func write(_ identity: ArchiveIdentity) throws(ArchiveError) {
        try replaceFile(ArchiveIdentity.fileName, with: identity.encoded())
    }
}
