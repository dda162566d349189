#if Server
    import AWSSignature
    import TestSupport
    import Testing

    /// botocore signs, we verify: random requests, and all that is next to them.
    @Suite(
        "Requests that botocore signed", .onThreadsOfItsOwn,
        .enabled(if: BotocoreRequest.python != nil))
    struct BotocoreTests {
        @Test("are verified, thousands of them, in headers and in URLs, for S3 and for others")
        func verifies() throws {
            let requests = try BotocoreRequest.make(4_000)
            #expect(requests.count == 4_000)
            for (number, request) in requests.enumerated() {
                let now = try #require(request.now)
                do throws(SignatureError) {
                    let identity = try request.verifier.verify(
                        request.signable, at: now, service: request.service,
                        region: request.region)
                    #expect(identity.accessKeyID == request.key)
                } catch {
                    Issue.record(
                        "\(number): \(error): \(request.signable), SWITCHYARD_SEED=\(testSeed())")
                    return
                }
            }
        }

        @Test("are signed the same by us, where both sign the same headers")
        func signsTheSame() throws {
            var compared = 0
            for request in try BotocoreRequest.make(2_000)
            where request.kind == "header" || request.kind == "s3" {
                let theirs = request.signable
                guard let header = theirs.headers.last, header.name == "Authorization",
                    !theirs.headers.contains(where: { $0.name == "Date" })
                else { continue }
                var ours = theirs
                ours.headers.removeAll {
                    ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"].contains($0.name)
                }
                let signer = RequestSigner(
                    credentials: request.credentials, region: request.region,
                    service: request.service)
                try signer.sign(&ours, at: try #require(request.now))
                let own = try AuthorizationHeader(try #require(ours.headers.last?.value))
                guard try own.signedHeaders == AuthorizationHeader(header.value).signedHeaders
                else { continue }
                compared += 1
                #expect("\(own)" == header.value)
            }
            #expect(compared > 100)
        }

        /// Each bit of a request, flipped: refused, unless the flipped request means the same.
        @Test("are refused with any bit flipped that means something, and with none that does not")
        func flippedBits() throws {
            let requests = try BotocoreRequest.make(400).filter { $0.body.count <= 40 }
            var sample: [BotocoreRequest] = []
            for kind in ["header", "s3", "query", "s3-query"] {
                sample += requests.filter { $0.kind == kind }.prefix(2)
            }
            #expect(sample.count == 8)
            var (refused, same) = (0, 0)
            for request in sample {
                let (verifier, now) = (request.verifier, try #require(request.now))
                let original = request.signable
                let meaning = try #require(Meaning(original))
                for flipped in flips(of: original) {
                    let isSame = Meaning(flipped) == meaning
                    let isTaken = (try? verifier.verify(flipped, at: now)) != nil
                    if isSame { same += 1 } else { refused += 1 }
                    guard isSame != isTaken else { continue }
                    Issue.record(
                        """
                        \(isTaken ? "taken" : "refused"): \(flipped)
                        was: \(original), SWITCHYARD_SEED=\(testSeed())
                        """)
                    return
                }
            }
            print("flipped bits: \(refused) refused, \(same) that mean the same")
            #expect(refused > 10_000 && same > 100)
        }

        /// All requests that differ in a bit from one. Bits that make text no text are left out: no
        /// string can hold it.
        private func flips(of request: SignableRequest) -> [SignableRequest] {
            var all: [SignableRequest] = []
            func add(_ text: String, _ path: WritableKeyPath<SignableRequest, String>) {
                for flipped in text.flips {
                    var copy = request
                    copy[keyPath: path] = flipped
                    all.append(copy)
                }
            }
            add(request.method, \.method)
            add(request.path, \.path)
            add(request.query, \.query)
            for index in request.headers.indices {
                add(request.headers[index].name, \.headers[index].name)
                add(request.headers[index].value, \.headers[index].value)
            }
            if case .bytes(let bytes) = request.body {
                for bit in 0..<(bytes.count * 8) {
                    var copy = request
                    var body = bytes
                    body[bit / 8] ^= 1 << UInt8(bit % 8)
                    copy.body = .bytes(body)
                    all.append(copy)
                }
            }
            return all
        }
    }

    extension String {
        /// Itself with each of its bits flipped, as far as that is text.
        fileprivate var flips: [String] {
            let bytes = Array(utf8)
            return (0..<(bytes.count * 8)).compactMap { bit in
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                return String(validating: flipped, as: UTF8.self)
            }
        }
    }
#endif
