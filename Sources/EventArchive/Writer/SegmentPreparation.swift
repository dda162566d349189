internal import Dispatch
internal import InternalSystem
import Synchronization

/// Has the next segments' files ready before they are needed, and what is written or stored to next, on
/// queues of its own.
///
/// A file is allocated, or taken from a segment that is no longer wanted, gets its `.prepared` name
/// (durably, if commits will rely on it), and is made ready from its beginning. The writer takes it
/// without waiting, unless it fills segments faster than the disk allocates them: as many are kept as
/// were taken within the last second, and one more, up to the configuration's limit.
final class SegmentPreparation: @unchecked Sendable {
    /// Files wait for the journal now and then; pages must not wait for them.
    private let queue = DispatchQueue(label: "switchyard.archive.prepare", qos: .userInitiated)
    private let pageQueue: DispatchQueue
    private let directory: ArchiveDirectory
    private let configuration: ArchiveConfiguration
    private let isDurable: Bool

    /// Writes of more bytes than this wait for the journal for less time than writing zeros before them
    /// would take of the disk: 1 MiB at a time, 1.4 GB/s against 1.1; 256 KiB, 0.8 against 0.9.
    private static let largeWriteBytes = 512 << 10
    /// The bytes of a durable write, on average over the last ones.
    private let writeBytes = Atomic(0)

    // Guarded by the monitor.
    private let monitor = Monitor()
    private var ready: [Prepared] = []
    private var failure: ArchiveError?
    private var isPreparing = false
    private var isEnded = false
    private var nextID: UInt64
    private var spares: [String]
    /// When files were taken, within the last second; the first one, which begins the archive, aside.
    private var takes: [UInt64]?

    private struct Prepared {
        let file: SegmentFile
        let id: UInt64
    }

    init(
        _ directory: ArchiveDirectory, _ configuration: ArchiveConfiguration, nextID: UInt64,
        spares: [String]
    ) {
        self.directory = directory
        self.configuration = configuration
        self.nextID = nextID
        self.spares = spares
        isDurable = configuration.durability != .none
        // Whoever stores to a page before it is ready makes it ready himself: that may happen late, and
        // must not take the processor from those who store. Durable writes wait for what is not ready.
        pageQueue = DispatchQueue(
            label: "switchyard.archive.ready", qos: isDurable ? .userInitiated : .background)
    }

    /// Begins with the next file, unless there are enough.
    func prepareNext() {
        monitor.withLock { prepareMore() }
    }

    /// Under the monitor's lock.
    private func prepareMore() {
        let wanted = min(configuration.preparedSegmentsMax, 1 + (takes?.count ?? 0))
        guard !isPreparing, !isEnded, failure == nil, ready.count < wanted else { return }
        isPreparing = true
        queue.async { self.prepareOnQueue() }
    }

    /// The next file and its id, and begins with the one after it. Waits if it is not ready yet.
    ///
    /// Throws `diskFull` if there is no room now: then the next call tries again.
    func take() throws(ArchiveError) -> (file: SegmentFile, id: UInt64) {
        let taken = try monitor.withLock { () throws(ArchiveError) -> Prepared in
            noteTake(at: directory.clock.monotonicTime)
            // What is under way may find no room, where there is room by now.
            monitor.wait { !ready.isEmpty || !isPreparing }
            // What could not be synced once is not trusted again.
            if ready.isEmpty, let failure, !failure.isFailedSync { self.failure = nil }
            prepareMore()
            monitor.wait { !ready.isEmpty || !isPreparing }
            guard ready.isEmpty else { return ready.removeFirst() }
            defer { failure = nil }
            throw failure ?? .closed
        }
        prepareNext()
        return (taken.file, taken.id)
    }

    /// Remembers for a second that a file was taken.
    private func noteTake(at now: UInt64) {
        takes = takes.map { $0.filter { now &- $0 < 1_000_000_000 } + [now] } ?? []
    }

