#if Server
    internal import EventDelivery

    /// An answer that is none of success, and what it means for a delivery.
    ///
    /// | the service says | code | tried again |
    /// | --- | --- | --- |
    /// | fewer requests, please | `THROTTLING` | yes |
    /// | too much of something | `RESOURCE_LIMIT_EXCEEDED` | yes |
    /// | it took too long | `TIMEOUT` | yes |
    /// | any other fault of its own (5xx), a conflict that passes | `ERROR_FROM_TARGET` | yes |
    /// | there is no such resource | `NO_RESOURCE` | no |
    /// | we may not | `NO_PERMISSIONS` | no |
    /// | it can't take what we sent | `INVALID_PARAMETER` | no |
    /// | any other fault of ours (4xx) | `SDK_CLIENT_ERROR` | no |
    /// | something that no service of AWS says | `ERROR_FROM_TARGET` | yes |
    struct AWSFailure {
        private let answer: AWSAnswer
        /// `QueueDoesNotExist`: what kind of an error it is; nil if the answer is not one of AWS.
        let code: String?
        private let message: String?

        /// Reads an answer: headers, JSON or XML, whatever the service's protocol is.
        init(_ answer: AWSAnswer) {
            self.answer = answer
            let header = answer.errorType.map { String($0.prefix { $0 != ";" }) }
            var code = header ?? answer.text("__type") ?? answer.text("code") ?? answer.text("Code")
            if code == nil, !answer.isObject { code = answer.element("Code") }
            // `com.amazonaws.sqs#QueueDoesNotExist`, and `Name:http://...` in headers.
            self.code = code.map {
                let name = $0.split(separator: "#").last ?? ""
                return String(name.prefix { $0 != ":" })
            }
            message =
                answer.text("message") ?? answer.text("Message") ?? answer.text("errorMessage")
                ?? (answer.isObject ? nil : answer.element("Message"))
        }

        /// What the failure means for the delivery.
        func error(from service: AWSService) -> DeliveryError {
            let (kind, isRetriable) = kind
            var text = "\(service.rawValue) answered \(answer.status)"
            if let code { text += " \(code)" }
            if let message {
                text += ": \(message.prefix(1_000))"
            } else if code == nil, !answer.body.isEmpty {
                text += ": \(String(decoding: answer.body.prefix(200), as: UTF8.self))"
            }
            return DeliveryError(
                kind, text, isRetriable: isRetriable,
                retryAfter: isRetriable ? answer.retryAfter : nil)
        }

        private var kind: (DeliveryError.Code, isRetriable: Bool) {
            if isThrottling { return (.throttling, true) }
            if let code {
                if Self.limits.contains(code) { return (.resourceLimitExceeded, true) }
                if code.hasPrefix("RequestTimeout") { return (.timeout, true) }
                if Self.missing.contains(code) || code.contains("NonExistent")
                    || code.hasSuffix("DoesNotExist")
                {
                    return (.noResource, false)
                }
            }
            switch answer.status {
            case 408, 504: return (.timeout, true)
            case 500...: return (.errorFromTarget, true)
            case 401, 403: return (.noPermissions, false)
            default: break
            }
            guard let code, (400..<500).contains(answer.status) else {
                return (.errorFromTarget, true)
            }
            if Self.denied.contains(code) || code.hasPrefix("AccessDenied")
                || code.hasPrefix("Authorization")
            {
                return (.noPermissions, false)
            }
            if Self.passing.contains(code) { return (.errorFromTarget, true) }
            let isInput =
                code.hasPrefix("Invalid") || code.hasPrefix("Missing")
                || code.contains("Validation") || code.contains("TooLong")
                || code.contains("TooLarge")
            return (isInput ? .invalidParameter : .sdkClientError, false)
        }

        private var isThrottling: Bool {
            if answer.status == 429 { return true }
            guard let code else { return false }
            return code.contains("Throttl") || Self.throttling.contains(code)
        }

        private static let throttling: Set<String> = [
            "BandwidthLimitExceeded", "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown",
            "TooManyRequestsException", "TransactionInProgressException",
        ]
        private static let limits: Set<String> = [
            "ExecutionLimitExceeded", "LimitExceededException", "OverLimit",
            "ServiceQuotaExceededException",
        ]
        private static let missing: Set<String> = [
            "NotFound", "NotFoundException", "ResourceNotFoundException", "StateMachineDeleting",
        ]
        private static let denied: Set<String> = [
            "ExpiredToken", "ExpiredTokenException", "IncompleteSignature",
            "IncompleteSignatureException", "InvalidClientTokenId", "InvalidSecurity",
            "InvalidSignatureException", "KMSAccessDenied", "KMSAccessDeniedException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized",
            "OptInRequired", "RequestExpired", "SignatureDoesNotMatch", "UnauthorizedOperation",
            "UnrecognizedClientException",
        ]
        /// Conflicts that end: a function that is still being made, a stream that is changed.
        private static let passing: Set<String> = [
            "OperationAbortedException", "ResourceConflictException", "ResourceInUseException",
            "ResourceNotReadyException",
        ]
    }

    extension DeliveryError {
        /// An answer of success that is not what the service answers.
        static func garbage(_ service: AWSService, _ answer: AWSAnswer) -> DeliveryError {
            let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
            return DeliveryError(
                .errorFromTarget,
                "\(service.rawValue) answered \(answer.status), but not as it should: \(text)",
                isRetriable: true)
        }
    }
#endif
