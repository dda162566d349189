internal import CSwitchyard

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Turns the bytes of one JSON text into a ``ScannedText``, or inside this package into the
/// `StructuralIndex` behind it, and is the strict check that every
/// event, pattern and rules file passes.
///
/// This is the place to begin reading `JSONScan`. The way of a text:
///
/// 1. a SIMD kernel (`sw_json_scan`) finds every bracket, comma, colon, opening quote and first byte
///    of a number or literal, and checks UTF-8 and raw control characters;
/// 2. a second kernel (`sw_json_check`) checks these tokens against RFC 8259, nothing more lenient,
///    at most ``JSONLimits/depth`` levels, and leaves behind, for each opening bracket, where it
///    closes. What it turns down, `GrammarPass` walks token by token: it finds out what is wrong
///    and where, or that only bytes behind the object displeased the kernel. Of a text whose
///    structure was seen before (``StructureCache``), only numbers and literals are checked;
/// 3. whoever reads the event (matcher, envelope, pattern parser) walks the index and can skip any
///    value in O(1). It never has to check anything again.
///
/// A scanner owns the buffers that the index lives in and reuses them: a scan allocates only when a
/// text is longer than every one before it, or when it learns a structure.
///
/// The text is the first JSON value in the bytes, and has to be an object. What follows its closing
/// brace is ignored, as the reference implementation of event patterns does.
public struct StructuralScanner: ~Copyable {
    /// Offsets into the text, then at `count` the offset of the text's end.
    private var positions: UnsafeMutablePointer<UInt32>
    /// The byte at each of these offsets.
    private var tokens: UnsafeMutablePointer<UInt8>
    /// For each entry itself, but for one that opens a bracket the entry that closes it.
    private var links: UnsafeMutablePointer<UInt32>
    /// The open brackets during the grammar pass.
    private var openBrackets: UnsafeMutablePointer<UInt32>
    /// What the first kernel leaves for the second.
    private var scratch: UnsafeMutableRawPointer
    /// The tokens' kinds, of texts that are not too long for the cache.
    private var kinds: UnsafeMutablePointer<UInt8>
    private var structures: StructureCache
    /// How many entries there is room for; 0 before the first scan, and then nothing is allocated.
    private var capacity = 0
    private let kernel: sw_kernel

    /// Creates a scanner.
    ///
    /// - Parameter kernel: the processor family to use; by default the fastest that this processor
    ///   has. A family that it has not falls back to `.portable`.
    public init(kernel: ScanKernel = .best) {
        self.kernel = kernel.isSupported ? kernel.raw : SW_SCALAR
        // Many a matcher never scans: its events come scanned already. So all memory is made by the
        // first scan, and no pointer is used before it.
        positions = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        tokens = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        links = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        openBrackets = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        scratch = UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped
        kinds = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        structures = StructureCache(kernel: self.kernel)
    }

    deinit {
        if capacity == 0 { return }
        positions.deallocate()
        tokens.deallocate()
        links.deallocate()
        openBrackets.deallocate()
        scratch.deallocate()
        kinds.deallocate()
    }

    /// Scans and checks one text. O(bytes); allocates only to grow.
    ///
    /// - Throws: the error with the lowest offset.
    @_lifetime(&self, copy text)
    public mutating func scan(_ text: RawSpan) throws(JSONError) -> ScannedText {
        let index = try text.withUnsafeBytes { bytes throws(JSONError) in try scan(bytes) }
        return _overrideLifetime(ScannedText(index), copying: text)
    }

    /// As ``scan(_:)-(RawSpan)``, for callers that can't borrow.
    ///
    /// - Parameter text: must stay where it is for as long as the index is used.
    /// - Returns: the index, valid until this scanner scans again or is destroyed.
    /// - Throws: the error with the lowest offset.
    @inline(never)
    package mutating func scan(
        _ text: UnsafeRawBufferPointer
    ) throws(JSONError) -> StructuralIndex {
        guard let base = text.baseAddress, !text.isEmpty else {
            throw JSONError(.emptyText, offset: 0)
        }
        guard text.count <= JSONLimits.textBytes else {
            throw JSONError(.textTooLong, offset: JSONLimits.textBytes)
        }
        reserve(text.count + Int(SW_SCAN_PADDING))
        let bytes = base.assumingMemoryBound(to: UInt8.self)

        var found = sw_scan_result()
        sw_json_scan(kernel, bytes, text.count, positions, tokens, scratch, &found)
        let count = Int(found.count)
        positions[count] = UInt32(truncatingIfNeeded: text.count)
        if found.error == SW_SCAN_OK, text.count <= JSONLimits.keyBytes || hasShortTokens(count),
            let (structure, links) = check(bytes, text.count, count)
        {
            if found.has_backslash {
                try checkEscapes(bytes, found, below: text.count, of: text.count)
            }
            return index(of: bytes, count: count, found, links: links, structure)
        }
        return try scanSlow(bytes, length: text.count, found)
    }

    /// Whether no token reaches as far as the smallest limit for strings.
    private func hasShortTokens(_ count: Int) -> Bool {
        var longest: UInt32 = 0
        for entry in 0..<count {
            longest = max(longest, positions[entry &+ 1] &- positions[entry])
        }
        return longest <= JSONLimits.keyBytes
    }

