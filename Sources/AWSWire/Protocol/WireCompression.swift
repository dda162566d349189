internal import JSONScan

extension WireRequest {
    /// Decompresses the body, if the request says that it is compressed.
    ///
    /// - Parameter bytesMax: the most bytes that it may have then.
    /// - Throws: it is not what the request says, or too large.
    public mutating func decompress(bytesMax: Int) throws(ServiceError) {
        guard let encoding = header("content-encoding"), encoding != "identity" else { return }
        guard encoding == "gzip" else {
            throw .serialization("Content-Encoding \(encoding) is not known here; gzip is.")
        }
        do throws(Gzip.Failure) { body = try Gzip.inflated(body, bytesMax: bytesMax) } catch {
            switch error {
            case .damaged(let reason): throw .serialization("The body can't be read: \(reason)")
            case .tooLong(let limit): throw .tooLarge(limit: limit)
            case .notAvailable: throw .serialization("This machine has no zlib to read gzip with.")
            }
        }
    }
}

extension ServiceError {
    /// A body of more bytes than are taken.
    public static func tooLarge(limit: Int) -> ServiceError {
        ServiceError(
            "RequestEntityTooLargeException", "The body has more than \(limit) bytes.", status: 413)
    }
}
