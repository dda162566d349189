internal import Foundation

/// The bytes of a file, or nil.
public func readFile(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map(Array.init)
}

/// The folder of the checkout.
public let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

/// The folder of shared cases and data beside the checkout; nil where there is none.
public let sharedFolder: String? = {
    let folder = URL(fileURLWithPath: projectFolder).deletingLastPathComponent()
        .appendingPathComponent("shared").path
    return FileManager.default.fileExists(atPath: folder + "/conformance") ? folder : nil
}()
