import LWS

/// Heads that each rule refuses, and heads that are served.
enum RequestHeadSamples {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    private static let version = "Sec-WebSocket-Version: 13\r\n"

    /// By rule. Those of `chunk` and `chunked-length` are bodies, which are looked at over sockets.
    static let refused: [(rule: RequestRule, heads: [String])] = [
        (
            .lineEnd,
            [
                "GET / HTTP/1.1\nHost: a\n\n", get + "X: a\n\r\n", get + "\n", get + "X: a\rb\r\n\r\n", "\n",
                get + "X: a\r\r\n\r\n", "\r\r\n" + get + "\r\n",
            ]
        ),
        (
            .requestLine,
            [
                "GET /\r\n", "GET\r\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", " GET / HTTP/1.1\r\n",
                "G(T / HTTP/1.1\r\n", "GET / http/1.1\r\n", "GET / HTTP/1.10\r\n", "GET /\tHTTP/1.1\r\n",
                "\u{16}\u{3}\u{1}",
                "GET / HTTP/1\r\n", "GET / HTTP/x.1\r\n",
            ]
        ),
        (.requestLineLength, ["GET /" + String(repeating: "x", count: 600)]),
        (.version, ["GET / HTTP/9.9\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/0.9\r\n", "PRI * HTTP/2.0\r\n"]),
        (.connect, ["CONNECT a:80 HTTP/1.1\r\n", "CONNECT / HTTP/1.1\r\n"]),
        (
            .target,
            [
                "GET a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "GET /#a HTTP/1.1\r\n", "GET /%zz HTTP/1.1\r\n",
                "GET /% HTTP/1.1\r\n", "GET /\u{e9} HTTP/1.1\r\n", "GET /\u{1} HTTP/1.1\r\n", "GET /\0 HTTP/1.1\r\n",
                "GET http:///a HTTP/1.1\r\n", "GET http://u:p@a/ HTTP/1.1\r\n", "GET ftp://a/ HTTP/1.1\r\n",
                "GET http://a:port/ HTTP/1.1\r\n", "GET /?a=%4 HTTP/1.1\r\n",
            ]
        ),
        (
            .encodedControl,
            ["GET /%0d%0aX:%201 HTTP/1.1\r\n", "GET /?a=%00 HTTP/1.1\r\n", "GET http://a/%0A HTTP/1.1\r\n"]
        ),
        (.fieldLine, [get + "Foo\r\n\r\n", get + "Foo bar\r\n\r\n"]),
        (
            .fieldName,
            [
                get + "Foo : a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", get + ": a\r\n\r\n",
                get + "F\u{e9}: a\r\n\r\n", get + "F o: a\r\n\r\n", get + "\0: a\r\n\r\n",
            ]
        ),
        (.lineFolding, [get + "Foo: a\r\n b\r\n\r\n", get + "\tb\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"]),
        (
            .fieldValue,
            [
                get + "Foo: a\0b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n", get + "Foo: \u{7f}\r\n\r\n",
                get + "F: \u{1b}\r\n\r\n",
            ]
        ),
        (
            .headLength,
            [get + "Foo: " + String(repeating: "x", count: 600), get + String(repeating: "A: b\r\n", count: 100)]
        ),
        (.hostMissing, ["GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n"]),
        (
            .hostTwice,
            [get + "Host: a\r\n\r\n", get + "hOST: b\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"]
        ),
        (
            .host,
            ["a b", "a/b", "a:b", "u@a", "[::1", "[::1]x", "a:123456", "\u{e9}"].map {
                "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n"
            }
        ),
        (
            .contentLength,
            ["-1", "+23", "1, 1", "0x10", "1 2", "", "9223372036854775808", "1.0", "\u{661}"].map {
                post + "Content-Length: \($0)\r\n\r\n"
            }
        ),
        (.contentLengthTwice, [post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"]),
        (
            .lengthAndCoding,
            [
                post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                post + "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
            ]
        ),
        (.codingInHTTP10, ["POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"]),
        (
            .transferCoding,
            ["xchunked", "gzip, chunked", "identity", "chunked;a=b", "chun\u{212A}ed"].map {
                post + "Transfer-Encoding: \($0)\r\n\r\n"
            }
        ),
        (
            .chunkedOnce,
            [
                post + "Transfer-Encoding: chunked, chunked\r\n\r\n", post + "Transfer-Encoding:\r\n\r\n",
                post + "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
            ]
        ),
        (
            .expectation,
            [post + "Content-Length: 1\r\nExpect: 200-ok\r\n\r\n", get + "Expect: 100-continue, b\r\n\r\n"]
        ),
        (
            .webSocketMethod,
            [
                post + upgrade + version + key + "\r\n",
                "HEAD / HTTP/1.1\r\nHost: a\r\n" + upgrade + version + key + "\r\n",
            ]
        ),
        (
            .webSocketBody,
            [
                get + upgrade + version + key + "Content-Length: 1\r\n\r\n",
                get + upgrade + version + key + "Transfer-Encoding: chunked\r\n\r\n",
            ]
        ),
        (
            .webSocketVersion,
            [
                "", "Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 25\r\n", "Sec-WebSocket-Version: 13, 8\r\n",
                version + version,
            ]
            .map { get + upgrade + key + $0 + "\r\n" }
        ),
        (
            .webSocketKey,
            ["", key + key, "Sec-WebSocket-Key: YWJj\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n"].map {
                get + upgrade + version + $0 + "\r\n"
            }
        ),
    ]

    /// With what the parser makes of them: method, path, host, framing, and whether 100-continue is expected, the connection ends, a
    /// WebSocket opens, the version is 1.0.
    static let served: [(head: String, summary: String)] = [
        (get + "\r\n", "GET / a none false false false false"),
        ("\r\n" + get + "\r\n", "GET / a none false false false false"),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / - none false false false false"),
        ("GET /a%20b?c=%41 HTTP/1.1\r\nHost: a:1\r\n\r\n", "GET /a b a:1 none false false false false"),
        ("GET /a%2Fb/../c HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET /a%2Fb/../c [::1]:80 none false false false false"),
        ("GET HTTP://b:8/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x b:8 none false false false false"),
        ("GET http://b?x HTTP/1.1\r\nHost: a\r\n\r\n", "GET / b none false false false false"),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * a none false false false false"),
        ("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * a none false false false false"),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "TRACE / a none false false false false"),
        // KELVIN SIGN, which is `k` in lower case.
        (
            get + "Upgrade: websoc\u{212A}et\r\nConnection: Upgrade\r\n" + version + key + "\r\n",
            "GET / a none false false false false"
        ),
        ("get / HTTP/1.2\r\nHost: a\r\n\r\n", "get / a none false false false false"),
        (post + "Content-Length: 23 \t\r\n\r\n", "POST / a length(23) false false false false"),
        (post + "Content-Length: 0\r\nExpect: 100-Continue\r\n\r\n", "POST / a length(0) true false false false"),
        (get + "Expect: 100-continue\r\n\r\n", "GET / a none false false false false"),
        (post + "Transfer-Encoding: , Chunked\r\n\r\n", "POST / a chunked false false false false"),
        (get + "Connection: te, Close\r\n\r\n", "GET / a none false true false false"),
        ("GET / HTTP/1.0\r\n\r\n", "GET / - none false true false true"),
        ("GET / HTTP/1.0\r\n" + upgrade + version + key + "\r\n", "GET / - none false true false true"),
        (get + upgrade + version + key + "\r\n", "GET / a none false false true false"),
        (
            get + "Upgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\n" + version + key + "\r\n",
            "GET / a none false false true false"
        ),
        (get + "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "GET / a none false false false false"),
        (get + "Upgrade: websocket\r\n\r\n", "GET / a none false false false false"),
        (get + "X-Auth: 1\r\nUser: 2\r\nA:\r\nX: \u{e9}\t \u{e9} \r\n\r\n", "GET / a none false false false false"),
    ]
}
