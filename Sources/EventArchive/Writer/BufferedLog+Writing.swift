internal import InternalSystem

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The side that writes. Whoever made `isWriting` true calls `writeAll`, so that it is one at a time.
extension BufferedLog {
    /// How many bytes gather before the digest takes them in: few enough to be in the cache still.
    private var takenBytes: Int { min(ring.byteCount / 16, 1 << 20) }

    /// Writes everything that is asked for, also what is asked for meanwhile.
    func writeAll() {
        while let batch = nextBatch() {
            for extent in batch where services.fate.error == nil { write(extent) }
        }
    }

    /// All that is to be written, neighbours joined: what gathered while a write ran goes with the next.
    private func nextBatch() -> [Extent]? {
        monitor.withLock {
            guard !extents.isEmpty, !services.fate.hasEnded else {
                extents = []
                isWriting = false
                monitor.wakeAll()
                return nil
            }
            defer { extents = [] }
            return extents.reduce(into: []) { joined, extent in
                guard var last = joined.last, last.segment === extent.segment else {
                    joined.append(extent)
                    return
                }
                last.range = last.range.lowerBound..<extent.range.upperBound
                last.endSequence = extent.endSequence
                last.summary = extent.summary
                last.purpose = max(last.purpose, extent.purpose)
                joined[joined.count - 1] = last
            }
        }
    }

    private func write(_ extent: Extent) {
        let (segment, bias, end) = (extent.segment, extent.bias, extent.range.upperBound)
        if !extent.range.isEmpty {
            // The page in which the last write ended is written again, with more in it.
            let begin = extent.range.lowerBound & ~(GatheringRing.pageBytes - 1)
            let isWhole = writesDurably || extent.purpose > .room
            let written = isWhole ? end : max(begin, end & ~(GatheringRing.pageBytes - 1))
            let (full, last) = ring.pages(bias + begin..<bias + written)
            services.preparation.noteWrite(end - begin)
            // Written again is a page that may be durable by now: not if it is gone from the ring.
            ring.touch(bias + begin)
            if services.fate.error != nil { return }
            let error = segment.file.writeRecords(full, last, at: begin)
            guard error == 0 else {
                // What was to be written is not there: somebody cut the ring.
                services.fate.end(
                    error == EFAULT
                        ? .fileCut : .syncFailed(file: segment.name.fileName, errno: error))
                return
            }
            if writesDurably {
                services.fate.watermark.advancePublished(to: extent.endSequence)
                services.fate.watermark.advanceDurable(to: extent.endSequence)
            }
            if extent.range.lowerBound == 0 {
                services.completion.submit { () throws(ArchiveError) in try segment.giveName() }
            }
        }
        takeIn(extent)
        guard !writesDurably, extent.purpose == .durability else { return }
        let fate = services.fate
        services.completion.submit { () throws(ArchiveError) in
            try segment.sync()
            fate.watermark.advanceDurable(to: extent.endSequence)
        }
    }

    private func takeIn(_ extent: Extent) {
        let (segment, bias, end) = (extent.segment, extent.bias, extent.range.upperBound)
        let page = GatheringRing.pageBytes
        let floor =
            bias + (extent.summary == nil ? end & ~(page - 1) : (end + page - 1) & ~(page - 1))
        let taken = monitor.withLock { () -> Int in
            writtenFloor = floor
            monitor.wakeAll()
            return max(requestedTaken, bias)
        }
        guard extent.summary != nil || bias + end - taken >= takenBytes else { return }
        let range = taken..<bias + end
        monitor.withLock { requestedTaken = range.upperBound }
        digest { [self] in
            segment.takeIn(ring.bytes(range))
            monitor.withLock {
                takenFloor = extent.summary == nil ? range.upperBound : floor
                monitor.wakeAll()
            }
            guard let summary = extent.summary else { return }
            services.completion.submitSealing(limit: services.unsealedSegmentsMax) {
                [services] () throws(ArchiveError) in
                try services.seal(segment, summary, recordsEnd: end)
            }
        }
    }
}

extension OpenSegment {
    /// Takes in what is in the file up to where a record ends.
    func takeInFile(upTo end: Int) throws(ArchiveError) {
        let mapped = try MappedSegment(try file.reopened(), recordsEnd: end)
        takeIn(mapped.bytes(takenEnd..<end))
    }
}
