/// The order in which AWS's messages list what stands in no order: that of Java's hash tables, which
/// its services are written in.
///
/// Found by comparing with what AWS was seen to answer; what was compared is in the tests. Of the other
/// orders that were tried (the model's, Java's tables of other ages and sizes) none gives all of it.
enum JavaOrder {
    /// The set of an enum's values: 32 buckets by `hashCode() & 31`, however many values there are, and
    /// in a bucket the value that the model names last comes first.
    ///
    /// It gives what EventBridge is recorded with
    /// (`[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]` of POST, GET, HEAD, OPTIONS, PUT, PATCH, DELETE),
    /// Config's recording strategies, DynamoDB's 13 comparison operators, and a set of 40 values.
    static func enumOrder(_ values: [String]) -> [String] {
        var buckets = [[String]](repeating: [], count: 32)
        for value in values { buckets[Int(hashCode(value) & 31)].insert(value, at: 0) }
        return buckets.flatMap(\.self)
    }

    /// The positions of keys in a `HashMap`, as it is since Java 8, into which they were put one by one:
    /// 16 buckets, twice as many once these are filled to three quarters, by the hash with its upper
    /// half folded in; in a bucket as put.
    ///
    /// The members of a structure are looked at in this order of their names
    /// (`connectionArn` before `httpMethod`, `value` before `key`, `writeCapacityUnits` before
    /// `readCapacityUnits`), and a map is shown in it. What was seen up to 2016, before Java 8 was
    /// everywhere, has other orders. Of structures with more than twelve members nothing was seen.
    static func mapOrder(_ keys: [String]) -> [Int] {
        var bucketCount = 16
        while keys.count * 4 > bucketCount * 3 { bucketCount *= 2 }
        let buckets = keys.map { key in
            let hash = hashCode(key)
            return Int((hash ^ hash >> 16) & UInt32(bucketCount - 1))
        }
        return keys.indices.sorted { (buckets[$0], $0) < (buckets[$1], $1) }
    }

    /// Java's `String.hashCode()`: over units of UTF-16.
    static func hashCode(_ text: String) -> UInt32 {
        text.utf16.reduce(0) { $0 &* 31 &+ UInt32($1) }
    }
}
