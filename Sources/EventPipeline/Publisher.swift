/// Why a publisher could not be made.
package enum PublisherError: Error, Equatable {
    /// The pool has too few slabs: each publisher holds one, and one must remain for those that
    /// wait. `limit` is how many publishers it can have at a time.
    case tooManyPublishers(limit: Int)
}

/// The producing end of a stage: copies events into slabs and sends them on in batches.
///
///     let publisher = try Publisher(to: stage, from: pool, onFull: .wait)
///     publisher.publish(bytes, key: bus, tag: sequence, publishTime: now)
///     publisher.flush()      // whenever nothing more comes for now: a batch is not sent by time
///     publisher.close()
///
/// For one thread at a time. An event is copied once and its descriptor buffered; nothing of that
/// allocates, locks or touches memory that another thread writes. A full batch is sent to the ring;
/// about once per slab, another slab is taken.
///
/// What must hold: descriptors that were not sent yet point into the open slab; so a slab that is
/// waited for never holds up the events that would free it. An event that was accepted is sent, or
/// counted as dropped by ``close()``.
package final class Publisher<Ring: DescriptorRing> {
    private let stage: Stage<Ring>
    private let pool: SlabPool
    /// What events may be passed on from, for the way of an event, on which nothing is retained; `origin`
    /// keeps it alive.
    private let originOfWay: Unmanaged<SlabPool>?
    private let origin: SlabPool?
    private let policy: BackPressure
    private let batchCapacity: Int
    private let batch: UnsafeMutablePointer<EventDescriptor>
    /// Outside of the object, so that reading it is not checked for exclusivity.
    private let state: UnsafeMutablePointer<PublisherState>

    /// Creates a publisher that has no slab yet.
    ///
    /// - Parameters:
    ///   - stage: where events go. An ``SPSCRing`` can have one publisher.
    ///   - pool: where their bytes go; the stage's handler must release them to it.
    ///   - origin: whose events it may pass on in place; the handler must release events to that too.
    ///   - policy: what to do when the ring is full or no slab is free.
    ///   - batchCapacity: how many events are buffered before they are sent.
    /// - Throws: ``PublisherError/tooManyPublishers(limit:)``
    package init(
        to stage: Stage<Ring>, from pool: SlabPool, passingOn origin: SlabPool? = nil,
        onFull policy: BackPressure = .wait, batchCapacity: Int = 64
    ) throws(PublisherError) {
        precondition(
            (1...65_536).contains(batchCapacity),
            "a batch has 1 to 65,536 events, not \(batchCapacity)")
        guard pool.admitPublisher() else {
            throw .tooManyPublishers(limit: pool.slabCount - 1)
        }
        self.stage = stage
        self.pool = pool
        self.origin = origin
        self.originOfWay = origin.map(Unmanaged.passUnretained)
        self.policy = policy
        self.batchCapacity = batchCapacity
        self.batch = .allocate(capacity: batchCapacity)
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: PublisherState())
    }

    /// Closes; see ``close()``.
    deinit {
        self.close()
        self.batch.deallocate()
        self.state.deallocate()
    }

    /// Copies an event and buffers it; sends the batch if that is full. O(length).
    ///
    /// - Parameters:
    ///   - bytes: the event, at most as long as the pool allows.
    ///   - key: what its order is kept within; see ``EventDescriptor``.
    ///   - tag: what the handler should get with it.
    ///   - publishTime: see ``/InternalSystem/monotonicNanoseconds()``; one look at the clock may
    ///     serve a batch.
    @discardableResult
    package func publish(
        _ bytes: UnsafeRawBufferPointer, key: UInt32 = 0, tag: UInt64 = 0, publishTime: UInt64 = 0
    ) -> PublishOutcome {
        self.publish(
            bytes, behind: UnsafeRawBufferPointer(start: nil, count: 0), key: key, tag: tag,
            publishTime: publishTime)
    }

    /// As ``publish(_:key:tag:publishTime:)``, with something that the handler finds right before the
    /// event's bytes: a multiple of eight bytes.
    @inline(__always)
    @discardableResult
    package func publish(
        _ bytes: UnsafeRawBufferPointer, behind preface: UnsafeRawBufferPointer, key: UInt32,
        tag: UInt64, publishTime: UInt64
    ) -> PublishOutcome {
        assert(preface.count & 7 == 0)
        let state = self.state
        // Eight bytes even for none, so that no event begins where the next slab does.
        let needed = max(8, (bytes.count &+ 7) & ~7) &+ preface.count
        if needed > state.pointee.free.count || state.pointee.buffered == self.batchCapacity {
            let outcome = self.makeRoomSlow(for: needed)
            if outcome != .accepted { return outcome }
        }
        let target = state.pointee.place(bytes, behind: preface, taking: needed)
        (self.batch + state.pointee.buffered).initialize(
            to: EventDescriptor(
                base: target, byteCount: UInt32(truncatingIfNeeded: bytes.count), key: key,
                tag: tag, publishTime: publishTime))
        state.pointee.buffered &+= 1
        if state.pointee.buffered == self.batchCapacity { self.flush() }
        return .accepted
    }

    /// Buffers an event whose bytes stay where they are, in the pool that this publisher may pass on
    /// events of. O(1).
    ///
    /// The caller has not released the event yet, and calls ``flush()`` before it does: that retains it
    /// for the handler (``SlabPool/retain(_:)``), whether it can be sent by then or not.
    @inline(__always)
    @discardableResult
    package func passOn(_ event: EventDescriptor) -> PublishOutcome {
        let state = self.state
        assert(self.originOfWay != nil)
        if state.pointee.buffered == self.batchCapacity || state.pointee.isClosed {
            let outcome = self.makeRoomSlow(for: 0)
            if outcome != .accepted { return outcome }
        }
        (self.batch + state.pointee.buffered).initialize(to: event)
        state.pointee.buffered &+= 1
        if state.pointee.buffered == self.batchCapacity { self.flush() }
        return .accepted
    }

    /// Sends what is buffered, and returns how many events still are, for want of room: with
    /// ``BackPressure/wait`` none, unless the stage was stopped.
    @discardableResult
    package func flush() -> Int {
        let state = self.state
        let count = state.pointee.buffered
        if count == 0 { return 0 }
        let first = state.pointee.retained
        self.originOfWay?._withUnsafeGuaranteedRef {
            $0.retain(UnsafeBufferPointer(start: self.batch + first, count: count - first))
        }
        // What was accepted is not dropped: only `publish` drops, and only the newest event.
        let sent = self.stage.send(
            UnsafeBufferPointer(start: self.batch, count: count),
            onFull: self.policy == .wait ? .wait : .fail)
        if sent < count { self.batch.update(from: self.batch + sent, count: count - sent) }
        state.pointee.buffered = count - sent
        state.pointee.retained = count - sent
        return count - sent
    }

    /// Takes back what is buffered and could not be sent, newest included, and returns how many events
    /// those were: whoever published them is told that they were not accepted after all. With
    /// ``BackPressure/dropNewest`` they are counted as dropped. O(events).
    ///
    /// - Parameter each: called for each, oldest first; its bytes are valid until it returns.
    @discardableResult
    package func takeBack(_ each: (EventDescriptor) -> Void = { _ in }) -> Int {
        let state = self.state
        let count = state.pointee.buffered
        for position in 0..<count { each(self.batch[position]) }
        if self.policy == .dropNewest { self.stage.countDropped(count) }
        self.discard()
        return count
    }

    /// Forgets what is buffered.
    private func discard() {
        let state = self.state
        let buffered = UnsafeBufferPointer(start: self.batch, count: state.pointee.buffered)
        if let origin = self.origin {
            origin.release(UnsafeBufferPointer(rebasing: buffered[..<state.pointee.retained]))
        }
        // Those with bytes here lie in the open slab, which is sealed with that many fewer.
        state.pointee.placed -= buffered.count { self.origin?.contains($0) != true }
        state.pointee.buffered = 0
        state.pointee.retained = 0
    }

    /// Sends what is buffered and gives the slab back. Returns how many events could not be sent,
    /// which are dropped and counted: with ``BackPressure/wait`` none, unless the stage was stopped.
    /// Nothing can be published afterwards.
    @discardableResult
    package func close() -> Int {
        let state = self.state
        if state.pointee.isClosed { return 0 }
        let unsent = self.flush()
        self.stage.countDropped(unsent)
        self.discard()
        self.sealSlab()
        state.pointee.isClosed = true
        self.pool.dismissPublisher()
        return unsent
    }
}

