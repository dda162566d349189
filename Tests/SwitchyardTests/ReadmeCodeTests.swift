import Foundation
import TestSupport
import Testing

/// The compiler of this build, for text that is to compile.
private enum Compiler {
    /// Where `PATH` has it; nil where it is not installed.
    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/swiftc" }.first(where: FileManager.default.isExecutableFile)

    private static let modules = builtFolder.appendingPathComponent("Modules").path

    /// Whether it can't be asked here.
    static let isMissing = path == nil || !FileManager.default.fileExists(atPath: modules)

    /// The module maps of C targets: those that the build made, and those that packages have.
    private static let moduleMaps: [String] = {
        let checkouts = builtFolder.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("checkouts").path
        let targets = content(of: checkouts).map { "\($0)/Sources" }.flatMap(content)
        return (content(of: builtFolder.path) + targets.map { "\($0)/include" })
            .map { "\($0)/module.modulemap" }.filter(FileManager.default.fileExists)
    }()

    private static func content(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .map { "\(folder)/\($0)" }
    }

    /// What the compiler has to say of a program, against the modules of this build: nothing if all is
    /// well.
    static func complaints(about program: String) throws -> String {
        let folder = try TemporaryFolder()
        // Of this name: statements may stand outside functions.
        let file = try folder.file("main.swift", Array(program.utf8))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments =
            ["-typecheck", "-swift-version", "6", "-warnings-as-errors", "-I", modules]
            // Of its own: the build's is refused where it goes by another name, through a link.
            + ["-module-cache-path", folder.path("cache")]
            + moduleMaps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] } + [file]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.start()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self)
        return process.terminationStatus == 0 ? text : "\(text)\n\(process.terminationStatus)"
    }
}

/// The code that the README shows, as it stands there.
@Suite(
    "Code in the README", .onThreadsOfItsOwn,
    .enabled(if: !Compiler.isMissing, "needs swiftc, and the modules beside the tests"))
struct ReadmeCodeTests {
    /// Its Swift blocks, in order.
    private func blocks() throws -> [String] {
        let bytes = try #require(readFile(projectFolder + "/README.md"))
        return String(decoding: bytes, as: UTF8.self).components(separatedBy: "```swift\n")
            .dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    /// What a reader supplies where the text leaves it to him.
    private static let supplied = "func store(_ text: String) async throws {}\n"

    /// The README's blocks as programs: one that begins with an import begins one, the others go on.
    private func programs() throws -> [String] {
        try blocks().reduce(into: []) { programs, block in
            if block.contains("\nimport ") || block.hasPrefix("import ") {
                programs.append(Self.supplied)
            }
            if programs.isEmpty { programs.append("") }
            programs[programs.count - 1] += block
        }
    }

    @Test("every block compiles without a warning, in the order in which they stand")
    func compiles() throws {
        let programs = try programs()
        #expect(programs.count == 2)
        for program in programs {
            let complaints = try Compiler.complaints(about: program)
            #expect(complaints == "", "\(complaints)")
        }
    }

    @Test("one that does not compile would be found")
    func findsErrors() throws {
        let program = try #require(try programs().first) + "router.somethingElse()\n"
        #expect(try Compiler.complaints(about: program).contains("somethingElse"))
    }
}
