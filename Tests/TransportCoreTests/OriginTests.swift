import OrderUpdates
import Testing
import TransportCore

@Suite struct OriginTests {
    @Test(
        "What a person writes becomes what browsers send",
        arguments: [
            ("https://app.example", "https://app.example"), ("https://app.example/", "https://app.example"),
            ("HTTPS://App.Example", "https://app.example"), ("https://app.example:443", "https://app.example"),
            ("http://app.example:80/", "http://app.example"), ("https://app.example:80", "https://app.example:80"),
            ("http://localhost:3000", "http://localhost:3000"), ("https://app.example:", "https://app.example"),
            ("https://app.example:08443", "https://app.example:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:3000", "http://[::1]:3000"), ("http://[0:0::0:1]", "http://[::1]"),
            ("http://[2001:DB8::A]:80", "http://[2001:db8::a]"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://a_b.example.", "https://a_b.example."),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"),
            ("capacitor://localhost", "capacitor://localhost"), ("*", "*"),
        ])
    func normalises(written: String, sent: String) throws {
        #expect(try Origin(written: written).description == sent)
    }

    @Test(
        "What no browser could send is refused, with what to write",
        arguments: [
            ("", "missing"), ("app.example", "no scheme"), ("//app.example", "no scheme"),
            ("://app.example", "no scheme"),
            ("1http://a", "no scheme"), ("null", "sandboxed"), ("https://", "no host"), ("https:///", "no host"),
            ("https://:443", "no host"), ("https://app.example/path", "more than"),
            ("https://app.example//", "more than"),
            ("https://app.example?", "more than"), ("https://app.example#a", "more than"),
            ("https://a\\b", "more than"),
            ("https://user@app.example", "user information"), ("https://user:secret@app.example", "user information"),
            ("https://a.example,https://b.example", "once for each"), ("https://a.example,b.example", "once for each"),
            ("https://*.example", "wildcard"), ("https://app.example:65536", "port"),
            ("https://app.example:-1", "port"),
            ("https://app.example:a", "port"), ("https://app.example:80:80", "port"),
            ("wss://app.example", "WebSocket"),
            ("ftp://a", "no page calls"), ("FILE:///a", "no page calls"),
            ("WS://app.example", "WebSocket"), ("https://b\u{FC}cher.example", "xn--"), (" https://a", "space"),
            ("https://a\n", "space"), ("https://127.1", "no host"), ("https://256.0.0.1", "no host"),
            ("https://1.2.3.04", "no host"), ("https://[::1", "no host"), ("https://[::g]", "no host"),
            ("https://[::ffff:1.2.3.4]", "no host"), ("https://\u{212A}.example", "xn--"),
        ])
    func refuses(written: String, word: String) {
        let error = #expect(throws: OriginError.self) { try Origin(written: written) }
        #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    }
}
