/// Operands of rules: parts of the values in ``AWSPools``, each as likely as the others of its pool.
extension AWSPools {
    static let teamPrefixes = ValuePool(teams.map { $0 + "-" })
    static let bucketFamilies = ValuePool(teams, "-", purposes.map { $0 + "-" })
    static let bucketSuffixes = ValuePool(purposes.map { "-" + $0 }, "-", environments)

    /// The last digit of an object's name and its extension.
    static let objectEndings = ValuePool("0123456789abcdef".map { String($0) }, "", extensions.all)
    static let objectKeys = ValuePool(directories.all, "*", extensions.all)
    static let instanceWildcards = ValuePool(count: 256) { value in
        var text = TextWriter()
        text.text("i-0*")
        text.hexadecimal(UInt64(value), digits: 2)
        return text.string
    }

    /// The first three of a product number's five digits.
    static let skuPrefixes = ValuePool(count: 850) { "SKU-\(100 + $0)" }
    static let quietSKUs = ValuePool(count: skus.count) { skus.text($0).lowercased() }
    static let quantities = ValuePool((1...9).map { String($0) }, isQuoted: false)

    static let shoutedRoles = roles.shouted
    static let shoutedContainers = containers.shouted
    static let shoutedScalingGroups = scalingGroups.shouted

    /// Three letters tell all teams apart.
    static let groupWildcards = ValuePool(
        teams.map { "service:" + $0.prefix(3) }, "*-",
        ["api", "web", "worker", "cron", "proxy", "stream", "sync", "cache", "auth", "admin"])
    static let scalingWildcards = ValuePool(count: scalingGroups.count) { position in
        let group = scalingGroups.text(position)
        let job = group.split(separator: "-").last ?? ""
        return "\(group.prefix(3))*-\(job)"
    }
    static let stateMachineEndings = ValuePool(count: stateMachines.count) {
        ":" + stateMachines.text($0)
    }
}
