public import JSONScan

/// An event pattern: what a rule wants of an event, as a syntax tree.
///
/// This is the place to begin reading `EventPattern`. The way of a pattern:
///
/// 1. ``init(_:)-(RawSpan)`` scans the text strictly and builds the tree: objects of fields, each field an
///    object again or a list of ``ValuePattern``s, and `$or` wherever a valid one stands;
/// 2. ``branches(limit:)`` multiplies every `$or` out: a pattern becomes a list of conjunctions over
///    paths, which is what a matcher compiles;
/// 3. ``canonicalJSON`` prints the tree back as JSON that parses to an equal tree.
///
/// ```swift
/// let pattern = try EventPattern(#"{"source": ["aws.ec2"], "detail": {"cpu": [{"numeric": [">", 80]}]}}"#)
/// ```
///
/// The language is that of EventBridge event patterns, with the answers of AWS event-ruler 2.0.1
/// except where that one is plainly wrong.
public struct EventPattern: Hashable, Sendable {
    /// The pattern's outermost object.
    public let root: PatternObject

    /// Creates a pattern from a tree, which has to be one that the parser could have built.
    package init(root: PatternObject) { self.root = root }

    /// The same with one more condition for an outermost field of the event, in place of those that
    /// there are for it. O(1) and a copy of the outermost members.
    package func requiring(_ key: ExactString, _ values: [ValuePattern]) -> EventPattern {
        EventPattern(root: PatternObject(members: root.members + [.values(key: key, values)]))
    }

    /// A pattern with this condition alone.
    package init(_ key: ExactString, _ values: [ValuePattern]) {
        root = PatternObject(members: [.values(key: key, values)])
    }

    /// Parses a pattern. O(bytes). Bytes behind its closing brace are ignored.
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(_ text: String) throws(PatternError) {
        try self.init(text.utf8Span.span.bytes)
    }

    /// Parses a pattern from its UTF-8. O(bytes). Bytes behind its closing brace are ignored.
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(_ text: borrowing RawSpan) throws(PatternError) {
        self = try text.withUnsafeBytes { bytes throws(PatternError) in
            try PatternParser.parse(bytes)
        }
    }
}

/// An object of a pattern: all of its members have to be satisfied.
public struct PatternObject: Hashable, Sendable {
    /// The members in text order, repeated keys included.
    public let members: [PatternMember]
}

/// A member of an object of a pattern.
public enum PatternMember: Hashable, Sendable {
    /// A field that leads to further fields.
    case object(key: ExactString, PatternObject)
    /// A field of the event, one of whose values has to satisfy one of the patterns.
    case values(key: ExactString, [ValuePattern])
    /// `$or`: at least one of the objects has to be satisfied.
    case or([PatternObject])
}

extension EventPattern: CustomStringConvertible {
    /// The canonical JSON.
    public var description: String { canonicalJSON }
}
