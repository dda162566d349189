#if Server
    internal import Foundation
    internal import NIOCore

    /// An answer of HTTP.
    struct LoadAnswer {
        var status: Int
        var body: ByteBuffer
        /// Whether the connection ends after it.
        var isLast: Bool
    }

    /// Why bytes are no answer of HTTP.
    enum AnswerError: Error, CustomStringConvertible {
        /// The first line is none of HTTP/1.0 or 1.1.
        case noStatus
        /// The header is longer than ``AnswerReader/headBytesMax``, or a line of it is no field.
        case badHead
        /// The body is longer than ``AnswerReader/bodyBytesMax``, or its length is no number.
        case badLength
        /// There is something that nobody asked for.
        case unexpected

        var description: String {
            switch self {
            case .noStatus: "the answer is none of HTTP/1.1"
            case .badHead: "the answer's header can't be read"
            case .badLength: "the answer's length can't be read, or is more than 1 MiB"
            case .unexpected: "there was an answer that nobody asked for"
            }
        }
    }

    /// Takes the bytes of a connection apart into answers, however they come.
    ///
    /// This is no more of HTTP/1.1 than answers to POST need, so that reading one costs less than a
    /// microsecond.
    struct AnswerReader {
        static let headBytesMax = 64 << 10
        static let bodyBytesMax = 1 << 20

        private var bytes = ByteBuffer()

        /// Takes over bytes that came.
        mutating func append(_ more: ByteBuffer) {
            if bytes.readableBytes == 0 {
                bytes = more
            } else {
                bytes.writeImmutableBuffer(more)
            }
        }

        /// The next answer; nil if it is not all there. O(bytes that are there).
        mutating func next() throws(AnswerError) -> LoadAnswer? {
            while true {
                guard let head = try readHead() else { return nil }
                // What only says that an answer will come.
                if (100..<200).contains(head.status) {
                    bytes.moveReaderIndex(forwardBy: head.count)
                    continue
                }
                if head.isChunked {
                    return try Self.chunkedBody(bytes, from: head.count).map { body, count in
                        bytes.moveReaderIndex(forwardBy: count)
                        return LoadAnswer(
                            status: head.status, body: body, isLast: head.isLast)
                    }
                }
                guard bytes.readableBytes >= head.count + head.length else { return nil }
                bytes.moveReaderIndex(forwardBy: head.count)
                let body = bytes.readSlice(length: head.length) ?? ByteBuffer()
                return LoadAnswer(status: head.status, body: body, isLast: head.isLast)
            }
        }

        /// The header of an answer.
        private struct Head {
            /// Its bytes, with the empty line at its end.
            var count: Int
            var status: Int
            var length = 0
            var isChunked = false
            var isLast: Bool
        }

        private func readHead() throws(AnswerError) -> Head? {
            let view = bytes.readableBytesView
            do {
                return try view.withUnsafeBytes { try Self.head(of: $0) }
            } catch let error as AnswerError { throw error } catch { throw .badHead }
        }

        private static func head(of text: UnsafeRawBufferPointer) throws(AnswerError) -> Head? {
            guard var end = lineEnd(in: text, from: 0) else {
                if text.count > headBytesMax { throw .badHead }
                return nil
            }
            // `HTTP/1.1 200`
            guard end >= 12, text.starts(with: "HTTP/1.".utf8), text[8] == UInt8(ascii: " "),
                let status = number(text[9..<12]), status >= 100
            else { throw .noStatus }
            var head = Head(count: 0, status: status, isLast: text[7] == UInt8(ascii: "0"))
            while true {
                let start = end + 2
                guard let next = lineEnd(in: text, from: start) else {
                    if text.count > headBytesMax { throw .badHead }
                    return nil
                }
                if next == start {
                    head.count = next + 2
                    return head
                }
                try read(text[start..<next], into: &head)
                end = next
            }
        }

        /// Where the next line ends, before its `\r\n`.
        private static func lineEnd(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
            var place = start
            while place < text.count, let base = text.baseAddress,
                let found = memchr(base + place, 10, text.count - place)
            {
                let feed = UnsafeRawPointer(found) - base
                if feed > start, text[feed - 1] == 13 { return feed - 1 }
                place = feed + 1
            }
            return nil
        }

        /// Takes from a field what it says of the body.
        private static func read(
            _ line: Slice<UnsafeRawBufferPointer>, into head: inout Head
        ) throws(AnswerError) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .badHead }
            let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
            switch colon - line.startIndex {
            case 14 where isSame(line[..<colon], "content-length"):
                guard let length = number(value), length <= bodyBytesMax else {
                    throw .badLength
                }
                head.length = length
            case 17 where isSame(line[..<colon], "transfer-encoding"):
                guard isSame(value, "chunked") else { throw .badLength }
                head.isChunked = true
            case 10 where isSame(line[..<colon], "connection"):
                if isSame(value, "close") { head.isLast = true }
                if isSame(value, "keep-alive") { head.isLast = false }
            default: break
            }
        }

        private static func isSame(_ text: Slice<UnsafeRawBufferPointer>, _ name: StaticString)
            -> Bool
        {
            guard text.count == name.utf8CodeUnitCount else { return false }
            return zip(text, UnsafeBufferPointer(start: name.utf8Start, count: text.count))
                .allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $1 >= UInt8(ascii: "a") }
        }

        private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
            let digits = digits.prefix { $0 != 32 }
            guard (1...9).contains(digits.count) else { return nil }
            var value = 0
            for digit in digits {
                guard (48...57).contains(digit) else { return nil }
                value = value * 10 + Int(digit - 48)
            }
            return value
        }

        /// A body in chunks, and how many bytes it and the header before it have; nil if it is not all
        /// there.
        private static func chunkedBody(
            _ bytes: ByteBuffer, from start: Int
        ) throws(AnswerError) -> (ByteBuffer, Int)? {
            var (rest, body) = (bytes, ByteBuffer())
            rest.moveReaderIndex(forwardBy: start)
            while true {
                guard let line = readLine(&rest) else {
                    if rest.readableBytes > headBytesMax { throw .badLength }
                    return nil
                }
                // What comes after a `;` is of no interest.
                let digits = line.prefix { $0 != ";" && $0 != " " }
                guard let length = Int(digits, radix: 16), (0...bodyBytesMax).contains(length),
                    body.readableBytes + length <= bodyBytesMax
                else { throw .badLength }
                guard length > 0 else { break }
                guard var chunk = rest.readSlice(length: length) else { return nil }
                body.writeBuffer(&chunk)
                guard let end = readLine(&rest) else { return nil }
                guard end.isEmpty else { throw .badLength }
            }
            // Fields may follow, and then an empty line.
            while let line = readLine(&rest) {
                if line.isEmpty { return (body, bytes.readableBytes - rest.readableBytes) }
            }
            return nil
        }

        private static func readLine(_ rest: inout ByteBuffer) -> String? {
            let end = rest.readableBytesView.withUnsafeBytes { lineEnd(in: $0, from: 0) }
            guard let end, let line = rest.readString(length: end) else { return nil }
            rest.moveReaderIndex(forwardBy: 2)
            return line
        }
    }
#endif
