internal import InternalSystem

/// Makes and removes the folders of archives so that whoever finds one knows whether it is wanted: beside
/// one that the configuration does not have yet, or not any more, there is a mark.
///
/// | the configuration has the archive | there is a mark | what happened | what a router does |
/// | --- | --- | --- | --- |
/// | yes | no | nothing | it opens it |
/// | yes | yes | making it, or removing it, was interrupted | it takes the mark away, and opens it |
/// | no | yes | the same | it removes the folder |
/// | no | no | the configuration was lost, or the folder is somebody else's | it leaves it |
enum ArchiveRemoval {
    static let suffix = ".unwanted"

    /// Marks the folder that is there, or is to be.
    static func begin(_ directory: String) throws(FileError) {
        try WholeFile.replace(directory + suffix, with: [])
    }

    /// Takes the mark away, if there is one.
    static func undo(_ directory: String) throws(FileError) {
        let (parent, name) = parts(of: directory)
        try Folder(parent).removeFile(name + suffix)
    }

    /// Removes a folder with its files, if it is there, and the mark. O(files).
    static func finish(_ directory: String) throws(FileError) {
        do throws(FileError) {
            let folder = try Folder(directory)
            for name in try folder.names() { try folder.remove(name) }
            try Folder.removeEmpty(directory)
            // Before the mark: without it, nobody would know that a folder is not wanted.
            try Folder(parts(of: directory).parent).sync()
        } catch {
            guard error.isMissing else { throw error }
        }
        try undo(directory)
    }

    private static func parts(of directory: String) -> (parent: String, name: String) {
        let name = directory.split(separator: "/").last.map(String.init) ?? directory
        return (String(directory.dropLast(name.count + 1)), name)
    }
}
