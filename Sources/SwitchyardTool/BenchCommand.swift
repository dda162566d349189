import ArgumentParser

/// `switchyard bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure.",
        subcommands: [BenchMatchCommand.self])
}
