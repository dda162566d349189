#if Server
    import AWSSignature
    import Testing

    @Suite("A request that says its signature wrong")
    struct SignatureErrorTests {
        private static let credential =
            "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
        private static let rest = "SignedHeaders=host;x-amz-date, Signature=00"

        private static func request(
            authorization: String?, date: String? = "20150830T123600Z", query: String = ""
        ) -> SignableRequest {
            var headers = [SignableRequest.Header("host", "example.amazonaws.com")]
            if let date { headers.append(SignableRequest.Header("x-amz-date", date)) }
            if let authorization {
                headers.append(SignableRequest.Header("authorization", authorization))
            }
            return SignableRequest(method: "POST", path: "/", query: query, headers: headers)
        }

        private func error(
            _ request: SignableRequest, service: String? = nil, region: String? = nil
        ) -> SignatureError? {
            let verifier = SignatureVerifier(keys: [exampleCredentials])
            do throws(SignatureError) {
                _ = try verifier.verify(
                    request, at: exampleTime, service: service, region: region)
                return nil
            } catch { return error }
        }

        @Test("or not at all, is told that it lacks a token", arguments: [nil, "", "Basic YTpi"])
        func missingToken(authorization: String?) {
            let error = error(Self.request(authorization: authorization))
            #expect(error?.code == "MissingAuthenticationTokenException")
            #expect(error?.queryCode == "MissingAuthenticationToken")
            #expect(error?.message == "Missing Authentication Token")
        }

        @Test("is told all that is missing, with the header as a hash")
        func incomplete() {
            let all = error(Self.request(authorization: "AWS4-HMAC-SHA256 x=y", date: nil))
            #expect(all?.code == "IncompleteSignatureException")
            #expect(
                all?.message
                    == "Authorization header requires 'Credential' parameter. Authorization header "
                    + "requires 'Signature' parameter. Authorization header requires "
                    + "'SignedHeaders' parameter. Authorization header requires existence of "
                    + "either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded "
                    + "with Base64) Authorization=mQXVx1+N/4HG5cKNcdLEynI3JawDVw4fqc/ymeW9X8Q=")
            let one = error(Self.request(authorization: "AWS4-HMAC-SHA256 \(Self.rest)"))
            #expect(
                one?.message.hasPrefix(
                    "Authorization header requires 'Credential' parameter. (Hashed") == true)
            let words = error(Self.request(authorization: "AWS4-HMAC-SHA256 Credential"))
            #expect(
                words?.message
                    == "Invalid key=value pair (missing equal-sign) in Authorization header "
                    + "(hashed with SHA-256 and encoded with Base64): "
                    + "'KfSoC26UaBDGXxo5AUFS45c1cmAbyLKDOxOTKcZYWt4='.")
        }

        @Test(
            "is told what is wrong with its parts",
            arguments: [
                (
                    "AWS4-HMAC-SHA25 \(credential), \(rest)",
                    "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for "
                        + "now). "
                ),
                (
                    "AWS4-HMAC-SHA256 Credential=a/b/c/d, \(rest)",
                    "Credential must have exactly 5 slash-delimited elements, e.g. "
                        + "keyid/date/region/service/term, got 'a/b/c/d'"
                ),
                (
                    "AWS4-HMAC-SHA256 \(credential), \(credential), \(rest)",
                    "Authorization header has the 'Credential' parameter more than once."
                ),
                (
                    "AWS4-HMAC-SHA256 \(credential), SignedHeaders=host;Host, Signature=00",
                    "'SignedHeaders' is no list of names of headers."
                ),
                (
                    "AWS4-HMAC-SHA256 \(credential), SignedHeaders=host;;x-amz-date, Signature=00",
                    "'SignedHeaders' is no list of names of headers."
                ),
            ])
        func parts(authorization: String, message: String) {
            let error = error(Self.request(authorization: authorization))
            #expect(error == SignatureError(.incompleteSignature, message))
        }

        @Test("says that it signed too many headers, is told so")
        func manyHeaders() {
            let names = (0...SignatureV4.signedHeadersMax).map { "h\($0)" }.joined(separator: ";")
            let error = error(
                Self.request(
                    authorization:
                        "AWS4-HMAC-SHA256 \(Self.credential), SignedHeaders=\(names), Signature=00")
            )
            #expect(error?.message == "At most 128 headers can be signed, found 129.")
        }

        @Test(
            "says no date, or another one than its scope, is told so",
            arguments: ["201", "20150830T123600", "20150230T123600Z", "20150830t123600Z", "now"])
        func dates(date: String) {
            let authorization = "AWS4-HMAC-SHA256 \(Self.credential), \(Self.rest)"
            #expect(
                error(Self.request(authorization: authorization, date: date))
                    == SignatureError(
                        .incompleteSignature,
                        "Date must be in ISO-8601 'basic format'. Got '\(date)'. See "
                            + "http://en.wikipedia.org/wiki/ISO_8601"))
        }

        @Test("is of another scope, is told each part of it that is wrong")
        func scope() {
            let error = error(
                Self.request(
                    authorization: "AWS4-HMAC-SHA256 Credential=k/b/c/d/e, \(Self.rest)"),
                service: "events", region: "eu-west-1")
            #expect(error?.code == "InvalidSignatureException")
            #expect(
                error?.message
                    == "Credential should be scoped to a valid region. Credential should be scoped "
                    + "to correct service: 'events'. Credential should be scoped with a valid "
                    + "terminator: 'aws4_request', not 'e'. Date in Credential scope does not "
                    + "match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20150830', "
                    + "from '20150830T123600Z'.")
        }

        @Test("has a key that nobody has, is told that its token is invalid")
        func unknownKey() {
            let error = error(
                Self.request(
                    authorization:
                        "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20150830/us-east-1/s/aws4_request, "
                        + Self.rest))
            #expect(error?.code == "UnrecognizedClientException")
            #expect(error?.queryCode == "InvalidClientTokenId")
            #expect(error?.message == "The security token included in the request is invalid.")
        }

        @Test(
            "in its query, is told what is missing",
            arguments: [
                (
                    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20150830T123600Z",
                    "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string "
                        + "parameters must include 'X-Amz-Signature'. AWS query-string parameters "
                        + "must include 'X-Amz-SignedHeaders'. Re-examine the query-string "
                        + "parameters."
                ),
                (
                    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Algorithm=x",
                    "AWS query-string parameters must include 'X-Amz-Algorithm' once. Re-examine "
                        + "the query-string parameters."
                ),
                (
                    "X-Amz-Algorithm=A&X-Amz-Date=20150830T123600Z&X-Amz-Credential=a/b/c/d/e"
                        + "&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
                    "Unsupported AWS 'algorithm': 'A' (only AWS4-HMAC-SHA256 for now). "
                ),
                (
                    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20150830T123600Z"
                        + "&X-Amz-Credential=a/b/c/d/e&X-Amz-SignedHeaders=host&X-Amz-Signature=0"
                        + "&X-Amz-Expires=604801",
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                        + "X-Amz-Expires must be less than 604800 seconds"
                ),
            ])
        func queries(query: String, message: String) {
            let error = error(Self.request(authorization: nil, query: query))
            #expect(error == SignatureError(.incompleteSignature, message))
        }

        @Test("both in its query and in its headers, is refused")
        func twice() {
            let error = error(
                Self.request(
                    authorization: "AWS4-HMAC-SHA256 \(Self.credential), \(Self.rest)",
                    query: "X-Amz-Algorithm=AWS4-HMAC-SHA256"))
            #expect(
                error?.message
                    == "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' "
                    + "as HTTP header.")
        }

        @Test(
            "whose query is not encoded as it should be, is refused",
            arguments: ["a=%", "%2=b", "a=%zz"])
        func malformedQuery(query: String) {
            let error = error(
                Self.request(
                    authorization: "AWS4-HMAC-SHA256 \(Self.credential), \(Self.rest)", query: query
                ))
            #expect(error?.code == "MalformedQueryString")
        }
    }
#endif
