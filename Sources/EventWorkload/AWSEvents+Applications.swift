extension AWSEvents {
    /// S3 created an object: about 610 bytes; keys with escapes and other alphabets.
    static func object(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        let bucket = AWSPools.buckets.text(numbers.below(AWSPools.buckets.count))
        self.open(&out, &numbers, context, detailType: "Object Created", source: "aws.s3")
        out.text(#""arn:aws:s3:::"#)
        out.value(bucket)
        out.text(#""],"detail":{"version":"0","bucket":{"name":"#)
        out.quoted(bucket)
        out.text(#"},"object":{"key":""#)
        out.value(AWSPools.directories.text(numbers.below(AWSPools.directories.count)))
        out.hexadecimal(numbers.next(), digits: 12)
        out.value(AWSPools.extensions.text(numbers.below(AWSPools.extensions.count)))
        out.text(#"","size":"#)
        out.decimal(numbers.below(100_000_000))
        out.text(#","etag":""#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#"","version-id":""#)
        self.capitals(&out, &numbers, count: 32)
        out.text(#"","sequencer":"00"#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#""},"request-id":""#)
        self.capitals(&out, &numbers, count: 16)
        out.text(#"","requester":""#)
        out.value(AWSPools.account(numbers.below(AWSPools.accountCount)))
        out.text(#"","source-ip-address":""#)
        self.address(&out, &numbers)
        out.text(#"","reason":"#)
        out.json(AWSPools.objectReasons, numbers.below(AWSPools.objectReasons.count))
        out.text("}}")
    }

    /// A shop's own event: an order with an array of items, about 840 bytes.
    static func order(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        self.open(
            &out, &numbers, context,
            detailType: AWSPools.orderEvents.text(numbers.below(AWSPools.orderEvents.count)),
            source: AWSPools.shops.text(numbers.below(AWSPools.shops.count)))
        out.text(#"],"detail":{"orderId":""#)
        out.uuid(&numbers)
        out.text(#"","placedAt":""#)
        out.time(context.time)
        out.text(#"","channel":"#)
        out.json(AWSPools.channels, numbers.below(AWSPools.channels.count))
        out.text(#","customer":{"id":"C-"#)
        out.decimal(numbers.below(10_000_000), digits: 7)
        out.text(#"","name":"#)
        out.json(AWSPools.customers, numbers.below(AWSPools.customers.count))
        out.text(#","country":"#)
        out.json(AWSPools.countries, numbers.below(AWSPools.countries.count))
        out.text(#","tier":"#)
        out.json(AWSPools.tiers, numbers.below(AWSPools.tiers.count))
        out.text(#","marketing":"#)
        out.json(AWSPools.booleans, numbers.below(2))
        out.text(#"},"items":["#)
        for item in 0..<numbers.within(orderItems) {
            if item > 0 { out.text(",") }
            out.text(#"{"sku":"#)
            out.json(AWSPools.skus, numbers.below(AWSPools.skus.count))
            out.text(#","category":"#)
            out.json(AWSPools.categories, numbers.below(AWSPools.categories.count))
            out.text(#","quantity":"#)
            out.decimal(numbers.within(1...9))
            out.text(#","price":"#)
            out.fraction(numbers.within(99...49_999), decimals: 2)
            out.text("}")
        }
        out.text(#"],"total":"#)
        out.fraction(numbers.below(100_000), decimals: 2)
        out.text(#","currency":"EUR","#)
        if numbers.chance(percent: 20) {
            out.text(#""coupon":"WELCOME"#)
            out.decimal(numbers.within(5...50))
            out.text(#"","#)
        }
        out.text(#""shipping":{"method":"#)
        out.json(AWSPools.shippingMethods, numbers.below(AWSPools.shippingMethods.count))
        out.text(#","note":"#)
        out.json(AWSPools.notes, numbers.below(AWSPools.notes.count))
        out.text(#","street":"Example Street "#)
        out.decimal(numbers.within(1...300))
        out.text(#"","postcode":""#)
        out.decimal(numbers.below(100_000), digits: 5)
        out.text(#""},"giftWrap":null,"traceId":"1-"#)
        out.hexadecimal(numbers.next(), digits: 8)
        out.text("-")
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#""}}"#)
    }

    /// How many items an order has; rules that name an item's field count on it.
    static let orderItems = 1...5

    /// Step Functions tells of an execution's new status; its input is JSON inside a string.
    static func execution(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        let machine = AWSPools.stateMachines.text(numbers.below(AWSPools.stateMachines.count))
        let execution = numbers.next()
        func executionARN(_ out: inout TextWriter) {
            self.arn(&out, "states", context)
            out.text("execution:")
            out.value(machine)
            out.text(":")
            out.hexadecimal(execution, digits: 16)
        }
        self.open(
            &out, &numbers, context, detailType: "Step Functions Execution Status Change",
            source: "aws.states")
        out.text("\"")
        executionARN(&out)
        out.text(#""],"detail":{"executionArn":""#)
        executionARN(&out)
        out.text(#"","stateMachineArn":""#)
        self.arn(&out, "states", context)
        out.text("stateMachine:")
        out.value(machine)
        out.text(#"","name":""#)
        out.hexadecimal(execution, digits: 16)
        out.text(#"","status":"#)
        out.json(AWSPools.executionStatuses, numbers.below(AWSPools.executionStatuses.count))
        out.text(#","startDate":"#)
        out.decimal(1_772_323_200_000 + context.time * 1_000 + numbers.below(1_000))
        out.text(#","stopDate":null,"input":"{\"orderId\":\""#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#"\",\"attempt\":"#)
        out.decimal(numbers.within(1...3))
        out.text(#"}","inputDetails":{"included":true},"output":null,"outputDetails":null}}"#)
    }
}
