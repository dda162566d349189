public import EventArchive
internal import EventEnvelope
public import EventMatching
internal import EventPattern
internal import JSONScan

/// Which sources, detail-types and accounts an event must have for any of some rules to match it,
/// as far as the rules tell: what has others need not be read.
///
/// Each way to match a rule has to name the values of a field exactly; one that does not leaves the
/// field open for all. Records of events whose field is no single string have the hash 0, and are
/// always read (see ``/EventEnvelope/EnvelopeFields``).
public struct RuleKeys: Sendable, Hashable {
    /// Beyond so many values a field is left open: to look for each in a segment's footer costs
    /// more than it saves.
    private static let valuesMax = 1_024

    private var wanted: [ArchiveKeyKind: Set<UInt32>?]

    /// Finds out what some rules want. O(size of their patterns). A rule that expands beyond the
    /// limits of patterns leaves all open.
    public init(_ rules: some Sequence<Rule>) {
        wanted = [.source: [], .detailType: [], .account: []]
        for rule in rules {
            do throws(PatternError) {
                for branch in try rule.pattern.branches() { add(branch) }
            } catch {
                wanted = [:]
                return
            }
        }
    }

    private mutating func add(_ branch: PatternBranch) {
        for (kind, path) in Self.paths {
            guard let known = wanted[kind] ?? nil else { continue }
            let condition = branch.conditions.first { $0.path == path }
            guard let hashes = condition.flatMap({ Self.hashes($0.values) }),
                known.count + hashes.count <= Self.valuesMax
            else {
                wanted[kind] = .some(nil)
                continue
            }
            wanted[kind] = known.union(hashes)
        }
    }

    private static let paths: [(ArchiveKeyKind, ExactString)] = [
        (.source, "source"), (.detailType, "detail-type"), (.account, "account"),
    ]

    /// The hashes of all values that satisfy one of the alternatives; nil if there can be others.
    private static func hashes(_ values: [ValuePattern]) -> Set<UInt32>? {
        var hashes: Set<UInt32> = []
        for value in values {
            switch value {
            case .exactly(let text): hashes.insert(hash(text))
            case .string(let text):
                // An address has many spellings.
                guard NetworkAddress(text) == nil else { return nil }
                hashes.insert(hash(text))
            default: return nil
            }
        }
        return hashes
    }

    private static func hash(_ text: ExactString) -> UInt32 {
        Array(text.utf8).withUnsafeBufferPointer { EnvelopeFields.hash($0) }
    }

    /// The hashes of one field that can match; nil where any can.
    public subscript(kind: ArchiveKeyKind) -> Set<UInt32>? { wanted[kind] ?? nil }
}

extension ArchiveSelection {
    /// The same without the records that no rule can match: those whose keys are known, and others
    /// than the rules want.
    public func narrowed(to keys: RuleKeys) -> ArchiveSelection {
        func narrowed(_ asked: Set<UInt32>?, _ kind: ArchiveKeyKind) -> Set<UInt32>? {
            guard let wanted = keys[kind]?.union([0]) else { return asked }
            return asked.map { $0.intersection(wanted) } ?? wanted
        }
        var selection = self
        selection.sources = narrowed(sources, .source)
        selection.detailTypes = narrowed(detailTypes, .detailType)
        selection.accounts = narrowed(accounts, .account)
        return selection
    }
}
