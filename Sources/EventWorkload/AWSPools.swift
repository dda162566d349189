/// The values that `aws` events and rules have in common.
enum AWSPools {
    /// Accounts without end: any position has one. Events come from the first ``accountCount``.
    static func account(_ position: Int) -> String {
        // The factor is prime to the modulus, so that no two positions meet.
        String(100_000_000_000 + position * 618_033_988_751 % 900_000_000_000)
    }

    static let accountCount = 1_000
    static let accounts = ValuePool(count: accountCount) { account($0) }

    static let regionNames = [
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-central-1", "eu-west-1",
        "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "ap-south-1", "ap-southeast-1",
        "ap-southeast-2", "ap-northeast-1", "ca-central-1", "sa-east-1",
    ]
    static let regions = ValuePool(regionNames)

    static let teams = [
        "atlas", "billing", "catalog", "checkout", "courier", "depot", "fleet", "gallery",
        "ingest", "ledger", "loyalty", "media", "notify", "orders", "payments", "pricing",
        "risk", "search", "telemetry", "vault",
    ]
    static let environments = ["prod", "staging", "test", "dev", "sandbox"]
    static let purposes = [
        "raw", "archive", "exports", "uploads", "logs", "images", "reports", "backups", "assets",
        "invoices", "snapshots", "staging", "models", "events", "audit", "public", "drafts",
        "metrics", "thumbs", "feeds",
    ]

    static let instanceStates = ValuePool([
        "pending", "running", "stopping", "stopped", "shutting-down", "terminated",
    ])
    static let instanceTypes = ValuePool(
        ["c7g", "c7i", "m7g", "m7i", "m8g", "r7g", "r7i", "t3", "t4g", "x2idn"], ".",
        ["large", "xlarge", "2xlarge", "4xlarge"])

    static let buckets = ValuePool(count: 2_000) {
        "\(teams[$0 % 20])-\(purposes[$0 / 20 % 20])-\(environments[$0 / 400])"
    }
    static let directories = ValuePool(
        [
            "incoming", "daily", "hourly", "exports", "tenants", "r\\u00e9sum\\u00e9s", "größen",
            "tmp",
        ],
        "/",
        ["invoices/", "images/", "contracts/", "sensor/", "clicks/", "audio/", "orders/", "写真/"])
    static let extensions = ValuePool([
        ".jpg", ".png", ".pdf", ".csv", ".json", ".parquet", ".gz", ".zst", ".mp4", ".wav", ".txt",
        ".xml", ".avro", ".docx", ".html", ".tar",
    ])
    static let objectReasons = ValuePool([
        "PutObject", "CompleteMultipartUpload", "CopyObject", "POST Object",
    ])

    static let services = [
        "ec2", "s3", "iam", "lambda", "dynamodb", "kms", "rds", "sqs", "sns", "sts", "ecr",
        "cloudformation",
    ]
    static let serviceSources = ValuePool(services.map { "aws." + $0 })
    static let serviceHosts = ValuePool(services.map { $0 + ".amazonaws.com" })
    static let verbs = [
        "Create", "Delete", "Put", "Update", "Describe", "Tag", "Untag", "Associate",
    ]
    static let nouns = [
        "Instance", "Bucket", "Role", "Function", "Table", "Key", "DBInstance", "Queue", "Topic",
        "Session", "Repository", "Stack",
    ]
    static let apiCalls = ValuePool(count: 96) { verbs[$0 / 12] + nouns[$0 % 12] }
    static let identityTypes = ValuePool(["AssumedRole", "IAMUser", "Root", "AWSService"])
    static let errorCodes = ValuePool([
        "AccessDenied", "ThrottlingException", "ValidationException", "ResourceNotFoundException",
        "UnauthorizedOperation", "Client.InvalidParameterValue",
    ])
    static let roles = ValuePool(
        teams, "-",
        [
            "deploy", "admin", "readonly", "pipeline", "worker", "api", "batch", "audit", "oncall",
            "migrator", "reporter", "scheduler", "breakglass", "support", "crawler",
        ])
    static let userAgents = ValuePool([
        "aws-cli/2.17.4 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.0",
        "Boto3/1.34.131 md/Botocore#1.34.131",
        "aws-sdk-go-v2/1.30.1 os/linux lang/go#1.22.4", "console.amazonaws.com",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101",
        "APN/1.0 HashiCorp/1.0 Terraform/1.8.5",
        "cloudformation.amazonaws.com", "aws-sdk-java/2.26.7 Linux/6.1 vendor/Amazon.com_Inc.",
    ])
    static let booleans = ValuePool(["true", "false"], isQuoted: false)

