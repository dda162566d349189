extension Workload {
    /// City lots as GeoJSON, with five rules of one kind of operator each: `geojson-exact`,
    /// `geojson-wildcard`, `geojson-prefix`, `geojson-suffix`, `geojson-ignore-case`,
    /// `geojson-numeric`, `geojson-anything-but` (with its forms) and `geojson-arrays`.
    ///
    /// - Events: 898 bytes on average, the same for all eight. Nine properties; a polygon whose
    ///   vertices are arrays of numbers in one half of the events and objects in the other.
    /// - Rules: five (any number can be made); in `geojson-arrays` with 2 to 5 fields inside one array
    ///   of objects, which often match in different objects only, and then must not match.
    /// - Matches: 0.1 to 2.8 of the five; see ``expectedMatches(ruleCount:)``.
    /// - Shows: what each operator costs where almost all of an event is skipped, in the shape in
    ///   which other engines publish their figures.
    public static let geoJSON = GeoJSONRules.Family.allCases.map { family in
        Workload(
            name: "geojson-" + family.rawValue,
            summary: "GeoJSON city lots of 898 bytes, 5 rules of one kind: " + family.rawValue,
            ruleCounts: [5], bytesPerEvent: 898,
            expectedMatches: { _ in GeoJSONRules.matchesOfFive(family) },
            patterns: { numbers, count in GeoJSONRules.patterns(family, &numbers, count) },
            event: GeoJSONEvents.write)
    }
}

extension GeoJSONRules {
    /// How many of the first five rules match an event on average, measured over 100,000 events.
    static func matchesOfFive(_ family: Family) -> Double {
        switch family {
        case .exact: 0.131
        case .wildcard: 0.125
        case .prefix: 0.236
        case .suffix: 0.171
        case .ignoreCase: 0.138
        case .numeric: 1.101
        case .anythingBut: 2.785
        case .arrays: 0.677
        }
    }
}
