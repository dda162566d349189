package import JSONScan

extension TargetInput {
    /// Reads a target's input as EventBridge's `PutTargets` has it: `Input`, `InputPath` or
    /// `InputTransformer` with `InputPathsMap` and `InputTemplate`; none of them for the whole event.
    ///
    /// - Parameters:
    ///   - value: the target, an object.
    ///   - target: the target's id, for the error.
    /// - Throws: the first thing that is wrong.
    package init(_ value: JSONValue, target: String) throws(TargetInputError) {
        let names: [ExactString] = ["Input", "InputPath", "InputTransformer"]
        let given = names.filter { value[$0] != nil }
        guard given.count <= 1 else { throw .severalInputs(target: target) }
        func text(_ value: JSONValue?, _ what: String) throws(TargetInputError) -> String {
            guard let text = value?.string else { throw .notText(what, target: target) }
            return text.description
        }
        switch given.first {
        case "Input":
            let input = try text(value["Input"], "Input")
            if let error = JSONError.first(inValue: Array(input.utf8)) {
                throw .invalidInput(input, error, target: target)
            }
            self = .constant(input)
        case "InputPath": self = .path(try InputPath(try text(value["InputPath"], "InputPath")))
        case "InputTransformer":
            let transformer = value["InputTransformer"]
            guard transformer?.kind == .object else {
                throw .notObject("InputTransformer", target: target)
            }
            for member in transformer?.members ?? []
            where !["InputPathsMap", "InputTemplate"].contains(member.key) {
                throw .unknownMember("InputTransformer.\(member.key)", target: target)
            }
            var paths: [String: String] = [:]
            let map = transformer?["InputPathsMap"]
            guard map == nil || map?.kind == .object else {
                throw .notObject("InputPathsMap", target: target)
            }
            for member in map?.members ?? [] {
                paths[member.key.description] = try text(
                    member.value, "InputPathsMap.\(member.key)")
            }
            self = .transformer(
                try InputTransformer(
                    paths: paths,
                    template: try text(transformer?["InputTemplate"], "InputTemplate"),
                    target: target))
        default: self = .event
        }
    }
}
