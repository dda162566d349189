import Foundation
import Testing

/// The diagram of modules in the README, as far as it can be true or not.
private struct House {
    /// Each module's floor, and its place on the floor from the left.
    private(set) var places: [String: (floor: Int, column: Int)] = [:]

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    init() throws {
        let inside = try #require(
            try Self.text("README.md").components(separatedBy: "## Inside").last)
        let diagram = inside.components(separatedBy: "```")[1]
        for line in diagram.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let floor = words.first.flatMap({ Int($0) }) else { continue }
            for (column, module) in words.dropFirst().enumerated() {
                places[String(module)] = (floor, column)
            }
        }
    }

    /// Whether one module may know another: one on a lower floor, or to its left; the three that route,
    /// deliver and replay don't know each other.
    func allows(_ module: String, toKnow other: String) -> Bool {
        guard let place = places[module], let known = places[other] else { return false }
        if known.floor == place.floor { return place.floor != 4 && known.column < place.column }
        return known.floor < place.floor
    }
}

@Suite("The diagram of modules")
struct ModuleOrderTests {
    private static let sources =
        (try? FileManager.default.contentsOfDirectory(
            atPath: House.root.appending(path: "Sources").path)) ?? []

    /// The modules of this package that the files of one import, each with a file that does.
    private func imports(of module: String) throws -> [String: String] {
        var found: [String: String] = [:]
        let folder = House.root.appending(path: "Sources/\(module)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position <= 2,
                    words[..<position].allSatisfy({
                        "@_exported public package internal".contains($0)
                    })
                else { continue }
                let name = words[position + 1].split(separator: ".")[0]
                if Self.sources.contains(String(name)) {
                    found[String(name)] = file.lastPathComponent
                }
            }
        }
        return found
    }

    @Test("has every module of the package, and no other")
    func isComplete() throws {
        #expect(Set(try House().places.keys) == Set(Self.sources))
    }

    @Test("no import goes upwards", arguments: sources)
    func importsGoDown(module: String) throws {
        let house = try House()
        for (other, file) in try imports(of: module) {
            #expect(house.allows(module, toKnow: other), "\(module) imports \(other) in \(file)")
        }
    }

    @Test("no dependency of Package.swift goes upwards, and each is used", arguments: sources)
    func dependenciesGoDown(module: String) throws {
        let manifest = try House.text("Package.swift")
        let house = try House()
        let targets = manifest.components(separatedBy: "arget(").dropFirst()
        let own = try #require(targets.first { $0.contains("name: \"\(module)\"") })
        let text = own.components(separatedBy: "swiftSettings")[0]
        let imported = try imports(of: module)
        for other in Self.sources where other != module && text.contains("\"\(other)\"") {
            #expect(house.allows(module, toKnow: other), "\(module) depends on \(other)")
            #expect(imported[other] != nil, "\(module) depends on \(other), and imports it nowhere")
        }
        for other in imported.keys {
            #expect(text.contains("\"\(other)\""), "\(module) imports \(other) by chance")
        }
    }
}
