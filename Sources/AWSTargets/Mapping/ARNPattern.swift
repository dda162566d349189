#if Server
    /// A pattern of resource names, in which each `*` stands for any characters, none too:
    /// `arn:aws:lambda:*:*:function:resize`.
    struct ARNPattern: Sendable, Hashable {
        private let pieces: [String]

        init(_ text: String) {
            pieces = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        }

        /// Whether a name is of the pattern. O(characters of both).
        func matches(_ name: String) -> Bool {
            guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else {
                return pieces.first == name
            }
            guard name.hasPrefix(first), name.utf8.count >= first.utf8.count + last.utf8.count,
                name.hasSuffix(last)
            else { return false }
            var rest = name.dropFirst(first.count).dropLast(last.count)
            // The first place for each piece leaves the most room for those that follow.
            for piece in pieces[1..<(pieces.count - 1)] where !piece.isEmpty {
                guard let found = rest.firstRange(of: piece) else { return false }
                rest = rest[found.upperBound...]
            }
            return true
        }
    }
#endif
