import GenerationFormat
import Testing

@Suite struct ChunkPlanTests {
    static let plans = [1, 3_000_000, 50_000_000].map { ChunkPlan(count: $0) }

    @Test("the chunks are the whole hash, and their radii and one for each are 32 together", arguments: plans)
    func exact(plan: ChunkPlan) {
        #expect((0..<plan.chunks).reduce(0) { $0 + plan.bits($1) } == 256)
        #expect((0..<plan.chunks).reduce(0) { $0 + plan.radius($1) + 1 } == 32)
        for bit in 0..<256 {
            var hash = SIMD4<UInt64>()
            hash[bit / 64] = 1 << UInt64(bit % 64)
            let values = (0..<plan.chunks).map { plan.value($0, of: hash) }
            #expect(values.reduce(0) { $0 + $1.nonzeroBitCount } == 1)
            #expect(values[bit % plan.chunks].nonzeroBitCount == 1)
        }
    }

    @Test("the masks of a chunk are all of its radius, each once", arguments: plans)
    func masks(plan: ChunkPlan) {
        for chunk in 0..<plan.chunks {
            let masks = plan.masks(chunk)
            let (bits, radius) = (plan.bits(chunk), plan.radius(chunk))
            let wanted = 1 + bits + (radius > 1 ? bits * (bits - 1) / 2 : 0)
            #expect(masks.count == wanted)
            #expect(masks.count <= 512)
            #expect(Set(masks).count == wanted)
            #expect(masks.allSatisfy { $0.nonzeroBitCount <= radius && $0 >> UInt32(bits) == 0 })
        }
    }

    @Test("however the bits that differ are spread, some chunk has few enough", arguments: plans)
    func pigeonhole(plan: ChunkPlan) {
        var random = SplitMix64(state: 6)
        for _ in 0..<2_000 {
            let places = (0..<256).shuffled(using: &random).prefix(31)
            let perChunk = Dictionary(grouping: places) { $0 % plan.chunks }.mapValues(\.count)
            #expect((0..<plan.chunks).contains { perChunk[$0, default: 0] <= plan.radius($0) })
        }
    }

    @Test("another number of chunks is none")
    func unknown() { #expect(ChunkPlan(chunks: 13) == nil) }
}
