#if Server
    internal import EventEnvelope
    internal import JSONScan

    /// What the admin API is asked for: the parts of a request, each read as what it is meant to be.
    struct AdminRequest: Sendable {
        /// The parts of its address that stand for something: `name` of `/replays/{name}`.
        let parameters: [String: String]
        /// What is behind its `?`.
        let query: [String: String]
        /// Its body, as it came.
        let body: [UInt8]

        /// The body as a JSON object that has no members but these.
        ///
        /// - Throws: it is none, or has others.
        func object(_ names: Set<String>) throws(AdminFailure) -> AdminObject {
            try AdminObject(body, names)
        }

        /// A whole number of the query.
        ///
        /// - Throws: it is none, or out of range.
        func number(
            _ name: String, in range: ClosedRange<Int>, default otherwise: Int
        ) throws(AdminFailure) -> Int {
            guard let text = query[name] else { return otherwise }
            guard let number = Int(text), range.contains(number) else {
                throw .invalid(
                    "\(name): \"\(text)\" is no whole number from \(range.lowerBound) to "
                        + "\(range.upperBound)")
            }
            return number
        }

        /// Where names are looked up that the query has: the account and region that it names.
        ///
        /// - Throws: they can be none.
        func scope(_ own: ResourceScope) throws(AdminFailure) -> ResourceScope {
            try ResourceScope(query["account"], query["region"], default: own)
        }

        /// Whether something is in the account and region that the query names, if it does.
        ///
        /// - Parameter own: those of whoever names none.
        /// - Throws: they can be none.
        func isWanted(
            _ own: ResourceScope
        ) throws(AdminFailure) -> (ResourceScope) -> Bool {
            let named = try scope(own)
            return { [query] scope in
                (query["account"] == nil || scope.account == named.account)
                    && (query["region"] == nil || scope.region == named.region)
            }
        }
    }

    /// A JSON object that a request brought, whose members are read as what they are meant to be.
    struct AdminObject: Sendable {
        /// A member as it was written.
        private struct Member: Sendable {
            var kind: JSONValue.Kind
            var json: [UInt8]
            var text: String?
        }

        private let members: [String: Member]

        /// Reads an object; of a repeated member the last one counts.
        ///
        /// - Throws: it is none, something follows it, or it has a member besides these.
        init(_ json: [UInt8], _ names: Set<String>) throws(AdminFailure) {
            members = try JSONValue.reading(
                json, orThrow: { AdminFailure.invalid("The body can't be read: \($0)") }
            ) { value throws(AdminFailure) in
                guard json[value.index.textLength...].allSatisfy({ " \n\r\t".utf8.contains($0) })
                else { throw .invalid("The body has something behind its object.") }
                var members: [String: Member] = [:]
                for member in value.members {
                    let name = member.key.description
                    guard names.contains(name) else {
                        let known = names.sorted().joined(separator: ", ")
                        throw .invalid("\(name) is not known here: expected some of \(known)")
                    }
                    members[name] = Member(
                        kind: member.value.kind, json: Array(member.value.text),
                        text: member.value.string?.description)
                }
                return members
            }
        }

        /// A string; nil where there is none, or null.
        ///
        /// - Throws: it is something else.
        func text(_ name: String) throws(AdminFailure) -> String? {
            guard let member = members[name], member.kind != .null else { return nil }
            guard let text = member.text else { throw .invalid("\(name): expected a string") }
            return text
        }

        /// The JSON of an object; nil where there is none, or null.
        ///
        /// - Throws: it is something else.
        func object(_ name: String) throws(AdminFailure) -> [UInt8]? {
            guard let member = members[name], member.kind != .null else { return nil }
            guard member.kind == .object else { throw .invalid("\(name): expected an object") }
            return member.json
        }

        /// A number; nil where there is none, or null.
        ///
        /// - Throws: it is something else, or out of range.
        func number(
            _ name: String, in range: ClosedRange<Double>
        ) throws(AdminFailure) -> Double? {
            guard let member = members[name], member.kind != .null else { return nil }
            guard member.kind == .number,
                let number = Double(String(decoding: member.json, as: UTF8.self)),
                range.contains(number)
            else {
                throw .invalid(
                    "\(name): expected a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }

        /// A whole number; `otherwise` where there is none, or null.
        ///
        /// - Throws: it is something else, or out of range.
        func number(
            _ name: String, in range: ClosedRange<Int>, default otherwise: Int
        ) throws(AdminFailure) -> Int {
            guard let member = members[name], member.kind != .null else { return otherwise }
            guard member.kind == .number,
                let number = Int(String(decoding: member.json, as: UTF8.self)),
                range.contains(number)
            else {
                throw .invalid(
                    "\(name): expected a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound)")
            }
            return number
        }

        /// A moment as in `2026-11-30T12:00:00Z`; nil where there is none, or null.
        ///
        /// - Throws: it is something else.
        func time(_ name: String) throws(AdminFailure) -> EventTime? {
            guard let text = try text(name) else { return nil }
            guard let time = EventTime(text) else {
                throw .invalid("\(name): expected a time as in 2026-11-30T12:00:00Z")
            }
            return time
        }

        /// Whether there is a member, be it null.
        func has(_ name: String) -> Bool { members[name] != nil }

        /// Where names are looked up: the account and region that it names.
        ///
        /// - Throws: they can be none.
        func scope(_ own: ResourceScope) throws(AdminFailure) -> ResourceScope {
            try ResourceScope(try text("account"), try text("region"), default: own)
        }
    }

    extension ResourceScope {
        /// What a request names of an account and a region.
        ///
        /// - Throws: they can be none.
        fileprivate init(
            _ account: String?, _ region: String?, default own: ResourceScope
        ) throws(AdminFailure) {
            self.init(account: account ?? own.account, region: region ?? own.region)
            guard Self.isAccount(self.account) else {
                throw .invalid("account: expected a number of 12 digits")
            }
            guard !self.region.isEmpty else { throw .invalid("region: expected a region's name") }
        }
    }
#endif
