/// What stands between the values of an event that is made of an entry: EventBridge's members, in the
/// service's order.
enum EnvelopeText {
    static let id: StaticString = #"{"version":"0","id":"#
    static let detailType: StaticString = #","detail-type":"#
    static let source: StaticString = #","source":"#
    static let account: StaticString = #","account":"#
    static let time: StaticString = #","time":"#
    static let region: StaticString = #","region":"#
    static let resources: StaticString = #","resources":["#
    static let detail: StaticString = #"],"detail":"#
    static let end: StaticString = "}"
}