    static let findingPurposes = [
        "Backdoor", "CryptoCurrency", "DefenseEvasion", "Discovery", "Impact", "Recon", "Trojan",
        "UnauthorizedAccess",
    ]
    static let findingTypes = ValuePool(
        findingPurposes, ":EC2/",
        ["C&CActivity.B", "PortSweep", "TorClient", "DNSDataExfiltration", "SSHBruteForce"])

    static let clusters = ValuePool(teams, "-", ["prod", "staging", "batch"])
    static let taskStatuses = ValuePool([
        "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEPROVISIONING", "STOPPED",
    ])
    static let serviceGroups = ValuePool(
        teams.map { "service:" + $0 }, "-",
        ["api", "web", "worker", "cron", "proxy", "stream", "sync", "cache", "auth", "admin"])
    static let containers = ValuePool(
        teams, "-", ["app", "envoy", "fluent-bit", "otel", "init"])
    static let stopCodes = ValuePool([
        "EssentialContainerExited", "ServiceSchedulerInitiated", "UserInitiated",
        "TaskFailedToStart",
    ])

    static let shops = ValuePool([
        "com.example.shop", "com.example.market", "com.example.kiosk", "org.example.books",
    ])
    static let orderEvents = ValuePool([
        "Order Placed", "Order Paid", "Order Shipped", "Order Returned",
    ])
    static let skus = ValuePool(count: 5_000) { "SKU-\(10_000 + $0 * 17)" }
    static let categories = ValuePool([
        "audio", "baby", "bakery", "beauty", "books", "camera", "garden", "gaming", "grocery",
        "health", "home", "jewellery", "kitchen", "luggage", "music", "office", "outdoor", "pets",
        "phones", "shoes", "sports", "tools", "toys", "watches",
    ])
    static let countries = ValuePool([
        "AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CN", "CZ", "DE", "DK", "ES", "FI", "FR",
        "GB", "GR", "IE", "IN", "IT", "JP", "KR", "MX", "NL", "NO", "NZ", "PL", "PT", "SE", "US",
    ])
    static let customers = ValuePool([
        "Zoë Müller", "Åsa Lindström", "李小龙", "María José Núñez", "John Smith", "Aoife Byrne",
        "Иван Петров", "Kenji \\\"Ken\\\" Sato", "Chlo\\u00e9 Dubois", "Priya Raman",
        "O\\u0027Neill, Pat", "Łukasz Wójcik", "Nguyễn Thị Mai", "Grace Okafor", "Emma Jansen",
        "José da Silva",
    ])
    static let notes = ValuePool([
        "leave at the door", "ring twice \\ud83d\\udd14", "gift: \\\"happy birthday\\\"",
        "call before delivery\\nback entrance", "none", "fragile \\u2014 glass", "2. Stock links",
        "vía portería 24h",
    ])
    static let channels = ValuePool(["Web", "iOS", "Android", "Store", "Partner"])
    static let shippingMethods = ValuePool(["standard", "express", "pickup", "locker"])
    static let tiers = ValuePool(["bronze", "silver", "gold"])

    static let scalingGroups = ValuePool(
        teams, "-asg-",
        [
            "a", "b", "c", "blue", "green", "spot", "gpu", "arm", "edge", "bulk", "mem", "io",
            "canary", "web", "job",
        ])
    static let scalingEvents = ValuePool([
        "EC2 Instance Launch Successful", "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Successful", "EC2 Instance-launch Lifecycle Action",
    ])
    static let zones = ValuePool(regionNames, "", ["a", "b", "c"])

    static let healthServices = ValuePool(
        ["EC2", "RDS", "S3", "LAMBDA", "EKS", "ECS", "KMS", "SQS", "VPN", "ACM"])
    static let healthCategories = ValuePool(["issue", "accountNotification", "scheduledChange"])
    static let healthCodes = ValuePool(
        healthServices.all.map { "AWS_" + $0 }, "_",
        [
            "OPERATIONAL_ISSUE", "MAINTENANCE_SCHEDULED", "API_LATENCY", "RETIREMENT", "RENEWAL",
            "CONNECTIVITY",
        ])

    static let executionStatuses = ValuePool([
        "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED",
    ])
    static let stateMachines = ValuePool(
        teams, "-",
        [
            "etl", "refund", "import", "export", "train", "score", "purge", "sync", "report",
            "onboard",
        ])

    /// First bytes of the addresses in events; the other three take all values.
    static let networks = [3, 13, 18, 34, 35, 44, 52, 54, 63, 81, 93, 104, 151, 178, 194, 203]
}
