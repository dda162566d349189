extension AWSEvents {
    /// EC2 tells of an instance's new state: about 360 bytes, what most rules are written for.
    static func instance(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        let instance = numbers.next()
        self.open(
            &out, &numbers, context, detailType: "EC2 Instance State-change Notification",
            source: "aws.ec2")
        out.text("\"")
        self.arn(&out, "ec2", context)
        out.text("instance/i-0")
        out.hexadecimal(instance, digits: 16)
        out.text(#""],"detail":{"instance-id":"i-0"#)
        out.hexadecimal(instance, digits: 16)
        out.text(#"","state":"#)
        out.json(AWSPools.instanceStates, numbers.below(AWSPools.instanceStates.count))
        out.text("}}")
    }

    /// ECS tells of a task's new status: arrays of attachments and containers, about 2 KB.
    static func task(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        let cluster = AWSPools.clusters.text(numbers.below(AWSPools.clusters.count))
        let task = (numbers.next(), numbers.next())
        func taskARN(_ out: inout TextWriter) {
            self.arn(&out, "ecs", context)
            out.text("task/")
            out.value(cluster)
            out.text("/")
            out.hexadecimal(task.0, digits: 16)
            out.hexadecimal(task.1, digits: 16)
        }
        self.open(
            &out, &numbers, context, detailType: "ECS Task State Change", source: "aws.ecs")
        out.text("\"")
        taskARN(&out)
        out.text(#""],"detail":{"attachments":[{"id":""#)
        out.uuid(&numbers)
        out.text(
            #"","type":"eni","status":"ATTACHED","details":[{"name":"subnetId","value":"subnet-0"#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#""},{"name":"networkInterfaceId","value":"eni-0"#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#""},{"name":"privateIPv4Address","value":""#)
        self.address(&out, &numbers)
        out.text(#""}]}],"availabilityZone":""#)
        out.value(context.region)
        out.byte(UInt8(ascii: "a") + UInt8(numbers.below(3)))
        out.text(#"","clusterArn":""#)
        self.arn(&out, "ecs", context)
        out.text("cluster/")
        out.value(cluster)
        out.text(#"","containers":["#)
        for container in numbers.different(2, below: AWSPools.containers.count) {
            if out.bytes.last != UInt8(ascii: "[") { out.text(",") }
            out.text(#"{"containerArn":""#)
            self.arn(&out, "ecs", context)
            out.text("container/")
            out.uuid(&numbers)
            out.text(#"","lastStatus":"#)
            out.json(AWSPools.taskStatuses, numbers.below(AWSPools.taskStatuses.count))
            out.text(#","name":"#)
            out.json(AWSPools.containers, container)
            if numbers.chance(percent: 40) {
                out.text(#","exitCode":"#)
                out.decimal(numbers.pick([0, 0, 0, 1, 2, 137, 139, 143]))
            }
            out.text(#","networkInterfaces":[{"attachmentId":""#)
            out.uuid(&numbers)
            out.text(#"","privateIpv4Address":""#)
            self.address(&out, &numbers)
            out.text(#""}],"imageDigest":"sha256:"#)
            for _ in 0..<4 { out.hexadecimal(numbers.next(), digits: 16) }
            out.text(#"","cpu":""#)
            out.decimal(numbers.pick([0, 256, 512, 1_024]))
            out.text(#""}"#)
        }
        out.text(#"],"connectivity":"CONNECTED","connectivityAt":""#)
        out.time(context.time)
        out.text(#"","cpu":"1024","ephemeralStorage":{"sizeInGiB":20},"createdAt":""#)
        out.time(context.time)
        out.text(#"","desiredStatus":"#)
        out.quoted(numbers.chance(percent: 50) ? "RUNNING" : "STOPPED")
        out.text(#","group":"#)
        out.json(AWSPools.serviceGroups, numbers.below(AWSPools.serviceGroups.count))
        out.text(#","launchType":"#)
        out.quoted(numbers.chance(percent: 50) ? "FARGATE" : "EC2")
        out.text(#","lastStatus":"#)
        out.json(AWSPools.taskStatuses, numbers.below(AWSPools.taskStatuses.count))
        if numbers.chance(percent: 30) {
            out.text(#","stopCode":"#)
            out.json(AWSPools.stopCodes, numbers.below(AWSPools.stopCodes.count))
            out.text(#","stoppedReason":"Essential container in task exited""#)
        }
        out.text(
            #","memory":"2048","overrides":{"containerOverrides":[]},"platformVersion":"1.4.0","#)
        out.text(#""taskArn":""#)
        taskARN(&out)
        out.text(#"","taskDefinitionArn":""#)
        self.arn(&out, "ecs", context)
        out.text("task-definition/")
        out.value(cluster)
        out.text(":")
        out.decimal(numbers.within(1...400))
        out.text(#"","version":"#)
        out.decimal(numbers.within(1...9))
        out.text("}}")
    }

    /// Auto Scaling launched or terminated an instance: about 1.1 KB with a sentence of cause.
    static func scaling(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context
    ) {
        let group = AWSPools.scalingGroups.text(numbers.below(AWSPools.scalingGroups.count))
        let instance = numbers.next()
        func groupARN(_ out: inout TextWriter) {
            self.arn(&out, "autoscaling", context)
            out.text("autoScalingGroup:")
            out.hexadecimal(instance &* 31, digits: 8)
            out.text(":autoScalingGroupName/")
            out.value(group)
        }
        self.open(
            &out, &numbers, context,
            detailType: AWSPools.scalingEvents.text(numbers.below(AWSPools.scalingEvents.count)),
            source: "aws.autoscaling")
        out.text("\"")
        groupARN(&out)
        out.text("\",\"")
        self.arn(&out, "ec2", context)
        out.text("instance/i-0")
        out.hexadecimal(instance, digits: 16)
        out.text(#""],"detail":{"Description":"Launching a new EC2 instance: i-0"#)
        out.hexadecimal(instance, digits: 16)
        out.text(#"","Details":{"Availability Zone":""#)
        out.value(context.region)
        out.byte(UInt8(ascii: "a") + UInt8(numbers.below(3)))
        out.text(#"","Subnet ID":"subnet-0"#)
        out.hexadecimal(numbers.next(), digits: 16)
        out.text(#"","InstanceType":"#)
        out.json(AWSPools.instanceTypes, numbers.below(AWSPools.instanceTypes.count))
        out.text(#"},"EndTime":""#)
        out.time(context.time)
        out.text(#"","RequestId":""#)
        out.uuid(&numbers)
        out.text(#"","ActivityId":""#)
        out.uuid(&numbers)
        out.text(#"","StartTime":""#)
        out.time(context.time)
        out.text(#"","EC2InstanceId":"i-0"#)
        out.hexadecimal(instance, digits: 16)
        out.text(#"","StatusCode":"#)
        out.quoted(numbers.chance(percent: 50) ? "InProgress" : "Failed")
        out.text(#","StatusMessage":"","AutoScalingGroupName":"#)
        out.quoted(group)
        out.text(#","Cause":"At "#)
        out.time(context.time)
        out.text(" a monitor alarm TargetTracking-")
        out.value(group)
        out.text(" in state ALARM triggered policy cpu\\/70 changing the desired capacity from ")
        let capacity = numbers.within(1...60)
        out.decimal(capacity)
        out.text(" to ")
        out.decimal(capacity + 1)
        out.text(#".","DesiredCapacity":"#)
        out.decimal(capacity + 1)
        out.text(#","Origin":"EC2","Destination":"AutoScalingGroup"}}"#)
    }
}
