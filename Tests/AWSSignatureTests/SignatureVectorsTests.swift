#if Server
    import AWSSignature
    import Testing

    /// The key that AWS's examples are signed with.
    let exampleCredentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    /// When they were signed: 20150830T123600Z.
    let exampleTime = SignatureTime(secondsSinceEpoch: 1_440_938_160)

    /// One of AWS's published examples: a request, and the signature that it has to get.
    struct SignatureVector: Sendable, CustomTestStringConvertible {
        let name: String
        var method = "GET"
        var target = "/"
        var headers: [(String, String)] = []
        var body = ""
        var service = "service"
        var signedHeaders = "host;x-amz-date"
        let signature: String

        var testDescription: String { name }

        /// With its signature in the header `Authorization`.
        var request: SignableRequest {
            let header = AuthorizationHeader(
                credential: SignatureV4.Credential(
                    accessKeyID: exampleCredentials.accessKeyID, day: "20150830",
                    region: "us-east-1", service: service),
                signedHeaders: signedHeaders, signature: signature)
            var all = [SignableRequest.Header("Host", "example.amazonaws.com")]
            all += headers.map { SignableRequest.Header($0.0, $0.1) }
            all.append(SignableRequest.Header("X-Amz-Date", "20150830T123600Z"))
            all.append(SignableRequest.Header("Authorization", "\(header)"))
            return SignableRequest(
                method: method, target: target, headers: all, body: .bytes(Array(body.utf8)))
        }

        private static let vanilla =
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        private static let unreserved =
            "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

        static let all = [
            SignatureVector(name: "get-vanilla", signature: vanilla),
            SignatureVector(
                name: "get-vanilla-empty-query-key", target: "/?Param1=value1",
                signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
            SignatureVector(
                name: "get-vanilla-query-order-key-case", target: "/?Param2=value2&Param1=value1",
                signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
            SignatureVector(
                name: "get-vanilla-query-order-encoded",
                target: "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
                signature: "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
            SignatureVector(
                name: "get-vanilla-query-unreserved", target: "/?\(unreserved)=\(unreserved)",
                signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
            SignatureVector(
                name: "get-vanilla-utf8-query", target: "/?ሴ=bar",
                signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
            SignatureVector(
                name: "get-unreserved", target: "/\(unreserved)",
                signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
            SignatureVector(
                name: "get-utf8", target: "/ሴ",
                signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
            SignatureVector(
                name: "get-space", target: "/example space/",
                signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
            SignatureVector(name: "get-relative", target: "/example/..", signature: vanilla),
            SignatureVector(
                name: "get-relative-relative", target: "/example1/example2/../..",
                signature: vanilla),
            SignatureVector(name: "get-slash", target: "//", signature: vanilla),
            SignatureVector(name: "get-slash-dot-slash", target: "/./", signature: vanilla),
            SignatureVector(
                name: "get-slashes", target: "//example//",
                signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
            SignatureVector(
                name: "get-header-key-duplicate",
                headers: [
                    ("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1"),
                ],
                signedHeaders: "host;my-header1;x-amz-date",
                signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
            SignatureVector(
                name: "get-header-value-order",
                headers: [
                    ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"),
                    ("My-Header1", "value2"),
                ],
                signedHeaders: "host;my-header1;x-amz-date",
                signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
            SignatureVector(
                name: "get-header-value-multiline",
                // A value of three lines, which count as three values, and are by now no HTTP.
                headers: [
                    ("My-Header1", "value1"), ("My-Header1", "  value2"),
                    ("My-Header1", "     value3"),
                ],
                signedHeaders: "host;my-header1;x-amz-date",
                signature: "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790"),
            SignatureVector(
                name: "get-header-value-trim",
                headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
                signedHeaders: "host;my-header1;my-header2;x-amz-date",
                signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
            SignatureVector(
                name: "post-vanilla", method: "POST",
                signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            SignatureVector(
                name: "post-x-www-form-urlencoded", method: "POST",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: "Param1=value1", signedHeaders: "content-type;host;x-amz-date",
                signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
            SignatureVector(
                name: "post-x-www-form-urlencoded-parameters", method: "POST",
                headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")],
                body: "Param1=value1", signedHeaders: "content-type;host;x-amz-date",
                signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
        ]
    }

    @Suite("The signatures that AWS published")
    struct SignatureVectorsTests {
        @Test("are verified", arguments: SignatureVector.all)
        func verifies(vector: SignatureVector) throws {
            let verifier = SignatureVerifier(keys: [exampleCredentials])
            let identity = try verifier.verify(
                vector.request, at: exampleTime, service: "service", region: "us-east-1")
            #expect(identity.accessKeyID == "AKIDEXAMPLE" && identity.day == "20150830")
            #expect(identity.region == "us-east-1" && identity.service == "service")
            #expect(identity.isBodySigned && !identity.isPresigned)
        }

        @Test(
            "are made, where those headers are signed that we sign", arguments: SignatureVector.all)
        func signs(vector: SignatureVector) throws {
            if vector.signedHeaders.contains("my-") { return }
            var request = vector.request
            let expected = request.headers.last?.value
            request.headers.removeLast(2)
            let signer = RequestSigner(
                credentials: exampleCredentials, region: "us-east-1", service: "service")
            try signer.sign(&request, at: exampleTime)
            #expect(request.headers.last?.value == expected)
        }

        private static let token =
            "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"

        @Test("of a session are verified with its token, and not without")
        func session() throws {
            var vector = SignatureVector(
                name: "get-vanilla-with-session-token",
                headers: [("X-Amz-Security-Token", Self.token)],
                signedHeaders: "host;x-amz-date;x-amz-security-token",
                signature: "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")
            let session = AWSCredentials(
                accessKeyID: exampleCredentials.accessKeyID,
                secretAccessKey: exampleCredentials.secretAccessKey, sessionToken: Self.token)
            let verifier = SignatureVerifier(keys: [session])
            _ = try verifier.verify(vector.request, at: exampleTime)
            vector.headers = []
            for (keys, request) in [
                ([session], vector.request), ([exampleCredentials], vector.request),
            ] {
                #expect(throws: SignatureError.self) {
                    try SignatureVerifier(keys: keys).verify(request, at: exampleTime)
                }
            }
        }

        @Test("in the query of a URL are verified")
        func presigned() throws {
            let request = SignableRequest(
                method: "GET",
                target: "/?Param2=value2&Param1=value1&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                    + "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice"
                    + "%2Faws4_request"
                    + "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600"
                    + "&X-Amz-Signature="
                    + "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5",
                headers: [SignableRequest.Header("host", "example.amazonaws.com")])
            let verifier = SignatureVerifier(keys: [exampleCredentials])
            for seconds in [0, 3_599] {
                let identity = try verifier.verify(
                    request, at: exampleTime.adding(seconds: seconds))
                #expect(identity.isPresigned)
            }
            #expect(throws: SignatureError(.requestExpired, "Request has expired.")) {
                try verifier.verify(request, at: exampleTime.adding(seconds: 3_600))
            }
        }
    }
#endif
