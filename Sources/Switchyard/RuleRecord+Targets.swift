internal import JSONScan

extension RuleRecord {
    /// The members of `Target` in the reference of EventBridge's API. Those that say nothing of the
    /// input are passed over: a file made of `ListTargetsByRule` can be used as it is.
    private static let targetMembers: Set<String> = [
        "Id", "Arn", "RoleArn", "Input", "InputPath", "InputTransformer", "AppSyncParameters",
        "BatchParameters", "DeadLetterConfig", "EcsParameters", "HttpParameters",
        "KinesisParameters", "RedshiftDataParameters", "RetryPolicy", "RunCommandParameters",
        "SageMakerPipelineParameters", "SqsParameters",
    ]

    /// What the rule's targets would get.
    func targets() throws(LineProblem) -> [DryRun.Candidate.Target] {
        var targets: [DryRun.Candidate.Target] = []
        guard let list = value["targets"] ?? value["Targets"], list.kind != .null else {
            return targets
        }
        guard list.kind == .array else {
            throw problem("rule \"\(name)\": the targets are a list of objects", at: list.offset)
        }
        for target in list.elements {
            guard target.kind == .object, let id = target["Id"]?.string?.description else {
                throw problem("a target is an object with an \"Id\", a string", at: target.offset)
            }
            for member in target.members
            where !Self.targetMembers.contains(member.key.description) {
                throw problem(
                    "target \"\(id)\": there is no member \"\(member.key)\" of a target",
                    at: target.offset)
            }
            guard !targets.contains(where: { $0.id == id }) else {
                throw problem(
                    "another target of this rule has the Id \"\(id)\"", at: target.offset)
            }
            do throws(TargetInputError) {
                targets.append(
                    DryRun.Candidate.Target(id: id, input: try TargetInput(target, target: id)))
            } catch { throw problem(error.description, at: target.offset) }
        }
        return targets
    }
}
