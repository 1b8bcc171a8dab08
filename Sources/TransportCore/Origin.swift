public import OrderUpdates

/// Where a page comes from, as browsers write it in `Origin`: scheme, host, and the port unless it is the scheme's own (RFC 6454,
/// section 6.2; WHATWG HTML, section 7.5).
public typealias Origin = Identity<OriginKind>
public enum OriginKind {}

extension Identity where Kind == OriginKind {
    /// Every page, on a list of those that may call. No request has it: a browser names the page.
    public static var any: Self { "*" }

    /// The origin of a server's own pages.
    /// - Parameter host: the value of `Host`.
    public init(host: String, isTLS: Bool) { self.init((isTLS ? "https://" : "http://") + host) }
}
