internal import FoundationEssentials

/// A part of a list, and how to ask for the rest.
///
/// A token names the last element that was given, and the list that it was given of. So a list may change
/// between two pages: what stays in it is given once, in its order, whatever comes or goes around it.
public struct Page<Element> {
    /// The elements of this page.
    public let elements: [Element]
    /// What to ask for the next one with; nil on the last page.
    public let nextToken: String?

    /// The elements of a page if nothing is said: what EventBridge gives at most.
    public static var limitMax: Int { 100 }

    /// Cuts a page out of a list. O(list).
    ///
    /// - Parameters:
    ///   - all: the whole list, sorted by `key`, no two of which are the same.
    ///   - list: what list it is: a token is good for the same list alone.
    ///   - limit: how many elements the page has at most.
    ///   - token: where the page begins; nil for the first one.
    /// - Throws: `ValidationException`: the token is none of this list.
    public init(
        of all: [Element], in list: String, limit: Int?, from token: String?,
        key: (Element) -> String
    ) throws(ServiceError) {
        let last = try token.map { token throws(ServiceError) in
            try PageToken.last(of: token, in: list)
        }
        let start =
            last.map { last in all.firstIndex { key($0) > last } ?? all.endIndex } ?? 0
        let count = min(max(limit ?? Self.limitMax, 1), Self.limitMax)
        let end = min(start + count, all.endIndex)
        elements = Array(all[start..<end])
        nextToken =
            end < all.endIndex
            ? elements.last.map { PageToken.text(list: list, last: key($0)) } : nil
    }
}

/// What a client gives back to get the next page: opaque to it, and the same for the same place.
enum PageToken {
    /// The token of a place in a list.
    static func text(list: String, last: String) -> String {
        Data("\(version)\u{0}\(list)\u{0}\(last)".utf8).base64EncodedString()
    }

    /// The last element that a token tells of.
    static func last(of token: String, in list: String) throws(ServiceError) -> String {
        guard let data = Data(base64Encoded: token),
            let text = String(validating: data, as: UTF8.self),
            case let parts = text.split(
                separator: "\u{0}", maxSplits: 2, omittingEmptySubsequences: false),
            parts.count == 3, parts[0] == version, parts[1] == list
        else { throw .validation("Parameter NextToken is not valid.") }
        return String(parts[2])
    }

    private static let version = "1"
}
