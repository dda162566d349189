/// The members of an object, and the elements of an array, one after the other: the only code that
/// knows how these follow each other in an index.
///
/// ```swift
/// for member in index.members(of: 0) where index.stringBytes(at: member.key).elementsEqual(name) {
///     return member.value
/// }
/// ```
///
/// It costs what a loop written by hand does: an iterator is two numbers and a pointer, which stay in
/// registers, and all of it is inlined.
extension StructuralIndex {
    /// A member of an object.
    @usableFromInline
    package struct Member: BitwiseCopyable {
        /// The key's entry.
        @usableFromInline package let key: Int

        @inlinable @inline(__always)
        init(key: Int) { self.key = key }

        /// The entry at which its value begins: a colon stands between the two.
        @inlinable @inline(__always)
        package var value: Int { key &+ 2 }
    }

    /// The members of an object in text order, repeated ones included. Valid as long as the index.
    @usableFromInline
    package struct Members: Sequence, IteratorProtocol {
        @usableFromInline let links: UnsafePointer<UInt32>
        @usableFromInline let close: Int
        @usableFromInline var key: Int

        @inlinable @inline(__always)
        init(links: UnsafePointer<UInt32>, first key: Int, close: Int) {
            self.links = links
            self.key = key
            self.close = close
        }

        /// The next member; nil behind the last one. O(1).
        @inlinable @inline(__always)
        package mutating func next() -> Member? {
            guard key < close else { return nil }
            let member = Member(key: key)
            // The value's end, then a comma, or the closing brace.
            key = Int(links[member.value]) &+ 2
            return member
        }
    }

    /// The elements of an array in text order. Valid as long as the index.
    @usableFromInline
    package struct Elements: Sequence, IteratorProtocol {
        @usableFromInline let links: UnsafePointer<UInt32>
        @usableFromInline let close: Int
        @usableFromInline var element: Int

        @inlinable @inline(__always)
        init(links: UnsafePointer<UInt32>, first element: Int, close: Int) {
            self.links = links
            self.element = element
            self.close = close
        }

        /// The entry at which the next element begins; nil behind the last one. O(1).
        @inlinable @inline(__always)
        package mutating func next() -> Int? {
            guard element < close else { return nil }
            let found = element
            element = Int(links[found]) &+ 2
            return found
        }
    }

    /// The members of the object that opens at an entry.
    @inlinable @inline(__always)
    package func members(of entry: Int) -> Members {
        assert(byte(at: entry) == UInt8(ascii: "{"))
        return Members(links: links, first: entry &+ 1, close: close(of: entry))
    }

    /// The elements of the array that opens at an entry.
    @inlinable @inline(__always)
    package func elements(of entry: Int) -> Elements {
        assert(byte(at: entry) == UInt8(ascii: "["))
        return Elements(links: links, first: entry &+ 1, close: close(of: entry))
    }
}
