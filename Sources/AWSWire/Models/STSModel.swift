// Made by `.ci/aws-models` from botocore 1.43.11: change that, not this.
// swift-format-ignore-file

extension ModelTable {
    /// The operations and shapes of `sts`, in the form that ``ModelTable`` reads.
    static let sts = #"""
service sts 2011-06-15 protocol=query signingName=sts
operation GetCallerIdentity POST / input=GetCallerIdentityRequest output=GetCallerIdentityResponse wrapper=GetCallerIdentityResult
structure GetCallerIdentityRequest
structure GetCallerIdentityResponse UserId:userIdType Account:accountType Arn:arnType
string accountType
string arnType min=20 max=2048 pattern=[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+
string userIdType
"""#
}
