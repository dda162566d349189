#if Server
    internal import Switchyard

    /// Refuses targets that write files or run programs, where who asks for them may be somebody else than
    /// who runs the server: programs always, files if others can reach it. Who runs the server may allow
    /// both, or name a program itself (`--target ARN=command:...`), which is no matter of this guard.
    struct LocalTargetGuard: TargetAdapter {
        let allowsFiles: Bool
        let allowsPrograms: Bool

        func target(
            for definition: TargetDefinition, of rule: RuleID
        ) throws(TargetAdapterError) -> Target? {
            let what: String
            switch definition.destination {
            case .file where !allowsFiles: what = "write files"
            case .process where !allowsPrograms: what = "run programs"
            default: return nil
            }
            throw .refused(
                target: definition.id, arn: definition.arn,
                reason: "targets that \(what) are not allowed here: start the server with "
                    + "--allow-local-targets")
        }
    }
#endif
