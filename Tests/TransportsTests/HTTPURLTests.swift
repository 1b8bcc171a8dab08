import LWS
import Testing

/// Against RFC 3986 and the WHATWG URL standard, as far as a client needs them.
@Suite struct HTTPURLTests {
    @Test(
        "A URL says scheme, host, port and path",
        arguments: [
            ("http://a", false, "a", 80, "/"), ("HTTP://A.Example:8080/B?c#d", false, "a.example", 8080, "/B?c"),
            ("https://a?q=/:@", true, "a", 443, "/?q=/:@"), ("WSS://a:/x", true, "a", 443, "/x"),
            ("ws://[::1]:81/", false, "::1", 81, "/"), ("http://[FE80::1]", false, "fe80::1", 80, "/"),
            ("http://127.1:9#x", false, "127.1", 9, "/"), ("http://a/b#\u{301}c", false, "a", 80, "/b"),
            ("http://a/user@b", false, "a", 80, "/user@b"),
        ])
    func reads(_ text: String, tls: Bool, host: String, port: Int, path: String) throws {
        let url = try HTTPURL(text)
        #expect((url.tls, url.host, url.port, url.path) == (tls, host, port, path))
    }

    @Test(
        "What is no such URL is refused with what is wrong",
        arguments: [
            ("a", "scheme"), ("ftp://a", "scheme"), ("http:/a", "scheme"), ("http://", "host"), ("http://:80", "host"),
            ("http://a:0", "ports"), ("http://a:65536", "ports"), ("http://a:+1", "ports"), ("http://a:b:1", "ports"),
            ("http://u:p@a/", "Authorization"), ("http://u@a", "Authorization"), ("http://[::1", "bracket"),
            ("http://[::1]a", "bracket"), ("http://[a]", "IPv6"), ("http://[127.0.0.1]", "IPv6"),
            ("http://b\u{FC}cher.example", "ASCII"), ("http://a b", "ASCII"),
        ])
    func refuses(_ text: String, word: String) {
        let rejection = #expect(throws: HTTPURL.Rejection.self) { try HTTPURL(text) }
        #expect(rejection?.description.contains(word) == true, "\(rejection?.description ?? "")")
    }

    /// The examples of RFC 3986, section 5.4, that stay with the scheme.
    @Test(
        "A reference is resolved",
        arguments: [
            ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"),
            ("g?y", "/b/c/g?y"),
            ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), (";x", "/b/c/;x"), ("", "/b/c/d;p?q"), (".", "/b/c/"),
            ("./", "/b/c/"),
            ("..", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../g", "/g"), ("../../../g", "/g"), ("/./g", "/g"),
            ("/../g", "/g"), ("g.", "/b/c/g."), ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("g/../h", "/b/c/h"),
            ("g?y/../x", "/b/c/g?y/../x"), ("//b2/x/../y", "/y"), ("/\u{301}x", "/\u{301}x"),
            ("g#\u{301}s", "/b/c/g"),
            ("?\u{301}", "/b/c/d;p?\u{301}"),
        ])
    func resolves(_ reference: String, path: String) throws {
        #expect(try HTTPURL("http://a/b/c/d;p?q").resolve(reference).path == path)
    }
}
