#if HTTP
    import Switchyard

    /// The requests of a target, of whose parameters some may be places in the event: `$.detail.id`.
    ///
    /// Where none is, there is one plan for all events; else one is made for each event.
    struct RequestTemplate: Sendable {
        /// A parameter's value.
        fileprivate enum Value: Sendable {
            case constant(String)
            case path(InputPath)

            /// What begins like a path has to be one.
            init(_ text: String) throws(HTTPDestinationError) {
                guard text == "$" || text.hasPrefix("$.") || text.hasPrefix("$[") else {
                    self = .constant(text)
                    return
                }
                do throws(TargetInputError) { self = .path(try InputPath(text)) } catch {
                    throw .parameterPath(text, reason: "\(error)")
                }
            }

            var isConstant: Bool { if case .constant = self { true } else { false } }

            func text(in event: [UInt8], for what: String) throws(DeliveryError) -> String {
                switch self {
                case .constant(let text): return text
                case .path(let path):
                    guard let text = path.text(in: event) else {
                        throw DeliveryError(
                            .invalidParameter, "the event has nothing at \(path), for \(what)")
                    }
                    return text
                }
            }
        }

        private let destination: APIDestination
        private let pathValues: [Value]
        private let parameters: [(parameter: HTTPParameter, value: Value)]
        /// The plan where nothing depends on the event.
        private let plan: RequestPlan?

        /// Checks all that can be checked without an event.
        init(
            _ destination: APIDestination, pathValues: [String], parameters: [HTTPParameter]
        ) throws(HTTPDestinationError) {
            self.destination = destination
            var values: [Value] = []
            for text in pathValues { values.append(try Value(text)) }
            var pairs: [(parameter: HTTPParameter, value: Value)] = []
            for parameter in parameters { pairs.append((parameter, try parameter.value)) }
            self.pathValues = values
            self.parameters = pairs
            let plan = try RequestPlan(
                destination, pathValues: pathValues, parameters: parameters)
            let isConstant =
                values.allSatisfy(\.isConstant) && pairs.allSatisfy(\.value.isConstant)
            self.plan = isConstant ? plan : nil
        }

        /// The plan of the request for an event.
        ///
        /// - Throws: why there can't be any: the event has nothing at a path, or something that can't
        ///   be there.
        func plan(for event: [UInt8]) throws(DeliveryError) -> RequestPlan {
            if let plan { return plan }
            var texts: [String] = []
            for (position, value) in pathValues.enumerated() {
                let text = try value.text(in: event, for: "path value \(position + 1)")
                if !value.isConstant, text == "." || text == ".." {
                    throw DeliveryError(
                        .invalidParameter, "\"\(text)\" as a path value would lead elsewhere")
                }
                texts.append(text)
            }
            var filled: [HTTPParameter] = []
            for (parameter, value) in parameters {
                filled.append(try parameter.with(value.text(in: event, for: parameter.words)))
            }
            do throws(HTTPDestinationError) {
                return try RequestPlan(destination, pathValues: texts, parameters: filled)
            } catch {
                throw DeliveryError(.invalidParameter, "\(error)")
            }
        }
    }

    extension HTTPParameter {
        /// What the parameter says of its value: only in headers and queries can it be a path.
        fileprivate var value: RequestTemplate.Value {
            get throws(HTTPDestinationError) {
                switch self {
                case .header(_, let text), .query(_, let text): try RequestTemplate.Value(text)
                case .body(_, let text): .constant(text)
                }
            }
        }

        fileprivate func with(_ value: String) -> HTTPParameter {
            switch self {
            case .header(let name, _): .header(name, value)
            case .query(let name, _): .query(name, value)
            case .body(let name, _): .body(name, value)
            }
        }

        fileprivate var words: String {
            switch self {
            case .header(let name, _): "the header \(name)"
            case .query(let name, _): "\(name) in the query"
            case .body(let name, _): "\(name) in the body"
            }
        }
    }
#endif
