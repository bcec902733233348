/// The worker that decodes untrusted pictures. It takes no work in this version, and says so by its exit code.
@main
struct Decoder {
    static func main() { fatalError("breakwater-decoder takes no work in this version") }
}
