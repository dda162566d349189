/// Makes a failing case small: takes away whatever it can while the case goes on failing.
extension JSONTree {
    /// A tree that fails as this one does, and of which nothing can be taken away any more.
    func shrunk(while fails: (JSONTree) -> Bool) -> JSONTree {
        var smallest = self
        while let smaller = smallest.smaller.first(where: fails) { smallest = smaller }
        return smallest
    }

    /// All trees that are smaller or plainer by one step, the larger steps first.
    private var smaller: [JSONTree] {
        switch self {
        case .word(let word): return word == "1" ? [] : [.word("1")]
        case .string(let text): return text.smaller.map(JSONTree.string)
        case .array(let elements):
            var trees = elements.indices.map { JSONTree.array(elements.removing(at: $0)) }
            trees += elements
            for (position, element) in elements.enumerated() {
                for smaller in element.smaller {
                    trees.append(.array(elements.replacing(at: position, with: smaller)))
                }
            }
            return trees
        case .object(let members):
            var trees = members.indices.map { JSONTree.object(members.removing(at: $0)) }
            trees += members.map(\.value)
            for case .array(let elements) in members.map(\.value) { trees += elements }
            for (position, member) in members.enumerated() {
                for smaller in member.smaller {
                    trees.append(.object(members.replacing(at: position, with: smaller)))
                }
            }
            return trees
        }
    }
}

extension JSONTree.Member {
    fileprivate var smaller: [JSONTree.Member] {
        value.smaller.map { JSONTree.Member(key: key, value: $0) }
            + key.smaller.map { JSONTree.Member(key: $0, value: value) }
    }
}

extension SpelledText {
    fileprivate var smaller: [SpelledText] {
        let plain = SpelledText(scalars)
        return scalars.indices.map { SpelledText(scalars.removing(at: $0)) }
            + (plain.spelling == spelling ? [] : [plain])
    }
}

extension Array {
    /// The array without one element.
    func removing(at position: Int) -> [Element] {
        var copy = self
        copy.remove(at: position)
        return copy
    }

    fileprivate func replacing(at position: Int, with element: Element) -> [Element] {
        var copy = self
        copy[position] = element
        return copy
    }
}
