#if HTTP
    import AsyncHTTPClient
    package import Foundation
    import NIOCore
    package import NIOHTTP1
    package import Switchyard

    /// What became of a request, as a target's error.
    package enum HTTPOutcome {
        /// Whether the service tries a request again after an answer.
        static func isRetriable(_ status: HTTPResponseStatus) -> Bool {
            [401, 407, 409, 429].contains(status.code) || status.code >= 500
        }

        /// The error that an answer means; nil for success.
        ///
        /// - Parameter body: the beginning of the answer's body, for people.
        static func error(
            _ status: HTTPResponseStatus, _ headers: HTTPHeaders, body: String
        ) -> DeliveryError? {
            let code: DeliveryError.Code
            var text = "answered \(status.code)"
            switch status.code {
            case 200..<300: return nil
            case 300..<400:
                code = .errorFromTarget
                if let place = headers.first(name: "Location") {
                    text += ", a redirect to \(place), which is not followed"
                }
            case 401, 403, 407: code = .noPermissions
            case 404, 410: code = .noResource
            case 408, 504: code = .timeout
            case 429: code = .throttling
            case 400..<500 where status.code != 409: code = .invalidParameter
            default: code = .errorFromTarget
            }
            if !body.isEmpty { text += ": \(body)" }
            return DeliveryError(
                code, text, isRetriable: isRetriable(status),
                retryAfter: isRetriable(status) ? retryAfter(headers) : nil)
        }

        /// The error that a request without an answer means.
        package static func error(_ error: any Error, timeout: Duration) -> DeliveryError {
            switch error {
            case let error as DeliveryError: error
            case let error as PrivateAddress:
                DeliveryError(
                    .noPermissions,
                    "\(error.address) is a private address, which the destination does not allow")
            case let error as HTTPClientError
            where [.deadlineExceeded, .readTimeout, .writeTimeout].contains(error):
                DeliveryError(.timeout, "no answer within \(timeout)")
            case is HTTPParserError:
                DeliveryError(.errorFromTarget, "the answer is no HTTP: \(error)")
            default: DeliveryError(.connectionFailure, "\(error)")
            }
        }

        /// Seconds, or a date (RFC 9110, 10.2.3).
        package static func retryAfter(_ headers: HTTPHeaders, now: Date = Date()) -> Duration? {
            guard let text = headers.first(name: "Retry-After") else { return nil }
            if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(secondsFromGMT: 0)
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            guard let date = format.date(from: text) else { return nil }
            return .seconds(max(date.timeIntervalSince(now), 0))
        }
    }

    extension TimeAmount {
        init(_ duration: Duration) {
            self = .nanoseconds(Int64(clamping: duration.wholeNanoseconds))
        }
    }
#endif
