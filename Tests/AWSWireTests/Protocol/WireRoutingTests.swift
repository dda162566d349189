import AWSWire
import TestSupport
import Testing

@Suite("What a request asks for")
struct WireRoutingTests {
    private let routing = WireRouting([
        WireService(.events), WireService(.schemas), WireService(.scheduler), WireService(.sts),
    ])

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func refusal(_ request: WireRequest, signedFor service: String? = nil) -> String {
        do throws(ServiceError) {
            let call = try routing.call(of: request, signedFor: service)
            return "\(call.service.model.name) \(call.operation)"
        } catch { return "\(error.status) \(error.code)" }
    }

    @Test("X-Amz-Target names service and operation, whatever the case of its name")
    func target() throws {
        let call = try routing.call(
            of: WireRequest(
                headers: [.init("x-AMZ-target", "AWSEvents.PutRule")], body: Array("{}".utf8)),
            signedFor: nil)
        #expect(call.service.model.name == "events" && call.operation == "PutRule")
        #expect(call.format == .json(version: "1.1"))
        #expect(text(call.input) == "{}")
    }

    @Test("what nobody serves is refused, with a status that says why")
    func unknown() {
        func target(_ text: String, method: String = "POST") -> WireRequest {
            WireRequest(method: method, headers: [.init("X-Amz-Target", text)])
        }
        #expect(refusal(target("AWSEvents")) == "404 UnknownOperationException")
        #expect(refusal(target("Other.PutRule")) == "404 UnknownOperationException")
        #expect(
            refusal(target("AWSEvents.PutRule", method: "GET")) == "405 MethodNotAllowedException")
        #expect(refusal(WireRequest()) == "404 UnknownOperationException")
        #expect(refusal(WireRequest(), signedFor: "s3") == "404 UnknownOperationException")
        #expect(refusal(WireRequest(), signedFor: "events") == "404 UnknownOperationException")
    }

    @Test("a REST service's operation is told by method and path, its members come from everywhere")
    func rest() throws {
        var request = WireRequest(
            method: "PUT", path: "/schedules/a%20b", body: Array(#"{"GroupName":"g"}"#.utf8))
        var call = try routing.call(of: request, signedFor: "scheduler")
        #expect(call.operation == "UpdateSchedule" && call.format == .restJSON)
        #expect(text(call.input) == #"{"Name":"a b","GroupName":"g"}"#)
        request = WireRequest(
            method: "GET", path: "/v1/registries/name/r/schemas",
            query: "limit=3&nextToken=a%2Bb&unknown=1")
        call = try routing.call(of: request, signedFor: "schemas")
        #expect(call.operation == "ListSchemas")
        #expect(text(call.input).contains(#""limit":3"#))
        #expect(text(call.input).contains(#""nextToken":"a+b""#))
        #expect(text(call.input).contains(#""registryName":"r""#))
        #expect(
            refusal(WireRequest(method: "GET", path: "/nowhere"), signedFor: "schemas")
                == "404 UnknownOperationException")
        #expect(
            refusal(WireRequest(method: "TRACE", path: "/schedules/a"), signedFor: "scheduler")
                == "405 MethodNotAllowedException")
    }

    @Test("a form asks STS who the caller is, and is answered in XML")
    func query() throws {
        let request = WireRequest(
            headers: [.init("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))
        let call = try routing.call(of: request, signedFor: "sts")
        #expect(call.operation == "GetCallerIdentity")
        let answer = call.format.answer(
            Array(#"{"Account":"1","Arn":"a<b"}"#.utf8), to: call, requestID: "id")
        #expect(
            text(answer.body)
                == "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                + "<GetCallerIdentityResult><Account>1</Account><Arn>a&lt;b</Arn>"
                + "</GetCallerIdentityResult><ResponseMetadata><RequestId>id</RequestId>"
                + "</ResponseMetadata></GetCallerIdentityResponse>")
    }

    @Test("an error has the shape of its protocol")
    func errors() {
        let error = ServiceError("Wrong", "it's \"wrong\" <here>", status: 409)
        var answer = WireFormat.json(version: "1.1").answer(error, requestID: "id")
        #expect(answer.status == 409)
        #expect(
            text(answer.body) == #"{"__type":"Wrong","message":"it's \"wrong\" <here>"}"#)
        answer = WireFormat.restJSON.answer(error, requestID: "id")
        #expect(answer.headers.contains(.init("x-amzn-errortype", "Wrong")))
        answer = WireFormat.xml(namespace: "n").answer(error, requestID: "id")
        #expect(
            text(answer.body).contains("<Message>it's &quot;wrong&quot; &lt;here&gt;</Message>"))
        #expect(answer.headers.contains(.init("x-amzn-RequestId", "id")))
    }

    @Test("a body of gzip is read within its limit, and refused beyond it or where it is broken")
    func compression() throws {
        let body = Array(repeating: UInt8(ascii: "a"), count: 1_000)
        let packed = Gzip.stored(body)
        func request(_ bytes: [UInt8], _ encoding: String = "gzip") -> WireRequest {
            WireRequest(headers: [.init("Content-Encoding", encoding)], body: bytes)
        }
        var good = request(packed)
        try good.decompress(bytesMax: 1_000)
        #expect(good.body == body)
        for (wrong, code) in [
            (request(Array(packed.dropLast(9))), "SerializationException"),
            (request(body), "SerializationException"), (request([]), "SerializationException"),
            (request(packed, "br"), "SerializationException"),
        ] {
            var wrong = wrong
            #expect {
                try wrong.decompress(bytesMax: 1_000)
            } throws: { ($0 as? ServiceError)?.code == code }
        }
        var long = request(packed)
        #expect {
            try long.decompress(bytesMax: 999)
        } throws: { ($0 as? ServiceError)?.status == 413 }
    }
}
