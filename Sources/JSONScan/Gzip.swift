/// Texts that were compressed as a whole.
package enum Gzip {
    /// Why a text can't be had.
    package enum Failure: Error, Hashable {
        /// It is damaged, or not what gzip writes.
        case damaged(String)
        /// It is longer than it may be.
        case tooLong(limit: Int)
        /// This system has no zlib.
        case notAvailable
    }

    /// What was compressed. O(its bytes).
    ///
    /// - Parameter bytesMax: how long it may be: no more is ever taken of memory, whatever the data says.
    package static func inflated(
        _ bytes: [UInt8], bytesMax: Int
    ) throws(Failure) -> [UInt8] {
        guard GzipInflater.isAvailable else { throw .notAvailable }
        // What is shorter than gzip's own header is none.
        guard bytes.count >= 18 else { throw .damaged("the gzip data ends early") }
        var rest = bytes.dropFirst(18)
        guard let inflater = GzipInflater(head: Array(bytes.prefix(18))) else {
            throw .notAvailable
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        do throws(GzipInflater.Failure) {
            while true {
                let count = try buffer.withUnsafeMutableBytes { buffer in
                    Result { () throws(GzipInflater.Failure) in try inflater.inflate(into: buffer) }
                }.get()
                if let count {
                    guard output.count + count <= bytesMax else { throw .damaged(tooLong) }
                    output += buffer[..<count]
                    continue
                }
                let isMore = inflater.refill { input in
                    let next = rest.prefix(input.count)
                    input.copyBytes(from: next)
                    rest = rest.dropFirst(next.count)
                    return next.count
                }
                if !isMore { break }
            }
            _ = try inflater.finish()
            return output
        } catch {
            switch error {
            case .damaged(tooLong): throw .tooLong(limit: bytesMax)
            case .damaged(let reason): throw .damaged(reason)
            case .reading: throw .damaged("it can't be read")
            }
        }
    }

    private static let tooLong = "too long"
}
