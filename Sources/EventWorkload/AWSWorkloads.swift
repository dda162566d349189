extension Workload {
    /// What an account's AWS services and shops send, and rules as people write them.
    ///
    /// - Events: 1.14 KB on average, from 0.36 KB (EC2 state change) to 2.1 KB (CloudTrail calls, ECS
    ///   tasks, GuardDuty findings); orders with arrays of items; some text beyond ASCII and some
    ///   escapes; compact JSON with the envelope in AWS's order.
    /// - Rules: 2 / 4 / 7 fields (median, 90th percentile, largest). Of 100 rules 85 have an exact
    ///   value, 9 a prefix, 5 anything-but, 4 exists, 4 numeric, and 1.5 each suffix, cidr, wildcard,
    ///   equals-ignore-case and `$or`: the shares of 228 patterns in public templates.
    /// - Matches: 0.0018 to 0.0019 of many rules match an event, so 18 of 10,000 and 184 of 100,000;
    ///   the first rule, which every tutorial has, matches 4% of the events.
    /// - Shows: how the router does on ordinary input, and how cost grows with rules.
    public static let aws = Workload(
        name: "aws", summary: "AWS-like events of 1.14 KB, rules with mixed operators",
        ruleCounts: [1, 10, 100, 1_000, 10_000, 100_000], bytesPerEvent: 1_140,
        expectedMatches: { $0 == 0 ? 0 : 0.04 + Double($0) * 0.001_84 },
        patterns: AWSRules.patterns,
        event: AWSEvents.write)

    /// The same events, and rules of many tenants, each for one account.
    ///
    /// - Events: those of `aws`; they come from 1,000 accounts.
    /// - Rules: two fields. Rule `n` pins account number `n`, and one more field that a tenth of all
    ///   events have. Most accounts have a rule and no event, as on a bus that many tenants share.
    /// - Matches: 0.1 of all rules together, whether there are 1,000 or 100,000.
    /// - Shows: that cost follows what matches and not the number of rules.
    public static let pinned = Workload(
        name: "pinned", summary: "the events of aws, each rule pinned to an account",
        ruleCounts: [1_000, 10_000, 100_000], bytesPerEvent: 1_140,
        expectedMatches: { 0.1 * Double(min($0, AWSPools.accountCount)) / 1_000 },
        patterns: PinnedRules.patterns, event: AWSEvents.write)
}

/// Rules that pin an account and one more field.
enum PinnedRules {
    /// What else a rule wants. Together they match about a tenth of the events.
    private static let others = [
        #""source":["aws.ec2"]"#,
        #""source":["aws.ecs"]"#,
        #""detail-type":["GuardDuty Finding","AWS Health Event"]"#,
        #""detail-type":[{"prefix":"EC2 Instance "}]"#,
        #""region":["eu-west-1"]"#,
        #""region":["us-east-1","us-east-2"]"#,
        #""detail":{"reason":["PutObject","CopyObject"]}"#,
        #""detail":{"containers":{"exitCode":[{"exists":true}]}}"#,
        #""detail":{"readOnly":[true]}"#,
        #""detail":{"userIdentity":{"type":["AssumedRole","IAMUser"]}}"#,
        #""detail":{"object":{"size":[{"numeric":[">=",50000000]}]}}"#,
        #""detail":{"channel":[{"anything-but":["Web","iOS"]}]}"#,
        #""detail":{"shipping":{"method":["express","pickup"]}}"#,
    ]

    /// Makes `count` different patterns: no two have the same account.
    static func patterns(_ numbers: inout SeededNumbers, _ count: Int) -> [String] {
        (0..<count).map { position in
            let account = AWSPools.account(position)
            let other = numbers.pick(others)
            return other.hasPrefix("\"detail\"")
                ? #"{"account":[""# + account + #""],"# + other + "}"
                : "{" + other + #","account":[""# + account + #""]}"#
        }
    }
}
