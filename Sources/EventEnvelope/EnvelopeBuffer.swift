package import JSONScan

/// Memory that events are written to, from entries as they stand in a request's body. It is used again
/// and again, and grows to what the largest request needs.
///
/// What must hold: `count <= memory.count`, and whoever writes has called ``reserve(_:)`` for the bytes.
package struct EnvelopeBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16)
    /// How many bytes are written.
    package private(set) var count = 0
    private var identifiers = EventIdentifiers()

    /// An empty one.
    package init() {}

    deinit { memory.deallocate() }

    /// What is written; valid until something is.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[..<count])
    }

    /// Forgets what is written.
    package mutating func removeAll() { count = 0 }

    /// Where the parts of an event are that was written.
    package struct Written: BitwiseCopyable {
        /// The event's first byte.
        package let start: Int
        /// How many bytes it has.
        package let byteCount: Int
        /// The first of its identifier's ``EventIdentifiers/byteCount`` bytes.
        package let id: Int
        /// Where in it its detail is.
        package let detail: Int
    }

    /// Writes the event that an entry stands for. Its detail is not checked: whether it is one object and
    /// no more has to be seen where the event is scanned. O(bytes); allocates nothing once warm.
    ///
    /// - Parameter index: of the body that the entry is in.
    /// - Returns: nil where the detail has an escape of a surrogate, which may lack its partner; nothing
    ///   was written then.
    package mutating func append(
        _ entry: EntryText, _ index: StructuralIndex, from sender: borrowing SenderText
    ) -> Written? {
        let start = count
        // Besides those of the members, the bytes of their names, of the time, and of each resource's quotes
        // and comma; an entry of the index is a resource or a comma.
        let resources =
            entry.resources == 0 ? 0 : index.close(of: entry.resources) - entry.resources
        reserve(512 + entry.byteCountMax + sender.byteCount + 2 * resources)
        put(EnvelopeText.id)
        put(quote)
        let id = count
        identifiers.write(
            to: memory.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + count)
        count &+= EventIdentifiers.byteCount
        put(quote)
        put(EnvelopeText.detailType)
        put(entry.detailType)
        put(EnvelopeText.source)
        put(entry.source)
        sender.account.withUnsafeBytes { put($0) }
        if let seconds = entry.seconds {
            put(quote)
            putTimeSlow(seconds)
            put(quote)
        } else {
            sender.now.withUnsafeBytes { put($0) }
        }
        sender.region.withUnsafeBytes { put($0) }
        put(EnvelopeText.resources)
        if entry.resources != 0 { putResources(entry.resources, index) }
        put(EnvelopeText.detail)
        let detail = count
        guard putUnescaped(entry.detail) else {
            count = start
            return nil
        }
        put(EnvelopeText.end)
        return Written(start: start, byteCount: count - start, id: id, detail: detail - start)
    }

    private var quote: StaticString { "\"" }

    /// Makes room for so many bytes more.
    private mutating func reserve(_ more: Int) {
        if count &+ more > memory.count { growSlow(count &+ more) }
    }

    @inline(never)
    private mutating func growSlow(_ needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, memory.count * 2), alignment: 16)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }

    @inline(__always)
    private mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        assert(count + bytes.count <= memory.count)
        UnsafeMutableRawBufferPointer(
            start: memory.baseAddress.unsafelyUnwrapped + count, count: bytes.count
        ).copyMemory(from: bytes)
        count &+= bytes.count
    }

    private mutating func putResources(_ list: Int, _ index: StructuralIndex) {
        var isFirst = true
        for element in index.elements(of: list) {
            if !isFirst { put(",") }
            isFirst = false
            put(EntryText.quoted(index.stringBytes(at: element)))
        }
    }

    /// Writes what a detail spells; false where a surrogate is escaped.
    private mutating func putUnescaped(_ raw: UnsafeRawBufferPointer) -> Bool {
        let room = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        assert(room.count >= raw.count)
        let raw = raw.assumingMemoryBound(to: UInt8.self)
        let output = room.assumingMemoryBound(to: UInt8.self).baseAddress.unsafelyUnwrapped
        guard let written = JSONString.unescapeWithoutSurrogates(raw, into: output) else {
            return false
        }
        count &+= written
        return true
    }

    @inline(never)
    private mutating func putTimeSlow(_ seconds: Int64) {
        var text = EventTime(seconds * 1_000_000_000).description
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }
}

/// What events of one sender have in common, as they are written.
package struct SenderText: ~Copyable {
    /// The member `account`, and what stands before the time.
    let account: [UInt8]
    /// The member `region`.
    let region: [UInt8]
    /// The present, with quotes.
    private(set) var now: [UInt8] = []
    private var second = Int64.min

    /// The events of an account in a region.
    package init(_ scope: ResourceScope) {
        func text(_ name: StaticString, _ value: String) -> [UInt8] {
            UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
                + JSONString.quoted(value)
        }
        account =
            text(EnvelopeText.account, scope.account)
            + UnsafeBufferPointer(
                start: EnvelopeText.time.utf8Start, count: EnvelopeText.time.utf8CodeUnitCount)
        region = text(EnvelopeText.region, scope.region)
    }

    var byteCount: Int { account.count + region.count }

    /// Sets the time of events that say none. Allocates at most once a second.
    package mutating func set(now time: EventTime) {
        let second = time.wholeSeconds
        guard second.nanoseconds != self.second else { return }
        self.second = second.nanoseconds
        now = JSONString.quoted(second.description)
    }
}
