#if Server
    internal import InternalSystem

    /// How many of something there can be at a time.
    final class AdminPlaces: Sendable {
        private let max: Int
        private let what: String
        private let taken = Guarded(0)

        /// - Parameter what: what it is, for those who find no place.
        init(_ max: Int, of what: String) {
            self.max = max
            self.what = what
        }

        /// How many there are now.
        var count: Int { taken.withLock { $0 } }

        /// Takes a place, which is free again when nobody holds it any more.
        ///
        /// - Throws: there is none.
        func take() throws(AdminFailure) -> Place {
            let isFree = taken.withLock { taken in
                guard taken < max else { return false }
                taken += 1
                return true
            }
            guard isFree else { throw .busy("There are \(max) \(what) already: try again later.") }
            return Place(of: self)
        }

        /// One of them.
        final class Place: Sendable {
            private let owner: AdminPlaces

            fileprivate init(of owner: AdminPlaces) { self.owner = owner }

            deinit { owner.taken.withLock { $0 -= 1 } }
        }
    }
#endif
