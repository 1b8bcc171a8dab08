/// Nothing between client and server.
public struct DirectPath: NetworkPath {
    public let name = "direct"
    public let purpose = "nothing between client and server"
    public let program: ProxyProgram? = nil

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration { PathConfiguration("") }
}
