#if Server
    import Synchronization
    import TestSupport
    import Testing

    @testable import AWSSignature

    @Suite("A verifier of signatures")
    struct SignatureVerifierTests {
        private let signer = RequestSigner(
            credentials: exampleCredentials, region: "us-east-1", service: "events")
        private let verifier = SignatureVerifier(keys: [exampleCredentials])

        private func request(
            _ body: String = "{}", _ headers: [(String, String)] = []
        ) -> SignableRequest {
            SignableRequest(
                method: "POST", path: "/",
                headers: [SignableRequest.Header("Host", "localhost:8787")]
                    + headers.map { SignableRequest.Header($0.0, $0.1) },
                body: .bytes(Array(body.utf8)))
        }

        private func signed(
            _ body: String = "{}", _ headers: [(String, String)] = [],
            at time: SignatureTime = exampleTime
        ) throws -> SignableRequest {
            var request = request(body, headers)
            try signer.sign(&request, at: time)
            return request
        }

        @Test("takes a request whose clock is up to 15 minutes off, and none beyond")
        func skew() throws {
            let request = try signed()
            for seconds in [-900, 0, 900] {
                _ = try verifier.verify(request, at: exampleTime.adding(seconds: seconds))
            }
            #expect(
                throws: SignatureError(
                    .invalidSignature,
                    "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
                        + "(20150830T125101Z - 15 min.)")
            ) { try verifier.verify(request, at: exampleTime.adding(seconds: 901)) }
            #expect(
                throws: SignatureError(
                    .invalidSignature,
                    "Signature not yet current: 20150830T123600Z is still later than "
                        + "20150830T123559Z (20150830T122059Z + 15 min.)")
            ) { try verifier.verify(request, at: exampleTime.adding(seconds: -901)) }
        }

        @Test("refuses a request that does not sign its host, or one of its X-Amz headers")
        func unsignedHeaders() throws {
            var request = try signed()
            request.headers.append(SignableRequest.Header("x-aMz-Target", "AWSEvents.PutEvents"))
            #expect(
                throws: SignatureError(
                    .unsignedHeader,
                    "There were headers present in the request which were not signed")
            ) { try verifier.verify(request, at: exampleTime) }
            let other = SignatureVector(name: "", signedHeaders: "x-amz-date", signature: "00")
            #expect(
                throws: SignatureError(
                    .invalidSignature,
                    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
            ) { try verifier.verify(other.request, at: exampleTime) }
        }

        @Test("takes a body's hash instead of the body, and knows it by the same signature")
        func hashes() throws {
            var request = try signed("body")
            request.body = .hash(Array("body".utf8).withUnsafeBytes { PayloadHash(of: $0) })
            _ = try verifier.verify(request, at: exampleTime)
            request.body = .hash(Array("bodY".utf8).withUnsafeBytes { PayloadHash(of: $0) })
            #expect(throws: SignatureError.noMatch) {
                try verifier.verify(request, at: exampleTime)
            }
        }

        @Test("refuses a body that is not signed, unless that is allowed")
        func unsignedPayload() throws {
            var request = request(
                "anything", [("X-Amz-Date", "\(exampleTime)"), ("x-amz-content-sha256", "")])
            let list = "host;x-amz-content-sha256;x-amz-date"
            request.headers[2].value = SignatureV4.unsignedPayload
            let credential = SignatureV4.Credential(
                accessKeyID: "AKIDEXAMPLE", day: "20150830", region: "us-east-1",
                service: "events")
            let header = AuthorizationHeader(
                credential: credential, signedHeaders: list,
                signature: String(repeating: "0", count: 64))
            request.headers.append(SignableRequest.Header("Authorization", "\(header)"))
            #expect(throws: SignatureError.noMatch) {
                try verifier.verify(request, at: exampleTime)
            }
            let canonical = try CanonicalRequest(
                request, service: "events", signedHeaders: list,
                payload: SignatureV4.unsignedPayload)
            let text = canonical.stringToSign(at: exampleTime, scope: credential.scope)
            let signature = SigningKeys().signature(
                of: text, credential, secret: exampleCredentials.secretAccessKey)
            let right = AuthorizationHeader(
                credential: credential, signedHeaders: list, signature: signature)
            request.headers[3].value = "\(right)"
            #expect(throws: SignatureError.noMatch) {
                try verifier.verify(request, at: exampleTime)
            }
            var policy = SignatureVerifier.Policy()
            policy.allowsUnsignedPayload = true
            let open = SignatureVerifier(policy: policy, keys: [exampleCredentials])
            #expect(try open.verify(request, at: exampleTime).isBodySigned == false)
        }

        @Test("refuses a body that is not what its header says")
        func contentHash() throws {
            let signer = RequestSigner(
                credentials: exampleCredentials, region: "us-east-1", service: "s3")
            var request = request("one")
            try signer.sign(&request, at: exampleTime)
            _ = try verifier.verify(request, at: exampleTime)
            request.body = .bytes(Array("two".utf8))
            #expect(throws: SignatureError.contentMismatch) {
                try verifier.verify(request, at: exampleTime)
            }
        }

        @Test("asks for the secret each time, so that a key that was changed or taken back is")
        func changedSecrets() throws {
            let secret = Mutex<AWSCredentials?>(exampleCredentials)
            let verifier = SignatureVerifier { _ in secret.withLock { $0 } }
            let request = try signed()
            _ = try verifier.verify(request, at: exampleTime)
            secret.withLock {
                $0 = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "x")
            }
            #expect(throws: SignatureError.noMatch) {
                try verifier.verify(request, at: exampleTime)
            }
            secret.withLock { $0 = nil }
            #expect(throws: SignatureError.unknownClient) {
                try verifier.verify(request, at: exampleTime)
            }
            secret.withLock { $0 = exampleCredentials }
            _ = try verifier.verify(request, at: exampleTime)
        }

        @Test("lets a signature pass once, where it is told to")
        func replays() throws {
            let window = RepeatWindow(countMax: 1_000)
            var policy = SignatureVerifier.Policy()
            policy.repeats = window
            let verifier = SignatureVerifier(policy: policy, keys: [exampleCredentials])
            let early = try signed("1")
            // The client's clock is ahead: it stays valid for half an hour.
            let start = exampleTime.adding(seconds: -900)
            _ = try verifier.verify(early, at: start)
            for seconds in [0, 1, 899, 1_800] {
                #expect(throws: SignatureError.repeated) {
                    try verifier.verify(early, at: start.adding(seconds: seconds))
                }
                let other = try signed("other \(seconds)", at: start.adding(seconds: seconds))
                _ = try verifier.verify(other, at: start.adding(seconds: seconds))
            }
            // A wrong signature is not remembered.
            #expect(window.count <= 5 && window.forgottenCount == 0)
        }

        @Test("holds a bounded number of signatures, and counts those that it forgets too early")
        func boundsReplays() throws {
            let window = RepeatWindow(countMax: 100)
            for number in 0..<1_000 {
                let signature = String(repeating: "0", count: 60) + String(1_000 + number)
                let marked = String(signature.reversed())
                #expect(window.take(marked, at: exampleTime))
                #expect(!window.take(marked, at: exampleTime))
            }
            #expect(window.count <= 100)
            #expect(window.count + window.forgottenCount == 1_000)
        }

        @Test("holds a bounded number of keys, and only of signatures that were right")
        func boundsKeys() throws {
            let keys = SigningKeys()
            for number in 0..<(2 * SigningKeys.countMax) {
                let credential = SignatureV4.Credential(
                    accessKeyID: "k", day: "20150830", region: "r\(number)", service: "s")
                let key = keys.key(for: credential, secret: "secret")
                #expect(keys.count <= SigningKeys.countMax)
                keys.keep(key, for: credential, secret: "secret")
                #expect(keys.key(for: credential, secret: "secret") == key)
                #expect(keys.key(for: credential, secret: "other") != key)
            }
        }

        @Test("is right from many threads at once")
        func threads() async throws {
            let requests = try (0..<16).map { try signed("body \($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for request in requests {
                    group.addTask {
                        for _ in 0..<50 { _ = try verifier.verify(request, at: exampleTime) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Suite("Credentials")
    struct AWSCredentialsTests {
        @Test("show neither their secret nor their token, however they are shown")
        func hidesSecrets() {
            let credentials = AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "sesame", sessionToken: "open")
            var dumped = ""
            dump([credentials], to: &dumped)
            let signer = RequestSigner(credentials: credentials, region: "r", service: "s")
            dump(signer, to: &dumped)
            for text in [
                "\(credentials)", String(reflecting: credentials), "\([credentials])",
                "\(signer)", dumped,
            ] {
                #expect(!text.contains("sesame") && !text.contains("open"), "\(text)")
                #expect(text.contains("AKIDEXAMPLE"))
            }
        }
    }

    @Suite("The time of a signature")
    struct SignatureTimeTests {
        @Test("is read as it is written, on any day")
        func roundTrips() throws {
            var random = SeededGenerator(stream: 77)
            for _ in 0..<2_000 {
                let time = SignatureTime(
                    secondsSinceEpoch: Int.random(
                        in: -2_000_000_000...250_000_000_000, using: &random))
                #expect(SignatureTime(basic: "\(time)") == time)
            }
            #expect("\(exampleTime)" == "20150830T123600Z" && exampleTime.day == "20150830")
            #expect(
                SignatureTime(nanosecondsSinceEpoch: -1) == SignatureTime(secondsSinceEpoch: -1))
            for year in [2000, 2024, 1900, 2023] {
                let isLeap = year == 2000 || year == 2024
                #expect((SignatureTime(basic: "\(year)0229T000000Z") != nil) == isLeap)
            }
        }

        @Test(
            "can be that of a Date header",
            arguments: [
                "Sun, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 -0000",
                "20150830T123600Z",
            ])
        func dateHeaders(text: String) {
            #expect(SignatureTime(header: text) == exampleTime)
        }

        @Test(
            "is no other text",
            arguments: [
                "", "Sun, 30 Aug 2015 12:36:00 CET", "30 Aug 2015 12:36:00 GMT",
                "Sun, 31 Sep 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36 GMT", "20150830T126000Z",
                "20150830T123600z", "2015-08-30T12:36:00Z",
            ])
        func otherTexts(text: String) { #expect(SignatureTime(header: text) == nil) }
    }
#endif
