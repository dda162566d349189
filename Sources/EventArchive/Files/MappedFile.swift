internal import InternalSystem
import Synchronization

/// A file of the archive, open and mapped into memory, until its owner goes.
///
/// What holds is what `FileMapping` says: another process that cuts the file does not end this one. The
/// archive itself cuts a file only behind the footer, and looks behind good records through
/// `SegmentSearch`, which does not use the mapping.
struct MappedFile: ~Copyable, Sendable {
    let file: ArchiveFile
    let mapping: FileMapping

    /// Maps the first `byteCount` bytes, which the file must have: ask `byteCount()` just before. A flag
    /// that is given is raised if the file is cut; it must outlive this.
    init(
        _ file: consuming ArchiveFile, byteCount: Int, writable: Bool,
        flag: UnsafeMutablePointer<Atomic<UInt32>>? = nil
    ) throws(ArchiveError) {
        do throws(FileError) {
            mapping = try FileMapping(
                file.file, byteCount: byteCount, writable: writable, flag: flag)
        } catch { throw ArchiveError(error, file.name) }
        self.file = file
    }

    var base: UnsafeMutableRawPointer { mapping.base }

    var byteCount: Int { mapping.byteCount }

    /// The bytes of a range that lies within the mapping.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer { mapping.bytes(range) }
}
