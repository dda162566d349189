#if Server
    internal import EventPipeline
    internal import Foundation
    internal import NIOCore

    /// What became of the requests. Used by one thread.
    struct LoadTally {
        private(set) var requests: UInt64 = 0
        private(set) var sent: UInt64 = 0
        private(set) var acknowledged: UInt64 = 0
        /// Entries that were not acknowledged, by why.
        private(set) var refused: [String: UInt64] = [:]
        private(set) var throttled: UInt64 = 0
        /// What was said of each code the first time.
        private(set) var reasons: [String: String] = [:]
        /// How long those took that were acknowledged, since the last look.
        private(set) var latencies = LatencyHistogram()

        /// Counts a request that is sent.
        mutating func send(entries: Int) {
            requests += 1
            sent += UInt64(entries)
        }

        /// Counts entries that were not acknowledged.
        mutating func refuse(_ entries: Int, _ code: String, _ reason: String?, status: Int = 0) {
            refused[code, default: 0] += UInt64(entries)
            if Self.isThrottling(code) || status == 429 { throttled += UInt64(entries) }
            if let reason, !reason.isEmpty, reasons[code] == nil { reasons[code] = reason }
        }

        /// Counts what an answer says of the entries of its request.
        ///
        /// - Parameter latency: how long it took; nil if that is not measured.
        mutating func take(_ answer: LoadAnswer, entries: Int, latency: UInt64?) {
            var taken = 0
            if answer.status == 200, PutEventsAnswer.hasNoFailures(answer.body) {
                taken = entries
            } else {
                taken = takeFailures(of: answer, entries: entries)
            }
            acknowledged += UInt64(taken)
            if taken > 0, let latency { latencies.record(latency, count: UInt64(taken)) }
        }

        /// Counts the entries that an answer does not acknowledge, and gives how many it does.
        private mutating func takeFailures(of answer: LoadAnswer, entries: Int) -> Int {
            let data = Data(answer.body.readableBytesView)
            guard answer.status == 200 else {
                let failure = try? JSONDecoder().decode(PutEventsFailure.self, from: data)
                refuse(
                    entries, failure?.code ?? "HTTP \(answer.status)", failure?.text,
                    status: answer.status)
                return 0
            }
            guard let read = try? JSONDecoder().decode(PutEventsAnswer.self, from: data),
                read.Entries.count == entries
            else {
                refuse(
                    entries, "NoAnswerOfPutEvents",
                    String(decoding: data.prefix(200), as: UTF8.self))
                return 0
            }
            for entry in read.Entries where entry.EventId == nil {
                refuse(1, entry.ErrorCode ?? "NoErrorCode", entry.ErrorMessage)
            }
            return read.Entries.count { $0.EventId != nil }
        }

        private static func isThrottling(_ code: String) -> Bool {
            code.contains("Throttl") || code.contains("TooManyRequests")
                || code.contains("LimitExceeded")
        }

        /// The latencies since the last look.
        mutating func takeLatencies() -> LatencyHistogram {
            defer { latencies = LatencyHistogram() }
            return latencies
        }
    }

    /// What `PutEvents` answers.
    struct PutEventsAnswer: Decodable {
        struct Entry: Decodable {
            var EventId: String?
            var ErrorCode: String?
            var ErrorMessage: String?
        }

        var Entries: [Entry]

        private static let name = Array(#"FailedEntryCount":"#.utf8)

        /// Whether an answer says that no entry failed, found without taking it apart. O(bytes).
        static func hasNoFailures(_ body: ByteBuffer) -> Bool {
            body.withUnsafeReadableBytes { text in
                var place = 0
                while let base = text.baseAddress,
                    let found = memchr(base + place, Int32(UInt8(ascii: "F")), text.count - place)
                {
                    let rest = text[(UnsafeRawPointer(found) - base)...]
                    if rest.starts(with: name) { return isZero(rest.dropFirst(name.count)) }
                    place = rest.startIndex + 1
                }
                return false
            }
        }

        /// Whether a text begins with the number 0, and with no other.
        private static func isZero(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
            let number = text.drop { $0 == UInt8(ascii: " ") }
            guard number.first == UInt8(ascii: "0"), let next = number.dropFirst().first else {
                return false
            }
            return [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: " ")].contains(next)
        }
    }

    /// What services of AWS answer instead.
    private struct PutEventsFailure: Decodable {
        var __type: String?
        var message: String?
        var Message: String?

        /// `ThrottlingException`, without a namespace before it.
        var code: String? {
            __type.map { String($0.split(separator: "#").last ?? "") }
        }
        var text: String? { message ?? Message }
    }
#endif
