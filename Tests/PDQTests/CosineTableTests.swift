import Glibc
import Testing

@testable import PDQ

@Suite struct CosineTableTests {
    @Test("the table is what the reference computes with the C library's cosine")
    func recomputed() {
        let scale = Double(Float((2.0 / 64.0).squareRoot()))
        for frequency in 0..<16 {
            for point in 0..<64 {
                let angle = Double.pi / 2 / 64 * Double(frequency + 1) * Double(2 * point + 1)
                let expected = Float(scale * cos(angle))
                #expect(CosineTable.points[point][frequency].bitPattern == expected.bitPattern)
            }
        }
    }
}
