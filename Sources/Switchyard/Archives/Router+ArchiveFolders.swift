internal import Dispatch
internal import EventEnvelope
internal import InternalSystem

// What archives are called, and where their files are.
extension Router {
    /// The archive that a name or resource name stands for.
    func archiveID(_ text: String) throws(RouterError) -> (ResourceScope, String) {
        guard ARN.isMeant(by: text) else { return (scope, text) }
        do throws(ARNError) {
            if case .archive(let scope, let name) = try ResourceName(text) { return (scope, name) }
        } catch { throw .invalidName(text, what: "archive", reason: error.description) }
        throw .invalidName(text, what: "archive", reason: "it names something else")
    }

    func archiveLabel(_ scope: ResourceScope, _ name: String) -> String {
        scope == self.scope ? name : ResourceName.archive(scope, name: name).arn
    }

    /// An archive, under the control lock.
    func archiveState(_ name: String) throws(RouterError) -> ArchiveState {
        let (scope, name) = try archiveID(name)
        let label = archiveLabel(scope, name)
        guard let archive = control.archives[label] else { throw .noSuchArchive(label) }
        return archive
    }

    func archiveFolder(
        _ scope: ResourceScope, _ name: String
    ) throws(RouterError) -> String {
        guard let directory = configuration.directory else {
            throw .invalidArchive(
                name, reason: "archives are kept in a router's directory, and this one has none")
        }
        let folder = scope == self.scope ? name : "\(scope.account)@\(scope.region)@\(name)"
        return "\(directory)/archives/\(folder).archive"
    }

    private var archivesFolder: String { (configuration.directory ?? "") + "/archives" }

    /// Makes the place for an archive's files, marked until the archive is in the configuration.
    func beginFolder(of archive: ArchiveState) throws(RouterError) {
        let (directory, path) = (archive.directory, archivesFolder)
        let isFree = try attempt(archive) { () throws(FileError) in
            try Folder.make(path)
            let isUnwanted = try WholeFile.read(directory + ArchiveRemoval.suffix) != nil
            if isUnwanted { try ArchiveRemoval.finish(directory) }
            do throws(FileError) { _ = try Folder(directory) } catch {
                guard error.isMissing else { throw error }
                try ArchiveRemoval.begin(directory)
                return true
            }
            return false
        }
        guard isFree else { throw .archiveFilesExist(archive: archive.label, path: directory) }
    }

    /// Removes what was interrupted when it was made or removed.
    func removeUnwantedFolders(but unread: Set<String>) {
        guard configuration.directory != nil, let names = try? Folder(archivesFolder).names() else {
            return
        }
        let known = control.queue.sync { Set(control.archives.values.map(\.directory)) }
        for name in names where name.hasSuffix(ArchiveRemoval.suffix) {
            let path = "\(archivesFolder)/\(name.dropLast(ArchiveRemoval.suffix.utf8.count))"
            if unread.contains(path) { continue }
            do throws(FileError) {
                if known.contains(path) {
                    try ArchiveRemoval.undo(path)
                } else {
                    try ArchiveRemoval.finish(path)
                }
            } catch { note("\(path) can't be removed: \(error)") }
        }
    }

    func attempt<Result>(
        _ archive: ArchiveState, _ body: () throws(FileError) -> Result
    ) throws(RouterError) -> Result {
        do throws(FileError) { return try body() } catch {
            throw .files("archive \(archive.label): \(error)")
        }
    }
}