extension Publisher {
    /// Sends the batch if it is full or must be, and takes another slab if this one has not `needed`
    /// bytes left.
    @inline(never)
    private func makeRoomSlow(for needed: Int) -> PublishOutcome {
        let state = self.state
        if needed > self.pool.eventBytesMax { return .tooLarge }
        if state.pointee.isClosed { return .closed }
        let needsSlab = needed > state.pointee.free.count
        let unsent = self.flush()
        if unsent == self.batchCapacity || (needsSlab && unsent > 0) { return self.refused() }
        if needsSlab {
            self.sealSlab()
            guard let slab = self.pool.takeSlab(self.policy) else { return self.refused() }
            state.pointee.slab = slab
            state.pointee.free = self.pool.memory(of: slab, for: needed)
        }
        return .accepted
    }

    private func refused() -> PublishOutcome {
        if self.stage.isClosed { return .closed }
        if self.policy == .fail { return .full }
        self.stage.countDropped(1)
        return .dropped
    }

    private func sealSlab() {
        let state = self.state
        if let slab = state.pointee.slab {
            self.pool.seal(slab, eventCount: state.pointee.placed)
        }
        state.pointee.slab = nil
        state.pointee.free = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        state.pointee.placed = 0
    }
}

/// What a publisher changes with every event.
struct PublisherState {
    /// The open slab.
    var slab: Int?
    /// What is left of it.
    var free = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// How many events it got, sent or not.
    var placed = 0
    /// How many events are not sent yet.
    var buffered = 0
    /// How many of those, the first ones, are retained where they have not their bytes here.
    var retained = 0
    var isClosed = false

    /// Copies both to the front of what is free, which `needed` bytes are taken from, and gives the
    /// place of `bytes`.
    @inline(__always)
    mutating func place(
        _ bytes: UnsafeRawBufferPointer, behind preface: UnsafeRawBufferPointer, taking needed: Int
    ) -> UnsafeRawPointer {
        let start = self.free.baseAddress.unsafelyUnwrapped
        if preface.count > 0 {
            UnsafeMutableRawBufferPointer(start: start, count: preface.count)
                .copyMemory(from: preface)
        }
        let target = start + preface.count
        UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyMemory(from: bytes)
        self.free = UnsafeMutableRawBufferPointer(
            start: start + needed, count: self.free.count &- needed)
        self.placed &+= 1
        return UnsafeRawPointer(target)
    }
}
