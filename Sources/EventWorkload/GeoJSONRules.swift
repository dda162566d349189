/// Families of rules for city lots, one for each kind of operator.
enum GeoJSONRules {
    /// A family of rules.
    enum Family: String, CaseIterable, Sendable {
        case exact, wildcard, prefix, suffix
        case ignoreCase = "ignore-case"
        case numeric
        case anythingBut = "anything-but"
        case arrays
    }

    /// Makes `count` different patterns of a family.
    static func patterns(
        _ family: Family, _ numbers: inout SeededNumbers, _ count: Int
    ) -> [String] {
        var patterns: [String] = []
        var seen: Set<String> = []
        var turn = 0
        while patterns.count < count {
            // The five forms in turn. Some have few patterns, but in each family one has many, so
            // that this ends.
            let pattern = self.pattern(family, form: turn % 5, &numbers)
            if seen.insert(pattern).inserted { patterns.append(pattern) }
            turn += 1
        }
        return patterns
    }

    private static func pattern(
        _ family: Family, form: Int, _ numbers: inout SeededNumbers
    ) -> String {
        switch family {
        case .exact: self.exact(form, &numbers)
        case .wildcard: self.wildcard(form, &numbers)
        case .prefix: self.prefix(form, &numbers)
        case .suffix: self.suffix(form, &numbers)
        case .ignoreCase: self.ignoreCase(form, &numbers)
        case .numeric: self.numeric(form, &numbers)
        case .anythingBut: self.anythingBut(form, &numbers)
        case .arrays: self.arrays(form, &numbers)
        }
    }

    private static func properties(_ members: String) -> String {
        #"{"properties":{"# + members + "}}"
    }

    private static func coordinates(_ members: String, type: Bool = false) -> String {
        #"{"geometry":{"# + (type ? #""type":["Polygon"],"# : "") + #""coordinates":{"# + members
            + "}}}"
    }

