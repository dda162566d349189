#if HTTP
    /// When requests may be sent so that there are no more a second than a limit: one after the other
    /// at even distances, after a pause up to a tenth of a second's worth at once.
    ///
    /// It is the virtual scheduling form of the generic cell rate algorithm (ITU-T I.371).
    struct InvocationPace {
        private let interval: Duration
        private let tolerance: Duration
        private var next: Duration = .zero

        /// - Parameter perSecond: at least 1.
        init(perSecond: Int) {
            interval = .seconds(1) / perSecond
            tolerance = max(.milliseconds(100) - interval, .zero)
        }

        /// Takes the next turn, and gives how long to wait for it. O(1).
        ///
        /// - Parameter now: the time since any fixed moment.
        mutating func takeTurn(at now: Duration) -> Duration {
            next = max(next, now - tolerance)
            defer { next += interval }
            return max(next - now, .zero)
        }
    }

    /// A pace that tasks share.
    package actor SharedPace {
        private var pace: InvocationPace
        private let start = ContinuousClock.now

        /// - Parameter perSecond: at least 1.
        package init(perSecond: Int) {
            pace = InvocationPace(perSecond: perSecond)
        }

        /// Returns when it is one's turn.
        func wait() async throws {
            let delay = pace.takeTurn(at: ContinuousClock.now - start)
            if delay > .zero { try await Task.sleep(for: delay) }
        }
    }
#endif
