/// City lots as GeoJSON features: the shape that engines of event patterns are often measured with.
///
/// The lots are invented. Half of them have their vertices as `[longitude, latitude, 0.0]`, half as
/// objects `{"seq", "side", "x", "y", "z"}`, so that rules can name several fields inside one array.
enum GeoJSONEvents {
    static let streets = ValuePool(
        ["NORTH ", "SOUTH ", "EAST ", "WEST ", "OLD ", "UPPER ", "LOWER ", "LITTLE ", "LONG ", ""],
        "",
        [
            "HARBOR", "BEACON", "CEDAR", "DOLORES", "ELLSWORTH", "FERRY", "GRANITE", "HAWTHORN",
            "IVY", "JUNIPER", "KESTREL", "LAUREL", "MAGNOLIA", "NAPLES", "ORCHARD", "PRESIDIO",
            "QUARRY", "REDWOOD", "SUMMIT", "TELEGRAPH",
        ])
    static let streetTypes = ValuePool(["ST", "AVE", "BLVD", "CT", "DR", "LN", "PL", "WAY"])
    static let sides = ValuePool(["N", "E", "S", "W"])
    static let blockCount = 6_000
    static let lotCount = 120
    static let houseNumberLimit = 4_000

    /// Longitudes and latitudes, in units of the last decimal: 10^-13 and 10^-14 degrees. Such
    /// numbers have 16 digits, the most for which every decimal is the shortest of its double.
    static let longitudes = -1_225_100_000_000_000 ... -1_223_600_000_000_000
    static let latitudes = 3_771_000_000_000_000...3_781_000_000_000_000

    /// Writes the feature at a position.
    static func write(_ out: inout TextWriter, _ numbers: inout SeededNumbers, _ position: Int) {
        let block = numbers.within(1...blockCount)
        let lot = numbers.within(1...lotCount)
        let from = numbers.below(houseNumberLimit)
        out.text(#"{"type":"Feature","properties":{"MAPBLKLOT":""#)
        out.decimal(block, digits: 4)
        out.decimal(lot, digits: 3)
        out.text(#"","BLKLOT":""#)
        out.decimal(block, digits: 4)
        out.decimal(lot, digits: 3)
        // A lot may be one of several on the same piece of land.
        if numbers.chance(percent: 30) { out.byte(UInt8(ascii: "A") + UInt8(numbers.below(6))) }
        out.text(#"","BLOCK_NUM":""#)
        out.decimal(block, digits: 4)
        out.text(#"","LOT_NUM":""#)
        out.decimal(lot, digits: 3)
        out.text(#"","FROM_ST":""#)
        out.decimal(from)
        out.text(#"","TO_ST":""#)
        out.decimal(from + 2 * numbers.below(4))
        out.text(#"","STREET":"#)
        out.json(streets, numbers.below(streets.count))
        out.text(#","ST_TYPE":"#)
        if numbers.chance(percent: 4) {
            out.text("null")
        } else {
            out.json(streetTypes, numbers.below(streetTypes.count))
        }
        out.text(#","ODD_EVEN":"#)
        out.quoted(from % 2 == 0 ? "E" : "O")
        out.text(#"},"geometry":{"type":"#)
        out.quoted(numbers.chance(percent: 3) ? "MultiPolygon" : "Polygon")
        out.text(#","coordinates":[["#)
        if numbers.chance(percent: 50) {
            self.points(&out, &numbers)
        } else {
            self.objects(&out, &numbers)
        }
        out.text("]]}}")
    }

    /// Writes a closed ring of points.
    private static func points(_ out: inout TextWriter, _ numbers: inout SeededNumbers) {
        var x = numbers.within(longitudes)
        var y = numbers.within(latitudes)
        let first = (x, y)
        for _ in 0..<numbers.within(9...19) {
            self.point(&out, x, y)
            out.text(",")
            x += numbers.within(-1_000_000_000...1_000_000_000)
            y += numbers.within(-10_000_000_000...10_000_000_000)
        }
        self.point(&out, first.0, first.1)
    }

    private static func point(_ out: inout TextWriter, _ x: Int, _ y: Int) {
        out.text("[")
        out.fraction(x | 1, decimals: 13)
        out.text(",")
        out.fraction(y | 1, decimals: 14)
        out.text(",0.0]")
    }

    /// Writes a few vertices as objects.
    private static func objects(_ out: inout TextWriter, _ numbers: inout SeededNumbers) {
        var x = numbers.within(longitudes)
        var y = numbers.within(latitudes)
        for seq in 0..<numbers.within(6...12) {
            if seq > 0 { out.text(",") }
            out.text(#"{"seq":"#)
            out.decimal(seq)
            out.text(#","side":"#)
            out.json(sides, numbers.below(sides.count))
            out.text(#","x":"#)
            out.fraction(x | 1, decimals: 13)
            out.text(#","y":"#)
            out.fraction(y | 1, decimals: 14)
            out.text(#","z":0.0}"#)
            // Large lots: vertices differ enough for ranges to tell them apart.
            x += numbers.within(-100_000_000_000...100_000_000_000)
            y += numbers.within(-800_000_000_000...800_000_000_000)
        }
    }
}
