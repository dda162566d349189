import EventWorkload
import JSONScan
import Testing

/// What a pattern is made of.
private struct Shape {
    var fields = 0
    var operators: Set<String> = []

    init(_ pattern: String, _ scanner: inout StructuralScanner) throws {
        try Array(pattern.utf8).withUnsafeBytes { try self.read(JSONValue(scanner.scan($0))) }
    }

    private mutating func read(_ object: JSONValue) {
        for member in object.members {
            if member.value.kind == .object {
                self.read(member.value)
            } else if member.key.description == "$or" {
                self.operators.insert("$or")
                for branch in member.value.elements { self.read(branch) }
            } else {
                self.fields += 1
                for element in member.value.elements {
                    self.operators.insert(element.members.first?.key.description ?? "exact")
                }
            }
        }
    }
}

@Suite struct RuleShapeTests {
    /// Of 100 rules, how many use an operator: the shares of 228 patterns in public templates.
    static let shares: [(name: String, percent: ClosedRange<Double>)] = [
        ("exact", 82...88), ("prefix", 7.5...10.5), ("anything-but", 4...6), ("exists", 3...5),
        ("numeric", 3...5), ("suffix", 1...2), ("cidr", 1...2), ("wildcard", 1...2),
        ("equals-ignore-case", 1...2), ("$or", 1...2),
    ]

    @Test("AWS rules have the operators and numbers of fields of real ones")
    func shapes() throws {
        var scanner = StructuralScanner()
        let shapes = try Workload.aws.rules(count: 1_500).map { try Shape($0.pattern, &scanner) }
        for (name, percent) in Self.shares {
            let share = Double(shapes.count { $0.operators.contains(name) }) / 15
            #expect(percent.contains(share), "\(share)% of the rules have \(name)")
        }
        let fields = shapes.map(\.fields).sorted()
        #expect(fields[750] == 2)
        #expect(fields[1_350] == 4)
        #expect(fields.last == 7)
    }
}
