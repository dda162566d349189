#if Server
    internal import InternalSystem

    /// Remembers signatures, so that each is good once: for as long as the clocks of both sides may
    /// differ, after which it is too old anyway.
    ///
    /// Clients of AWS sign a new id for each attempt (`amz-sdk-invocation-id`, `amz-sdk-request`),
    /// so theirs always differ. Others may send the same request twice within a second, which has
    /// the same signature then, and is refused here.
    ///
    /// Two sets take turns, so that forgetting costs nothing. At most `countMax` signatures are
    /// held, 32 bytes or so each; beyond that the older half is forgotten too early, which is
    /// counted in ``forgottenCount``. From any thread.
    public final class RepeatWindow: Sendable {
        /// The first 16 bytes of a signature. It is the output of an HMAC: nobody without the
        /// secret can make two that begin the same.
        private struct Mark: Hashable {
            let high: UInt64
            let low: UInt64
        }

        private struct State {
            var young: Set<Mark> = []
            var old: Set<Mark> = []
            /// When `young` began.
            var began = SignatureTime(secondsSinceEpoch: .min / 2)
            var forgotten = 0
        }

        private let state = Guarded(State())
        private let halfMax: Int
        /// How long a signature may come after the first time: from the one end of the skew to the
        /// other.
        private static let seconds = 2 * SignatureV4.skewSecondsMax

        /// An empty window.
        ///
        /// - Parameter countMax: the most signatures that are held; a quarter of a million have 16
        ///   MB.
        public init(countMax: Int = 1 << 18) {
            precondition(countMax >= 2, "a window holds at least two signatures")
            halfMax = countMax / 2
        }

        /// How many signatures were forgotten before their time, for want of room.
        public var forgottenCount: Int { state.withLock { $0.forgotten } }
        /// How many are held.
        public var count: Int { state.withLock { $0.young.count + $0.old.count } }

        /// Takes a signature that was verified, if it is new. O(1).
        func take(_ signature: String, at now: SignatureTime) -> Bool {
            let mark = Self.mark(signature)
            return state.withLock { state in
                let age = now.secondsSinceEpoch - state.began.secondsSinceEpoch
                if age >= 2 * Self.seconds {
                    state.old = []
                    state.young = []
                    state.began = now
                } else if age >= Self.seconds || state.young.count >= halfMax {
                    if age < Self.seconds { state.forgotten += state.old.count }
                    state.old = state.young
                    state.young = []
                    state.began = now
                }
                if state.old.contains(mark) { return false }
                return state.young.insert(mark).inserted
            }
        }

        private static func mark(_ signature: String) -> Mark {
            let digits = signature.utf8.prefix(32)
            func number(_ digits: some Sequence<UInt8>) -> UInt64 {
                digits.reduce(0) { $0 << 4 | UInt64($1 < 0x3A ? $1 - 0x30 : $1 - 0x57) }
            }
            return Mark(high: number(digits.prefix(16)), low: number(digits.dropFirst(16)))
        }
    }
#endif
