extension JSONDocuments {
    /// An object, or something else, that is no element of a list; nil where it was a wrapper, whose list
    /// comes next.
    mutating func nextObject() throws(InputError) -> Found? {
        let lineCount = try text.lineByteCount()
        let line = text.bytes(0..<text.withoutNewline(lineCount))
        do throws(JSONError) {
            let index = try scanner.scan(line)
            let isWholeLine = line[index.textLength...].allSatisfy(InputBuffer.isBlank)
            isLineByLine = isLineByLine ?? isWholeLine
            return found(index, taking: isWholeLine ? lineCount : index.textLength)
        } catch {
            let problem = Found(byteCount: line.count, content: .failure(error))
            let isObject = line.first == UInt8(ascii: "{")
            return isObject
                ? try nextLongObject(orElse: problem, lineCount) : try leaveOut(problem, lineCount)
        }
    }

    /// An object that is not over where its line is.
    private mutating func nextLongObject(
        orElse problem: Found, _ lineCount: Int
    ) throws(InputError) -> Found? {
        let progress = try frame(from: 0)
        if case .finished(let end) = progress {
            do throws(JSONError) {
                let index = try scanner.scan(text.bytes(0..<end))
                isLineByLine = isLineByLine ?? false
                return found(index, taking: end)
            } catch {
                guard end > lineCount else { return try leaveOut(problem, lineCount) }
                let rest = try text.lineByteCount(from: end)
                return try leaveOut(Found(byteCount: end, content: .failure(error)), end + rest)
            }
        }
        // Where documents are lines, what is wrong is this line, whatever comes after it.
        if isLineByLine == true { return try leaveOut(problem, lineCount) }
        guard case .broken(let offset) = progress else {
            return try leaveOutRest(orElse: problem, lineCount)
        }
        guard offset >= lineCount else { return try leaveOut(problem, lineCount) }
        let broken = failure(upTo: offset + (try text.lineByteCount(from: offset)))
        if try beginsDocument(at: offset) {
            given = offset
            return broken
        }
        return try leaveOut(broken, offset + (try text.lineByteCount(from: offset)))
    }

    /// An object that the text ends in: up to a line that looks like the beginning of another one.
    private mutating func leaveOutRest(
        orElse problem: Found, _ lineCount: Int
    ) throws(InputError) -> Found {
        var offset = lineCount
        while offset < text.count {
            if try beginsDocument(at: offset) {
                given = offset
                return offset == lineCount ? problem : failure(upTo: offset)
            }
            offset += try text.lineByteCount(from: offset)
        }
        given = text.count
        return failure(upTo: text.count)
    }

    /// What is wrong with the first bytes, which are no whole object.
    private mutating func failure(upTo lineEnd: Int) -> Found {
        let end = text.withoutNewline(lineEnd)
        do throws(JSONError) {
            // Nothing can be, if the framer and the scanner agree; else this is the error.
            let index = try scanner.scan(text.bytes(0..<end))
            return Found(
                byteCount: end,
                content: .failure(JSONError(.textAfterValue, offset: index.textLength)))
        } catch {
            return Found(byteCount: end, content: .failure(error))
        }
    }

    /// Passes over what is wrong: `byteCount` bytes up to the end of a line and, where documents are
    /// longer than lines, those lines that can only be more of the same.
    private mutating func leaveOut(_ problem: Found, _ byteCount: Int) throws(InputError) -> Found {
        given = byteCount
        guard isLineByLine != true else { return problem }
        while let byte = try text.byte(at: given),
            InputBuffer.isBlank(byte) || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
        {
            given += try text.lineByteCount(from: given)
        }
        return problem
    }

    /// Whether a line begins at an offset, and with a bracket.
    private mutating func beginsDocument(at offset: Int) throws(InputError) -> Bool {
        guard try text.byte(at: offset - 1) == UInt8(ascii: "\n") else { return false }
        let byte = try text.byte(at: offset)
        return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
    }

