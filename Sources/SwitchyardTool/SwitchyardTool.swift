@main
struct SwitchyardTool {
    static func main() {}
}
