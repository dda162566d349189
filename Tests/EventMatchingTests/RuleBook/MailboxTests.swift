import EventPattern
import JSONScan
import TestSupport
import Testing

@testable import EventMatching

@Suite("Where a matcher finds the newest edition", .onThreadsOfItsOwn)
struct MailboxTests {
    private let mailbox = Mailbox(MatcherScratch(kernel: .best, lends: false))

    private func level(_ names: String...) throws -> RuleLevel {
        let book = try RuleBook(names.map { try Rule(name: $0, pattern: #"{"a":["\#($0)"]}"#) })
        return RuleLevel(book.rules, book.compile)
    }

    @Test("there is an edition in it from the first one on, also while one takes another's place")
    func isNeverEmptyBetween() {
        let count: UInt64 = 50_000
        mailbox.put(RuleEdition([], changeCount: 0), [])
        let (isOver, empty) = (Counted(), Counted())
        onThreads(2) { thread in
            guard thread > 0 else {
                for number in 1...count { mailbox.put(RuleEdition([], changeCount: number), []) }
                isOver.add(1)
                return
            }
            repeat {
                if mailbox.isEmpty { empty.add(1) }
            } while isOver.count == 0
        }
        #expect(empty.count == 0)
        #expect(mailbox.take()?.edition.changeCount == count)
        #expect(mailbox.isEmpty && mailbox.take() == nil)
    }

    @Test("matchers of editions that were not fetched go along, for levels that are still there")
    func takesMatchersAlong() throws {
        let (first, second, third) = (try level("a"), try level("b"), try level("c"))
        func put(_ levels: [RuleLevel], new: RuleLevel) {
            let parts = levels.map { RulePart(level: $0) }
            mailbox.put(
                RuleEdition(parts, changeCount: 0), [LevelMatcher(new, for: mailbox)])
        }
        put([first], new: first)
        put([first, second], new: second)
        put([second, third], new: third)
        let delivery = try #require(mailbox.take())
        #expect(delivery.matchers.count == 2)
        #expect(delivery.matchers.contains { $0.level === second })
        #expect(delivery.matchers.contains { $0.level === third })
    }
}