    /// A document that is right; nil where it is a wrapper, into whose list the reader goes then.
    private mutating func found(_ index: StructuralIndex, taking byteCount: Int) -> Found? {
        guard let (wrapper, list, isEmpty) = wrapper(in: index) else {
            given = byteCount
            return Found(byteCount: index.textLength, content: .success(index))
        }
        if !isEmpty { isLineByLine = false }
        // What is behind the list is read again.
        note(JSONValue(index), upTo: list)
        text.take(list + 1)
        place = .list(wrapper, isFirst: true)
        return nil
    }

    /// The wrapper that an object is, where its list begins, and whether nothing is in that.
    private func wrapper(
        in index: StructuralIndex
    ) -> (wrapper: Wrapper, list: Int, isEmpty: Bool)? {
        guard !wrappers.isEmpty else { return nil }
        let close = index.close(of: 0)
        var key = 1
        while key < close {
            let bytes = index.stringBytes(at: key)
            if index.byte(at: key + 2) == UInt8(ascii: "["),
                let wrapper = wrappers.first(where: { bytes.elementsEqual($0.name.utf8) })
            {
                // An empty list does not tell what it is of: with other members this is a document.
                let isOnlyMember = key == 1 && index.entry(after: key + 2) == close
                let isEmpty = index.byte(at: key + 3) == UInt8(ascii: "]")
                if isEmpty ? isOnlyMember : wrapper.takes(JSONValue(index, at: key + 3)) {
                    return (wrapper, index.offset(of: key + 2), isEmpty)
                }
            }
            key = index.entry(after: key + 2) + 1
        }
        return nil
    }

    // MARK: Lists

    /// An element of a list, or what is wrong before it; nil at its end.
    mutating func nextElement(
        _ byte: UInt8, _ wrapper: Wrapper?, isFirst: Bool
    ) throws(InputError) -> Found? {
        if byte == UInt8(ascii: "]") {
            text.take(1)
            place = wrapper == nil ? .outside : .behindList
            return nil
        }
        if !isFirst {
            if byte == UInt8(ascii: "{") {
                place = .list(wrapper, isFirst: true)
                let problem = JSONError(.expectedCommaOrBracket, offset: 0)
                return Found(byteCount: 0, content: .failure(problem), isBetween: true)
            }
            guard byte == UInt8(ascii: ",") else {
                var problem = try leaveList(.expectedCommaOrBracket)
                problem.leavesList = true
                return problem
            }
            text.take(1)
            guard let next = try text.skipBlanks(), next != UInt8(ascii: "]") else {
                return try leaveList(.expectedValue)
            }
        }
        place = .list(wrapper, isFirst: false)
        switch try frame(from: 0) {
        case .finished(let end):
            given = end
            do throws(JSONError) {
                let index = try scanner.scan(text.bytes(0..<end))
                return Found(byteCount: end, content: .success(index), wrapper: wrapper)
            } catch { return Found(byteCount: end, content: .failure(error)) }
        case .unfinished:
            place = .outside
            given = text.count
            return failure(upTo: text.count)
        case .broken(let offset):
            place = .outside
            let rest = try text.lineByteCount(from: offset)
            var broken = failure(upTo: offset + rest)
            broken.leavesList = true
            return try leaveOut(broken, offset + rest)
        }
    }

    /// Leaves a list that is broken.
    private mutating func leaveList(_ kind: JSONError.Kind) throws(InputError) -> Found {
        place = .outside
        let problem = Found(byteCount: 0, content: .failure(JSONError(kind, offset: 0)))
        return try leaveOut(problem, try text.lineByteCount())
    }

    // MARK: Wrappers

    /// Goes into the list of a wrapper that begins here with it, without holding the list.
    mutating func enterWrapper() throws(InputError) -> Bool {
        for wrapper in wrappers {
            guard let list = try offsetOfList(in: wrapper) else { continue }
            var first = list
            while let byte = try text.byte(at: first), InputBuffer.isBlank(byte) { first += 1 }
            guard case .finished(let end) = try frame(from: first) else { continue }
            let element = text.bytes(first..<end)
            guard let index = try? scanner.scan(element), wrapper.takes(JSONValue(index)) else {
                continue
            }
            isLineByLine = isLineByLine ?? false
            text.take(first)
            place = .list(wrapper, isFirst: true)
            return true
        }
        return false
    }

