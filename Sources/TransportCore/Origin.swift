public import OrderUpdates

/// The origin of a page as browsers write it in `Origin`: scheme, host, and the port unless it is the scheme's
/// default (RFC 6454, section 6.2; WHATWG HTML, section 7.5).
public typealias Origin = Identity<OriginKind>
public enum OriginKind {}

extension Identity where Kind == OriginKind {
    /// Stands for every page in a list of allowed origins. No request has it, because a browser names the page.
    public static var any: Self { "*" }

    /// The origin of a server's own pages.
    /// - Parameter host: the value of `Host`.
    public init(host: String, isTLS: Bool) { self.init((isTLS ? "https://" : "http://") + host) }
}