    /// Checks the tokens of a text: all of them only where no text of the same structure came before.
    ///
    /// - Returns: nil where something may be wrong; else the structure, and each token's link.
    private func check(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, _ count: Int
    ) -> (KnownStructure, UnsafePointer<UInt32>)? {
        guard count <= StructureCache.tokensMax else {
            let isValid = sw_json_check(
                kernel, bytes, length, positions, tokens, count, scratch, links)
            return isValid ? (.none, UnsafePointer(links)) : nil
        }
        let hash = sw_json_kinds(kernel, tokens, count, kinds)
        if let (structure, links) = structures.find(kinds, count: count, hash: hash) {
            let isValid = sw_json_check_scalars(
                kernel, bytes, length, positions, tokens, count, scratch)
            return isValid ? (structure, links) : nil
        }
        guard sw_json_check(kernel, bytes, length, positions, tokens, count, scratch, links) else {
            return nil
        }
        structures.learn(kinds, count: count, hash: hash, links: links)
        return (.none, UnsafePointer(links))
    }

    private func index(
        of bytes: UnsafePointer<UInt8>, count: Int, _ found: sw_scan_result,
        links: UnsafePointer<UInt32>, _ structure: KnownStructure
    ) -> StructuralIndex {
        StructuralIndex(
            bytes: bytes, positions: positions, tokens: tokens, links: links, count: count,
            escapes: found.escapes_from..<found.escapes_to, structure: structure)
    }

    /// Goes through the tokens one by one: for texts that are wrong, that go on behind their object,
    /// or that are long enough for a string to be too long.
    @inline(never)
    private func scanSlow(
        _ bytes: UnsafePointer<UInt8>, length: Int, _ found: sw_scan_result
    ) throws(JSONError) -> StructuralIndex {
        var entries = Int(found.count)
        if found.error != SW_SCAN_OK {
            // Entries at or beyond the error mean nothing; what lies below it is still checked,
            // because the value may end before the error or hold an earlier one.
            while entries > 0, UInt64(positions[entries - 1]) >= found.error_offset { entries -= 1 }
        }
        positions[entries] = UInt32(truncatingIfNeeded: length)

        let grammar = GrammarPass(
            bytes: bytes, textLength: length, positions: positions, tokens: tokens, links: links,
            entries: entries, openBrackets: openBrackets, kernelError: JSONError(found))
        let used: Int
        do {
            used = try grammar.check()
        } catch {
            // A bad escape may stand before what the grammar stumbled over.
            if found.has_backslash {
                try checkEscapes(bytes, found, below: error.offset, of: length)
            }
            throw error
        }
        if found.has_backslash {
            try checkEscapes(bytes, found, below: Int(positions[used - 1]), of: length)
        }
        return index(of: bytes, count: used, found, links: links, .none)
    }

    @inline(__always)
    private mutating func reserve(_ needed: Int) {
        if needed > capacity { growSlow(to: needed) }
    }

    @inline(never)
    private mutating func growSlow(to needed: Int) {
        if capacity == 0 {
            openBrackets = .allocate(capacity: JSONLimits.depth + 1)
            scratch = .allocate(
                byteCount: Int(SW_SCAN_SCRATCH_BYTES), alignment: Int(SW_SCAN_SCRATCH_ALIGNMENT))
            kinds = .allocate(capacity: StructureCache.tokensMax)
            structures.open()
        } else {
            positions.deallocate()
            tokens.deallocate()
            links.deallocate()
        }
        capacity = max(needed, capacity * 2, 4096)
        positions = .allocate(capacity: capacity)
        tokens = .allocate(capacity: capacity)
        links = .allocate(capacity: capacity)
    }

    /// Checks each escape that begins below `end`, in a text of `count` bytes. A backslash outside
    /// strings never comes here: it is a grammar error at or below the offset where the pass stopped.
    private func checkEscapes(
        _ bytes: UnsafePointer<UInt8>, _ found: sw_scan_result, below end: Int, of count: Int
    ) throws(JSONError) {
        let end = min(end, Int(found.escapes_to))
        var at = Int(found.escapes_from)
        while at < end, let hit = memchr(bytes + at, 0x5C, end - at) {
            at = UnsafeRawPointer(hit) - UnsafeRawPointer(bytes)
            guard at + 1 < count else { return }
            switch bytes[at + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
                UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                at += 2
            case UInt8(ascii: "u"):
                for digit in at + 2..<at + 6 where digit < count {
                    guard hexadecimalValue(bytes[digit]) != nil else {
                        throw JSONError(.invalidEscape, offset: at)
                    }
                }
                at += 6
            default:
                throw JSONError(.invalidEscape, offset: at)
            }
        }
    }
}

extension JSONError {
    /// What a kernel found, if anything.
    fileprivate init?(_ found: sw_scan_result) {
        let kind: JSONError.Kind
        switch found.error {
        case SW_SCAN_INVALID_UTF8: kind = .invalidUTF8
        case SW_SCAN_CONTROL_CHARACTER: kind = .controlCharacter
        case SW_SCAN_UNTERMINATED_STRING: kind = .unterminatedString
        default: return nil
        }
        self.init(kind, offset: Int(found.error_offset))
    }
}