    /// Makes a file ready up to an offset, soon.
    func makeReady(_ file: SegmentFile, upTo end: Int) {
        pageQueue.async {
            // A write will find out what is wrong, if anything is.
            if self.isReadinessWorthwhile { try? file.makeReady(upTo: end) }
        }
    }

    /// Makes memory ready that is stored to next, soon.
    func makeReady(_ ring: GatheringRing, _ range: Range<Int>) {
        pageQueue.async { ring.makeReady(range) }
    }

    /// Counts a durable write. One thread at a time.
    func noteWrite(_ byteCount: Int) {
        let average = writeBytes.load(ordering: .relaxed)
        writeBytes.store(average + (byteCount - average) / 8, ordering: .relaxed)
    }

    private var isReadinessWorthwhile: Bool {
        isDurable && writeBytes.load(ordering: .relaxed) < Self.largeWriteBytes
    }

    /// Offers the file of a segment that is no longer wanted and that nobody can pin. True if it is now a
    /// spare; false if nobody wants it, or somebody has it open: then unlink it.
    func recycle(_ name: SegmentName) throws(ArchiveError) -> Bool {
        let limit = configuration.preparedSegmentsMax
        guard monitor.withLock({ spares.count < limit }) else { return false }
        guard try directory.makeSpare(of: name) else { return false }
        monitor.withLock { spares.append(SegmentName.spareName(name.id)) }
        return true
    }

    /// Waits for what is being done, and removes the files that nobody needs any more.
    func end() throws(ArchiveError) {
        monitor.withLock { isEnded = true }
        queue.sync {}
        pageQueue.sync {}
        let unused = monitor.withLock { () -> [String] in
            defer { (ready, spares) = ([], []) }
            return ready.map { SegmentName.preparedName($0.id) } + spares
        }
        for file in unused { try directory.remove(file) }
    }

    private func prepareOnQueue() {
        let (id, spare) = monitor.withLock { (nextID, spares.popLast()) }
        let result = Result { () throws(ArchiveError) in
            try prepare(SegmentName.preparedName(id), from: spare)
        }
        monitor.withLock {
            switch result {
            case .success(let file):
                ready.append(Prepared(file: file, id: id))
                nextID = id + 1
            case .failure(let error): failure = error
            }
            isPreparing = false
            prepareMore()
            monitor.wakeAll()
        }
    }

    private func prepare(
        _ name: String, from spare: String?
    ) throws(ArchiveError) -> SegmentFile {
        let creation = name + ArchiveDirectory.creationSuffix
        var writtenBytes = 0
        do throws(ArchiveError) {
            if let spare { try directory.rename(spare, to: creation) }
            let file = try directory.openOrCreateFile(creation)
            writtenBytes = try file.byteCount()
            // What it was must not be read as what it will be.
            if writtenBytes > 0 {
                let page = ArchiveFormat.segmentHeaderBytes
                try file.write(Array(repeating: 0, count: page), at: 0)
            }
            try file.allocate(configuration.segmentBytes)
            if writtenBytes > configuration.segmentBytes {
                try file.truncate(to: configuration.segmentBytes)
            }
            // Others promise nothing before the segment has its name; durable writes do at once.
            if isDurable { try file.sync() }
            try directory.rename(creation, to: name)
            if isDurable { try directory.sync() }
        } catch {
            // The first error is the one to tell; what is left is removed by the next writer.
            try? directory.remove(creation)
            throw error
        }
        let isRecycled = writtenBytes > 0
        let file = SegmentFile(
            try directory.openFile(name, writable: true), in: directory,
            byteCount: configuration.segmentBytes, isDurable: isDurable, isRecycled: isRecycled,
            readyEnd: isRecycled ? writtenBytes & ~4095 : 0)
        if isReadinessWorthwhile { try file.makeReady(upTo: configuration.prefaultBytes) }
        return file
    }
}

extension ArchiveError {
    fileprivate var isFailedSync: Bool {
        if case .syncFailed = self { return true }
        return false
    }
}
