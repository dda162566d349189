#if Server
    internal import AWSWire

    /// The one operation of STS that clients of anything ask for: who am I?
    enum CallerIdentity {
        private struct Input: Decodable {}

        private struct Output: Encodable {
            let arn: String
            let userId: String
            let account: String
        }

        /// STS, with `GetCallerIdentity`.
        static var service: WireService {
            var sts = WireService(.sts)
            sts.on("GetCallerIdentity", isQuick: true) {
                (_: Input, caller: Caller) throws(ServiceError) -> Output in
                Output(
                    arn: caller.principalARN, userId: caller.account, account: caller.account)
            }
            return sts
        }
    }
#endif
