import Testing

@testable import LinuxIO

@Suite struct RandomWordsTests {
    @Test("no word is given twice, also when more are fetched, nor to two who ask")
    func distinct() {
        var (one, other) = (RandomWords(), RandomWords())
        let words = (0..<100).flatMap { _ in [one.next(), other.next()] }
        #expect(Set(words).count == 200 && !words.contains(0))
    }
}
