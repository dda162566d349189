#if Server
    internal import Hummingbird
#endif

@main
struct SwitchyardServer {
    static func main() {}
}
