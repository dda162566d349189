#if Server
    internal import AWSWire
    internal import EventEnvelope
    internal import FoundationEssentials
    internal import InternalSystem
    internal import Logging

    /// What becomes of a request, whoever brings it: who calls is found out, and what is asked for; it is
    /// done, answered, and told in the log.
    struct WireFront: Sendable {
        let routing: WireRouting
        let doorkeeper: Doorkeeper
        let bodyBytesMax: Int
        let log: RequestLog

        /// Answers a request, however long that takes.
        func respond(to request: WireRequest) async -> WireResponse {
            var exchange = begin(request)
            do throws(ServiceError) {
                let (call, caller) = try admit(&exchange)
                let output = try await call.service.answer(call.operation, call.input, caller)
                return end(exchange, call.format.answer(output, to: call, requestID: exchange.id))
            } catch { return end(exchange, error) }
        }

        /// Answers a request, if that can be done at once; nil, with nothing done, if it can't.
        func respondAtOnce(to request: WireRequest) -> WireResponse? {
            var exchange = begin(request)
            do throws(ServiceError) {
                let (call, caller) = try admit(&exchange)
                guard
                    let output = try call.service.answerAtOnce(call.operation, call.input, caller)
                else { return nil }
                return end(exchange, call.format.answer(output, to: call, requestID: exchange.id))
            } catch { return end(exchange, error) }
        }

        /// A request that can't be read at all.
        func refuse(_ request: WireRequest, _ error: ServiceError) -> WireResponse {
            end(begin(request), error)
        }

        /// A request that is being answered.
        private struct Exchange {
            var request: WireRequest
            let id: String
            let begun: UInt64
            var account = "-"
            var operation = "-"
        }

        private func begin(_ request: WireRequest) -> Exchange {
            Exchange(
                request: request, id: UUID().uuidString.lowercased(), begun: monotonicNanoseconds())
        }

        private func admit(
            _ exchange: inout Exchange
        ) throws(ServiceError) -> (WireCall, Caller) {
            let visitor = try doorkeeper.visitor(exchange.request, requestID: exchange.id)
            exchange.account = visitor.caller.account
            try exchange.request.decompress(bytesMax: bodyBytesMax)
            let call = try routing.call(of: exchange.request, signedFor: visitor.signingName)
            exchange.operation = "\(call.service.model.signingName) \(call.operation)"
            return (call, visitor.caller)
        }

        private func end(_ exchange: Exchange, _ error: ServiceError) -> WireResponse {
            if error.status >= 500 {
                log.failure(error, operation: exchange.operation, requestID: exchange.id)
            }
            let format = routing.format(of: exchange.request, signedFor: nil)
            return end(
                exchange, format.answer(error, requestID: exchange.id), code: error.code)
        }

        private func end(
            _ exchange: Exchange, _ response: WireResponse, code: String? = nil
        ) -> WireResponse {
            log.request(
                exchange.operation, account: exchange.account, status: response.status,
                nanoseconds: monotonicNanoseconds() &- exchange.begun, code: code)
            return response
        }
    }
#endif
