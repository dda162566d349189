#if Server
    /// A duration as in `P1DT2H30M0.5S`: of days and shorter units, whose lengths are known.
    struct ISODuration: Equatable {
        let nanoseconds: UInt64

        /// Reads a duration; nil if it is none, or longer than a hundred years.
        init?(_ text: String) {
            guard text.hasPrefix("P") else { return nil }
            var total = 0.0
            var number = ""
            var isTime = false
            var units: [Character: Double] = ["W": 604_800, "D": 86_400]
            for character in text.dropFirst() {
                if character.isNumber && character.isASCII || character == "." {
                    number.append(character)
                } else if character == "T", !isTime, number.isEmpty {
                    isTime = true
                    units = ["H": 3_600, "M": 60, "S": 1]
                } else if let seconds = units[character], let value = Double(number) {
                    units[character] = nil
                    total += value * seconds
                    number = ""
                } else {
                    return nil
                }
            }
            guard number.isEmpty, text.count > 2, total <= 100 * 366 * 86_400 else { return nil }
            nanoseconds = UInt64((total * 1e9).rounded())
        }
    }
#endif
