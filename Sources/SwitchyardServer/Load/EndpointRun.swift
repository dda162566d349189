#if Server
    internal import CommandOutput
    internal import EventPipeline
    internal import Foundation
    internal import InternalSystem
    internal import LoadReporting
    internal import NIOCore
    internal import NIOPosix

    /// A run of the load test, as the main thread sees it.
    final class EndpointRun {
        private let command: LoadCommand
        private let isSigned: Bool
        private let generator: LoadGenerator
        private let result = LoadResult()
        private var tally = LoadTally()
        /// Why the endpoint was gone at the end, and nothing could be sent; nil where it was there.
        private(set) var absence: String?

        /// How long requests that are a little late may still be sent after the end.
        private static let graceSeconds = 1.0

        /// Connects to the endpoint.
        ///
        /// - Throws: the command's failure, which was said.
        init(_ command: LoadCommand, _ signing: LoadSigning) throws {
            self.command = command
            isSigned = signing.signer != nil
            do {
                generator = try LoadGenerator(command, command.place(), signing)
            } catch { throw Outcome.failure("AWS_CA_BUNDLE names no certificates: \(error)") }
            do { try generator.connect() } catch {
                generator.shutdown()
                throw Outcome.failure(
                    "nobody answers at \(command.endpoint): \(Self.reason(error))")
            }
        }

        /// Why there is no connection, in words.
        private static func reason(_ error: any Error) -> String {
            guard let failure = error as? NIOConnectionError else { return "\(error)" }
            if let first = failure.connectionErrors.first?.error as? IOError {
                return String(cString: strerror(first.errnoCode))
            }
            return failure.connectionErrors.isEmpty
                ? "there is no host \(failure.host)" : "\(failure.connectionErrors[0].error)"
        }

        /// Ends what is still there.
        func end() { generator.shutdown() }

        /// Whether anything was measured.
        var hasFigures: Bool { !result.intervals.isEmpty }

        /// What was said of each code the first time.
        var reasons: [(code: String, message: String)] {
            tally.reasons.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        /// Sends requests until the time is over, and looks once a second at what became of them.
        func drive() throws {
            let start = monotonicNanoseconds() &+ 1_000_000
            let schedule = command.rate.map {
                LoadSchedule(
                    rate: $0 / Double(command.entries), start: start, warmup: command.warmup,
                    seconds: command.seconds)
            }
            let generator = generator
            try generator.onLoop { generator.start(schedule) }
            try wait(untilSeconds: command.warmup, since: start)
            if schedule == nil { try generator.onLoop { generator.beginMeasuring() } }
            let begin = (
                time: schedule?.begin ?? monotonicNanoseconds(), processor: processorNanoseconds()
            )
            let last = try measure(from: begin.time)
            result.processorNanoseconds = processorNanoseconds() &- begin.processor
            try finish(after: last, isOnSchedule: schedule != nil)
        }

        /// An interval each second, until the time is over.
        ///
        /// - Returns: when the last one ended.
        private func measure(from begin: UInt64) throws -> UInt64 {
            let generator = generator
            var last = begin
            while !Interrupt.isRequested {
                let passed = Double(monotonicNanoseconds() &- begin) / 1e9
                let step = min(1, command.seconds - passed)
                if step <= 0.001 { break }
                try wait(untilSeconds: passed + step, since: begin)
                let latencies = try generator.onLoop {
                    generator.giveUpOverdue()
                    return generator.takeLatencies()
                }
                let now = monotonicNanoseconds()
                result.add(latencies, nanoseconds: now &- last)
                last = now
                Terminal.progress(result.progress ?? "no answer came")
            }
            return last
        }

        /// Waits for the answers that are still to come, for as long as one may take.
        private func finish(after last: UInt64, isOnSchedule: Bool) throws {
            let generator = generator
            if isOnSchedule, !Interrupt.isRequested {
                try waitUntilDone(seconds: Self.graceSeconds)
            }
            try generator.onLoop { generator.stop() }
            try waitUntilDone(seconds: Interrupt.isRequested ? 1 : command.timeout)
            let rest = try generator.onLoop { (generator.takeLatencies(), generator.lastTime) }
            if isOnSchedule {
                result.addRest(rest.0, nanoseconds: max(rest.1, last) &- last)
                result.addLateness(try generator.onLoop { generator.lateness })
            }
            generator.shutdown()
            tally = generator.tally
            absence = generator.absence.map(Self.reason)
        }

        private func waitUntilDone(seconds: Double) throws {
            let generator = generator
            let deadline = monotonicNanoseconds() &+ UInt64(seconds * 1e9)
            while monotonicNanoseconds() < deadline {
                if try generator.onLoop({ generator.isDone }) { return }
                usleep(1_000)
            }
        }

        private func wait(untilSeconds seconds: Double, since start: UInt64) throws {
            let end = start &+ UInt64(seconds * 1e9)
            let generator = generator
            while monotonicNanoseconds() < end, !Interrupt.isRequested {
                if let failure = try generator.onLoop({ generator.failure }) {
                    throw Outcome.failure(
                        "\(command.endpoint) is no endpoint of EventBridge: \(failure)")
                }
                usleep(useconds_t(min(50_000, (end &- monotonicNanoseconds()) / 1_000 + 1)))
            }
        }

        /// What was measured.
        func report() -> LoadReport {
            var report = LoadReport(
                origin: .here(version: AdminAPI.version), targetRate: command.rate,
                published: tally.sent, delivered: tally.acknowledged, result)
            report.endpoint = EndpointLoad(
                url: command.endpoint, bus: command.bus, connections: command.connections,
                entries: command.entries, detailBytes: command.size, isSigned: isSigned,
                requests: tally.requests, refused: tally.refused, throttled: tally.throttled)
            return report
        }
    }
#endif
