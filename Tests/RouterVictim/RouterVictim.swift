import EventArchive
import Foundation
import Switchyard

/// A program with a router, to be killed by the tests. It publishes numbered events, says which ones
/// were confirmed, and its targets write down which ones they got.
///
///     RouterVictim DIRECTORY FIRST END
@main
struct RouterVictim {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let directory = arguments[1]
        guard let first = Int(arguments[2]), let end = Int(arguments[3]) else { exit(64) }
        var configuration = RouterConfiguration(
            directory: directory + "/router",
            archive: ArchiveConfiguration(segmentBytes: 4 << 20, durability: .none))
        configuration.watermarkInterval = .milliseconds(20)
        configuration.targetQueueEvents = 256
        configuration.pendingEventsMax = 64
        let router = try Router(configuration)
        try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
        if try router.archives().isEmpty {
            try router.createArchive(ArchiveDefinition(name: "kept"))
        }
        let quick = RetryPolicy(
            maximumRetries: .max, firstDelay: .milliseconds(1), maximumDelay: .milliseconds(5))
        let steady = try Ledger(directory + "/steady")
        let flaky = try Ledger(directory + "/flaky")
        let strict = try Ledger(directory + "/strict")
        try router.putTargets(
            [
                .closure("steady", retry: quick) { steady.write(number(of: $0)) },
                .closure("flaky", retry: quick) {
                    if $0.attempt == 1, $0.sequence % 11 == 0 { throw Refusal() }
                    flaky.write(number(of: $0))
                },
                .closure("strict", retry: quick) {
                    let number = number(of: $0)
                    if number % 1_000 == 999 { throw DeliveryError(.noPermissions, "never") }
                    strict.write(number)
                },
            ], of: "all")
        var next = first
        while next < end {
            let batch = next..<min(next + 200, end)
            let (accepted, error) = try router.publish(contentsOf: batch.map { #"{"n":\#($0)}"# })
            if let error { throw error }
            try await router.confirm()
            next += accepted
            try FileHandle.standardOutput.write(contentsOf: Data("\(next)\n".utf8))
        }
        let remainder = try router.close(within: .seconds(120))
        exit(remainder == Router.Remainder() ? 0 : 1)
    }

    private static func number(of event: borrowing MatchedEvent) -> Int {
        Int(event.text.drop { !$0.isNumber }.dropLast()) ?? -1
    }

    private struct Refusal: Error {}
}

/// Numbers in a file, eight bytes each, there as soon as they are written.
final class Ledger: Sendable {
    private let file: Int32

    init(_ path: String) throws {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        if file < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func write(_ number: Int) {
        withUnsafeBytes(of: number.littleEndian) { bytes in
            precondition(Foundation.write(file, bytes.baseAddress, 8) == 8, "the ledger is full")
        }
    }
}
