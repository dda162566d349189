#if Server
    internal import Dispatch

    /// Work that waits for a disk, or computes for long, where that holds up nobody else.
    enum BlockingWork {
        /// Does it, and gives what comes of it.
        static func run<Output: Sendable, Failure: Error>(
            _ body: @escaping @Sendable () throws(Failure) -> Output
        ) async throws(Failure) -> Output {
            let result = await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(returning: Result { () throws(Failure) in try body() })
                }
            }
            return try result.get()
        }
    }
#endif