    /// The offset behind `{"Name":[`, if that is how the text goes on; reads no further than it
    /// does.
    private mutating func offsetOfList(in wrapper: Wrapper) throws(InputError) -> Int? {
        var offset = 0
        for token in wrapper.opening {
            while let byte = try text.byte(at: offset), InputBuffer.isBlank(byte) { offset += 1 }
            for byte in token {
                guard try text.byte(at: offset) == byte else { return nil }
                offset += 1
            }
        }
        return offset
    }

    /// Passes over what an object has behind its list.
    ///
    /// - Returns: what is wrong with that.
    mutating func leaveWrapper() throws(InputError) -> Found? {
        var framer = ValueFramer.behindMember()
        place = .outside
        var rest: [UInt8] = []
        let (line, column) = (text.line, text.column)
        while true {
            switch framer.advance(over: text.bytes(0..<text.count), 0..<text.count) {
            case .finished(let end):
                rest += text.bytes(0..<end)
                text.take(end)
                noteRest(rest, line, column)
                return nil
            case .broken(let offset):
                text.take(offset)
                return try leaveList(.expectedCommaOrBrace)
            case .unfinished:
                if rest.count <= Self.restBytesMax { rest += text.bytes(0..<text.count) }
                text.take(text.count)
                guard try text.readMore() else {
                    return Found(
                        byteCount: 0, content: .failure(JSONError(.unexpectedEnd, offset: 0)))
                }
            }
        }
    }

    /// What is behind a list is looked at up to so many bytes, and else only passed over: some tokens of
    /// AWS are 2,048 characters long.
    private static let restBytesMax = 1 << 16

    /// Notes the members of a wrapper behind its list.
    ///
    /// - Parameters:
    ///   - rest: from the comma on, or only the bracket.
    ///   - line: where that begins, with `column`.
    private mutating func noteRest(_ rest: [UInt8], _ line: Int, _ column: Int) {
        guard rest.count <= Self.restBytesMax, rest.first == UInt8(ascii: ",") else { return }
        // With a bracket in the comma's place these are the members of an object.
        let object = [UInt8(ascii: "{")] + rest.dropFirst()
        object.withUnsafeBytes { bytes in
            guard let index = try? scanner.scan(bytes) else { return }
            note(JSONValue(index), upTo: bytes.count, at: (line, column))
        }
    }

    /// Notes the members of a wrapper whose keys stand before an offset, unless they are the list's.
    private mutating func note(
        _ object: JSONValue, upTo end: Int, at begin: (line: Int, column: Int)? = nil
    ) {
        let (line, column) = begin ?? (text.line, text.column)
        object.forEachMember { member in
            guard member.keyOffset < end, member.value.offset != end else { return }
            let place = textPosition(
                of: member.keyOffset, in: UnsafeRawBufferPointer(object.text))
            besideLists.append(
                BesideList(
                    key: member.key.description, isNull: member.value.kind == .null,
                    line: line + place.line - 1,
                    column: place.line == 1 ? column + place.column - 1 : place.column))
        }
    }

    /// Looks for the end of the value at an offset.
    private mutating func frame(from offset: Int) throws(InputError) -> ValueFramer.Progress {
        var framer = ValueFramer()
        var searched = offset
        while true {
            let count = text.count
            let progress = framer.advance(over: text.bytes(0..<count), searched..<count)
            guard progress == .unfinished else { return progress }
            searched = count
            guard try text.readMore() else {
                return framer.mayEnd ? .finished(count) : .unfinished
            }
        }
    }
}

extension JSONDocuments.Wrapper {
    /// Whether a list whose first element this is is a list of documents.
    fileprivate func takes(_ element: JSONValue) -> Bool {
        element.kind == .object
            && elementKeys.allSatisfy { element[ExactString($0)] != nil }
            && !otherKeys.contains { element[ExactString($0)] != nil }
    }
}
