internal import InternalSystem

/// The name of a value in a ``ConfigurationStore``: a path, `bus/111122223333/eu-west-1/orders`.
///
/// A part can be any text: what is no letter, digit, `.`, `-` or `_` is written as `%` and two
/// hexadecimal digits for each of its bytes. So a path has no characters but those, `%` and `/`; it
/// sorts the same everywhere, can be the name of a file, and is found in a dump.
public struct ConfigurationKey: Sendable, Hashable {
    /// The path.
    public let path: String

    /// The most bytes of a path: the longest that the router makes, three names of 256 and 64
    /// characters each written as three, has fewer.
    public static let bytesMax = 2_048

    /// Creates a key from its parts, as they are.
    ///
    /// - Throws: ``ConfigurationStoreError/invalidKey(_:reason:)``: there is no part, one is empty, or
    ///   the path is too long.
    public init(_ parts: [String]) throws(ConfigurationStoreError) {
        try self.init(path: parts.map(Self.encoded).joined(separator: "/"))
    }

    /// Reads a path.
    ///
    /// - Throws: ``ConfigurationStoreError/invalidKey(_:reason:)``
    public init(path: String) throws(ConfigurationStoreError) {
        if let reason = Self.fault(in: path) { throw .invalidKey(path, reason: reason) }
        self.path = path
    }

    /// The parts, as they were before they were written into the path. O(length).
    public var parts: [String] {
        // By bytes: by characters it takes ten times as long.
        path.utf8.split(separator: UInt8(ascii: "/")).map { Self.decoded(Substring($0)) }
    }

    /// Whether it is this key or one below it. O(length).
    public func isWithin(_ prefix: ConfigurationKey) -> Bool {
        path.utf8.starts(with: prefix.path.utf8)
            && (path.utf8.count == prefix.path.utf8.count
                || path.utf8.dropFirst(prefix.path.utf8.count).first == UInt8(ascii: "/"))
    }

    /// What is wrong with a path; nil if nothing is.
    private static func fault(in path: String) -> String? {
        if path.isEmpty { return "a key has at least one part" }
        if path.utf8.count > bytesMax { return "a key has at most \(bytesMax) bytes" }
        var isPartEmpty = true
        var digitsLeft = 0
        for byte in path.utf8 {
            if digitsLeft > 0 {
                guard isDigitOfKey(byte) else { return "\"%\" stands before two digits 0-9, A-F" }
                digitsLeft -= 1
            } else if byte == UInt8(ascii: "/") {
                if isPartEmpty { return "a part is empty" }
                isPartEmpty = true
                continue
            } else if byte == UInt8(ascii: "%") {
                digitsLeft = 2
            } else if !isPlain(byte) {
                return "parts are made of letters, digits, \".\", \"-\", \"_\" and \"%\""
            }
            isPartEmpty = false
        }
        if digitsLeft > 0 { return "\"%\" stands before two digits 0-9, A-F" }
        return isPartEmpty ? "a part is empty" : nil
    }

    private static func encoded(_ part: String) -> String {
        PercentEncoding.encoded(part, keeping: isPlain)
    }

    private static func decoded(_ part: Substring) -> String {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        // A key's path is encoded as it should be: it was checked.
        return String(decoding: PercentEncoding.decoded(part.utf8) ?? [], as: UTF8.self)
    }

    private static func isDigitOfKey(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension ConfigurationKey: Comparable, CustomStringConvertible {
    /// The order of the paths' bytes.
    public static func < (one: ConfigurationKey, other: ConfigurationKey) -> Bool {
        // Paths are ASCII, whose strings Swift orders by their bytes.
        one.path < other.path
    }

    /// The path.
    public var description: String { path }
}