    private static func exact(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        switch form {
        case 0: return properties(#""MAPBLKLOT":["\#(numbers.block())\#(numbers.lot())"]"#)
        case 1: return properties(#""STREET":["\#(street)"]"#)
        case 2: return properties(#""LOT_NUM":["\#(numbers.lot())"],"ODD_EVEN":["E"]"#)
        case 3:
            return properties(#""STREET":["\#(street)"],"ST_TYPE":["\#(numbers.streetType())"]"#)
        default: return properties(#""ST_TYPE":["\#(numbers.streetType())"]"#)
        }
    }

    private static func wildcard(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        switch form {
        case 0:
            return properties(
                #""MAPBLKLOT":[{"wildcard":"\#(numbers.block().prefix(2))*\#(numbers.digit())"}]"#)
        case 1:
            return properties(
                #""STREET":[{"wildcard":"\#(street.prefix(1))*\#(street.suffix(2))"}]"#)
        case 2: return properties(#""BLKLOT":[{"wildcard":"*\#(numbers.lot())*"}]"#)
        case 3: return properties(#""STREET":[{"wildcard":"*\#(street.dropFirst(2).prefix(3))*"}]"#)
        default:
            return properties(
                #""FROM_ST":[{"wildcard":"1*\#(numbers.digit())*\#(numbers.digit())"}]"#)
        }
    }

    private static func prefix(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        switch form {
        case 0: return properties(#""MAPBLKLOT":[{"prefix":"\#(numbers.block())"}]"#)
        case 1: return properties(#""STREET":[{"prefix":"\#(street.prefix(4))"}]"#)
        case 2: return properties(#""BLOCK_NUM":[{"prefix":"\#(numbers.block().prefix(2))"}]"#)
        case 3: return properties(#""ST_TYPE":[{"prefix":"\#(numbers.streetType().prefix(1))"}]"#)
        default: return properties(#""FROM_ST":[{"prefix":"\#(numbers.houseNumber())"}]"#)
        }
    }

    private static func suffix(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        switch form {
        case 0:
            return properties(#""MAPBLKLOT":[{"suffix":"\#(numbers.digit())\#(numbers.lot())"}]"#)
        case 1: return properties(#""STREET":[{"suffix":"\#(street.suffix(4))"}]"#)
        case 2: return properties(#""BLKLOT":[{"suffix":"\#(numbers.lot())A"}]"#)
        case 3: return properties(#""ST_TYPE":[{"suffix":"\#(numbers.streetType().suffix(1))"}]"#)
        default: return properties(#""TO_ST":[{"suffix":"\#(numbers.houseNumber())"}]"#)
        }
    }

    private static func ignoreCase(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        let other = numbers.street().lowercased()
        switch form {
        case 0: return properties(#""STREET":[{"equals-ignore-case":"\#(street.lowercased())"}]"#)
        case 1:
            return properties(
                #""STREET":[{"equals-ignore-case":"\#(street.prefix(3))\#(street.dropFirst(3).lowercased())"}]"#
            )
        case 2:
            return properties(
                #""ST_TYPE":[{"equals-ignore-case":"\#(numbers.streetType().lowercased())"}]"#)
        case 3:
            return properties(
                #""BLKLOT":[{"equals-ignore-case":"\#(numbers.block())\#(numbers.lot())a"}]"#)
        default:
            return properties(
                #""STREET":[{"equals-ignore-case":"\#(street.lowercased())"},{"equals-ignore-case":"\#(other)"}]"#
            )
        }
    }

    private static func numeric(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let x = numbers.longitude()
        let y = numbers.latitude()
        let farther = numbers.longitude(after: x)
        switch form {
        case 0: return coordinates(#""x":[{"numeric":["=",\#(x.text)]}]"#, type: true)
        case 1: return coordinates(#""x":[{"numeric":["<",\#(x.text)]}]"#)
        case 2: return coordinates(#""y":[{"numeric":[">=",\#(y.text)]}]"#, type: true)
        case 3: return coordinates(#""x":[{"numeric":[">",\#(x.text),"<=",\#(farther.text)]}]"#)
        default: return #"{"geometry":{"coordinates":[{"numeric":["<",\#(x.text)]}]}}"#
        }
    }

    private static func anythingBut(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let street = numbers.street()
        switch form {
        case 0:
            return properties(
                #""STREET":[{"anything-but":["\#(street)","\#(numbers.street())"]}],"ST_TYPE":["CT"]"#
            )
        case 1:
            return properties(
                #""MAPBLKLOT":[{"anything-but":{"prefix":"\#(numbers.block().prefix(2))"}}]"#)
        case 2:
            return properties(
                #""BLKLOT":[{"anything-but":{"suffix":"\#(numbers.lot())"}}],"ODD_EVEN":["O"]"#)
        case 3:
            return properties(
                #""STREET":[{"anything-but":{"equals-ignore-case":["\#(street.lowercased())"]}}],"ST_TYPE":["LN","PL"]"#
            )
        default:
            return properties(#""STREET":[{"anything-but":{"wildcard":"*\#(street.suffix(3))"}}]"#)
        }
    }

    /// Rules with 2 to 5 fields inside the same array of objects.
    private static func arrays(_ form: Int, _ numbers: inout SeededNumbers) -> String {
        let x = numbers.longitude()
        let farther = numbers.longitude(after: x)
        let y = numbers.latitude()
        let side = GeoJSONEvents.sides.text(numbers.below(4))
        let seq = numbers.below(6)
        switch form {
        case 0:
            return coordinates(
                #""x":[{"numeric":["<",\#(x.text)]}],"y":[{"numeric":[">",\#(y.text)]}]"#,
                type: true)
        case 1: return coordinates(#""seq":[\#(seq)],"side":["\#(side)"]"#)
        case 2:
            return coordinates(
                #""seq":[\#(seq)],"side":["\#(side)"],"x":[{"numeric":[">=",\#(x.text)]}]"#)
        case 3:
            return coordinates(
                #""side":[{"anything-but":"\#(side)"}],"x":[{"numeric":[">",\#(x.text),"<",\#(farther.text)]}],"#
                    + #""y":[{"numeric":["<",\#(y.text)]}],"z":[0]"#)
        default:
            return coordinates(
                #""seq":[{"numeric":[">=",\#(seq)]}],"side":["\#(side)"],"#
                    + #""x":[{"numeric":["<",\#(farther.text)]}],"y":[{"numeric":[">=",\#(y.text)]}],"z":[0.0]"#,
                type: true)
        }
    }
}

/// A number in units of its last decimal.
private struct Fixed {
    let units: Int
    let decimals: Int

    var text: String {
        var out = TextWriter()
        out.fraction(self.units, decimals: self.decimals)
        return out.string
    }
}

extension SeededNumbers {
    fileprivate mutating func digit() -> Int { self.below(10) }

    fileprivate mutating func street() -> String {
        GeoJSONEvents.streets.text(self.below(GeoJSONEvents.streets.count))
    }

    fileprivate mutating func streetType() -> String {
        GeoJSONEvents.streetTypes.text(self.below(GeoJSONEvents.streetTypes.count))
    }

    fileprivate mutating func block() -> String {
        self.padded(self.within(1...GeoJSONEvents.blockCount), digits: 4)
    }

    fileprivate mutating func lot() -> String {
        self.padded(self.within(1...GeoJSONEvents.lotCount), digits: 3)
    }

    fileprivate mutating func houseNumber() -> String {
        String(self.below(GeoJSONEvents.houseNumberLimit))
    }

    private func padded(_ number: Int, digits: Int) -> String {
        var out = TextWriter()
        out.decimal(number, digits: digits)
        return out.string
    }

    fileprivate mutating func longitude() -> Fixed {
        Fixed(units: self.within(GeoJSONEvents.longitudes) | 1, decimals: 13)
    }

    fileprivate mutating func longitude(after other: Fixed) -> Fixed {
        Fixed(
            units: other.units + 2 * self.within(50_000_000_000...300_000_000_000),
            decimals: 13)
    }

    fileprivate mutating func latitude() -> Fixed {
        Fixed(units: self.within(GeoJSONEvents.latitudes) | 1, decimals: 14)
    }
}
