internal import InternalSystem

/// The file that ``FileWatermarkStore`` appends lines to: as a whole, or not at all.
struct WatermarkFile: ~Copyable {
    let path: String
    private let calls: FileSystemCalls
    /// How many lines it has.
    private(set) var lineCount: Int
    private let file: OpenFile
    private var end: Int

    /// Goes on with a file that is there.
    init(continuing path: String, _ calls: FileSystemCalls, lineCount: Int) throws(FileError) {
        let file = try OpenFile(path, for: .changing, calls: calls)
        end = try file.byteCount()
        self.file = file
        self.path = path
        self.calls = calls
        self.lineCount = lineCount
    }

    /// Puts a file with these lines in the place of one that may be there, so that whenever the machine
    /// stops, one of the two is whole.
    init(
        replacing path: String, _ calls: FileSystemCalls, with lines: [[UInt8]]
    ) throws(FileError) {
        let content = Array(lines.joined())
        file = try WholeFile.replace(path, with: content, calls: calls)
        end = content.count
        self.path = path
        self.calls = calls
        lineCount = lines.count
    }

    /// Puts another file with these lines in its place. Where that fails, this is whichever of the two has
    /// the name: lines that were appended to the other would be lost with it.
    mutating func replace(with lines: [[UInt8]]) throws(FileError) {
        do throws(FileError) {
            self = try WatermarkFile(replacing: path, calls, with: lines)
        } catch {
            if try FileIdentity(of: path) != file.identity() {
                self = try WatermarkFile(continuing: path, calls, lineCount: lines.count)
            }
            throw error
        }
    }

    /// Appends lines. Where that fails, or where they are to be durable and don't become so, none of them
    /// stays: half a line would take the next one with it.
    mutating func append(_ lines: [[UInt8]], isDurable: Bool = false) throws(FileError) {
        let content = Array(lines.joined())
        do throws(FileError) {
            try file.write(content, at: end)
            if isDurable { try file.sync() }
        } catch {
            try? file.truncate(to: end)
            throw error
        }
        lineCount += lines.count
        end += content.count
    }
}
