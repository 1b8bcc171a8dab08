import Catalog
import ExperimentModel
import FaultInjection
import Foundation
import Testing

/// The HTTP interface: what it does, and what it refuses.
@Suite struct ControlTests {
    @Test("The catalog lists every fault with its parameters, their defaults and ranges")
    func listsFaults() async throws {
        try await Stage.with { stage in
            let answer = try await ControlClient(port: stage.proxy.controlPort).send("GET", "/faults")
            #expect(answer.status == 200)
            let faults = try #require(answer["faults"] as? [[String: Any]])
            #expect(faults.map { $0["name"] as? String } == Catalog.proxyFaults.map { $0.profile.name })
            #expect(answer["faults", 0, "parameters", 0, "name"] as? String == "milliseconds")
            #expect(answer["faults", 0, "parameters", 0, "default"] as? Double == 100)
            #expect(answer["faults", 0, "parameters", 0, "maximum"] as? Double == 60_000)
            #expect((answer["active"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("A fault begins when it is posted, and ends when it is deleted, by its id or with all others")
    func beginsAndEnds() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            let (client, server) = try await stage.connect()
            let first = try await control.send(
                "POST", "/faults", #"{"fault": "black-hole", "parameters": {"toClient": 0}}"#)
            #expect(first.status == 201)
            let id = try #require(first["id"] as? Int)
            #expect(first["step", "fault"] as? String == "black-hole")
            #expect(first["beganAt"] as? Int ?? 0 > 0)
            try await control.send(
                "POST", "/faults", #"{"fault":"latency","for":3600,"parameters":{"milliseconds":1}}"#
            )
            .expect(201)
            try await client.send("up")
            try await stage.waitForLog(.held)
            let active = try await control.send("GET", "/faults")
            #expect((active["active"] as? [Any])?.count == 2)
            let connections = try await control.send("GET", "/connections")
            #expect(connections["open"] as? Int == 1)
            #expect(connections["connections", 0, "faults"] as? [Int] == [id, id + 1])
            #expect(connections["connections", 0, "bytesFromClient"] as? Int == 2)
            #expect(connections["connections", 0, "bytesToServer"] as? Int == 0)
            #expect(connections["connections", 0, "phase"] as? String == "open")
            try await control.send("DELETE", "/faults/\(id)").expect(200)
            #expect(try await server.receive(2) == "up")
            let rest = try await control.send("DELETE", "/faults")
            #expect(rest["ended"] as? Int == 1)
            #expect(try await control.send("DELETE", "/faults")["ended"] as? Int == 0)
        }
    }

    @Test("A fault that is over at once can be posted")
    func strikes() async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            try await ControlClient(port: stage.proxy.controlPort).send("POST", "/faults", #"{"fault": "reset"}"#)
                .expect(201)
            #expect(try await client.receiveAll().end == .reset)
            #expect(try await server.receiveAll().end == .reset)
        }
    }

    @Test("The log has each beginning, end and effect in order, and can be read on from an entry")
    func keepsALog() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            let (client, server) = try await stage.connect()
            try await stage.begin("latency")
            try await stage.begin("reset")
            try await stage.repair()
            withExtendedLifetime((client, server)) {}
            let log = try await control.send("GET", "/log")
            let entries = try #require(log["entries"] as? [[String: Any]])
            #expect(entries.map { $0["event"] as? String } == ["began", "began", "reset", "ended", "ended"])
            #expect(entries.map { $0["fault"] as? String } == ["latency", "reset", "reset", "reset", "latency"])
            #expect(entries.map { $0["number"] as? Int } == [1, 2, 3, 4, 5])
            let times = entries.compactMap { $0["at"] as? Int }
            #expect(times.count == 5 && times == times.sorted())
            #expect(log["count"] as? Int == 5)
            let rest = try await control.send("GET", "/log?after=3")
            #expect((rest["entries"] as? [[String: Any]])?.map { $0["number"] as? Int } == [4, 5])
            #expect((try await control.send("GET", "/log?after=99")["entries"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(
        "A body that is not as it must be is refused with what to do",
        arguments: [
            (#"{"fault": "latencu"}"#, "did you mean 'latency'?"),
            (#"{"fault": "latency", "milliseconds": 5}"#, "unknown key 'milliseconds'"),
            (#"{"fault": "latency", "parameters": {"milisseconds": 5}}"#, "did you mean 'milliseconds'?"),
            (#"{"fault": "latency", "parameters": {"milliseconds": 60001}}"#, "must lie between 0 and 60000"),
            (
                #"{"fault": "latency", "parameters": {"milliseconds": "5"}}"#,
                "'parameters' must be an object of numbers"
            ),
            (#"{"fault": "latency", "parameters": [5]}"#, "'parameters' must be an object of numbers"),
            (#"{"fault": "latency", "for": 0}"#, "'for' is 0.0 s"),
            (#"{"fault": "latency", "at": 1}"#, "leave out 'at'"),
            (#"{"fault": "reset", "for": 1}"#, "leave out 'for'"),
            (#"{"fault": 7}"#, "'fault' must be a name"),
            (#"{"at": 0}"#, "lacks the key 'fault'"),
            (#"["latency"]"#, "must be a JSON object"),
            (#"{"fault": "latency""#, "not JSON"), ("null", "must be a JSON object"), ("7", "must be a JSON object"),
            (#"{"fault": "latency", "fault": "reset"}"#, "stands twice"),
            (#"{"fault": "latency", "parameters": {"milliseconds": 1, "milliseconds": 2}}"#, "stands twice"),
            (#"{"fault": "latency", "for": 1e999}"#, "'for' must be a number of seconds"),
            ("fault: latency", "not JSON"),
            (
                #"{"fault": "latency", "parameters": "# + String(repeating: "[", count: 600)
                    + String(repeating: "]", count: 600) + "}", "nested"
            ),
            (
                #"{"fault": "respond", "parameters": {"status": 503.5}}"#,
                "'status' is 503.5, and must be a whole number"
            ),
            (
                #"{"fault": "latency", "parameters": {"toServer": 0.5}}"#,
                "'toServer' is 0.5, and must be a whole number"
            ),
            (#"{"fault": "byte-limit", "parameters": {"bytes": 0.5}}"#, "'bytes' is 0.5, and must be a whole number"),
        ])
    func refusesFaults(body: String, message: String) async throws {
        try await Stage.with { stage in
            let answer = try await ControlClient(port: stage.proxy.controlPort).send("POST", "/faults", body)
            #expect(answer.status == 400)
            #expect(answer.error.contains(message), "\(answer.error)")
            #expect(try await stage.log.isEmpty)
        }
    }

    @Test(
        "So is a plan, and the one before goes on",
        arguments: [
            (#"{"steps": [{"fault": "latency"}, {"fault": "nothing"}]}"#, "unknown fault 'nothing'"),
            (#"{"steps": [{"fault": "latency", "at": -1}]}"#, "'at' is -1.0 s"),
            (#"{"steps": {"fault": "latency"}}"#, "'steps' must be a list"),
            (#"{"step": []}"#, "unknown key 'step'"),
            (#"{"name": "empty"}"#, "lacks the key 'steps'"), ("null", "must be a JSON object"),
            (#"{"steps": [null]}"#, "'steps' must be a list"), (#"{"steps": null}"#, "'steps' must be a list"),
            (#"{"steps": [], "steps": [{"fault": "reset"}]}"#, "stands twice"),
        ])
    func refusesPlans(body: String, message: String) async throws {
        try await Stage.with(plan: [.init("latency")]) { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            try await stage.waitForLog(.began)
            let answer = try await control.send("PUT", "/plan", body)
            #expect(answer.status == 400)
            #expect(answer.error.contains(message), "\(answer.error)")
            #expect(try await control.send("GET", "/plan")["steps", 0, "fault"] as? String == "latency")
            #expect((try await control.send("GET", "/faults")["active"] as? [Any])?.count == 1)
        }
    }

    @Test("Paths, methods and ids that are not there")
    func refusesRequests() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            try await control.send("GET", "/").expect(404)
            try await control.send("GET", "/fault").expect(404)
            try await control.send("GET", "/fault?x").expect(404)
            try await control.send("GET", "/faults/1/2").expect(404)
            try await control.send("DELETE", "/faults/7").expect(404)
            try await control.send("DELETE", "/faults/x").expect(404)
            // An id that a script has left empty is no word for all of them.
            try await control.send("DELETE", "/faults/").expect(404)
            for (target, words) in [
                ("/log?since=1", "not 'since=1'"), ("/log?after=-1", "not 'after=-1'"),
                ("/log?after=1&after=2", "once"), ("/log?after=1&x", "not 'after=1&x='"),
                ("/connections?x", "no 'x'"), ("/faults?y=1", "no 'y'"), ("/faults/1?z", "no 'z'"),
                ("/plan?z", "no 'z'"), ("http://:80/faults", "has no host"), ("http:///faults", "has no host"),
                ("http://[]/faults", "has no host"), ("http://a:99999/faults", "1 to 65535"),
                ("http://a:99999999999999999999/faults", "1 to 65535"), ("http://a:0/faults", "1 to 65535"),
                ("http://a:b/", "is no URI"),
                ("http://[::1]9/faults", "is no URI"), ("http://a%zz/faults", "is no URI"),
                ("http://u@a/faults", "user information"), ("/faults#a", "a fragment"),
                ("ftp://a/faults", "no http or https URI"), ("/faults|", "is no URI"), ("/faults\\", "is no URI"),
            ] {
                let answer = try await control.send("GET", target)
                #expect(answer.status == 400, "\(target)")
                #expect(answer.error.contains(words), "\(target): \(answer.body)")
            }
            for target in [
                "/connections?", "//faults", "http://[::1]:80/faults", "http://a:/faults", "HTTP://A.example/faults",
            ] {
                try await control.send("GET", target).expect(200)
            }
            for (method, path, allowed) in [
                ("PUT", "/faults", "GET, POST, DELETE"), ("GET", "/faults/1", "DELETE"), ("POST", "/plan", "GET, PUT"),
                ("POST", "/log", "GET"), ("DELETE", "/connections", "GET"),
            ] {
                let answer = try await control.send(method, path)
                #expect(answer.status == 405)
                #expect(answer.head.contains("Allow: \(allowed)"))
            }
        }
    }

    @Test("A body of another type is refused: a page of another origin could send it")
    func refusesOtherTypes() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json-seq", nil,
            ] {
                let answer = try await control.send("POST", "/faults", #"{"fault": "reset"}"#, contentType: type)
                #expect(answer.status == 400)
                #expect(answer.error.contains("Content-Type: application/json"))
            }
            for type in ["application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"] {
                try await control.send("POST", "/faults", #"{"fault": "reset"}"#, contentType: type).expect(201)
            }
        }
    }

    @Test("A client that waits before it sends its body is told to go on at once")
    func continues() async throws {
        try await Stage.with { stage in
            let body = #"{"fault": "reset"}"#
            let socket = try TestSocket.connect(to: stage.proxy.controlPort)
            try await socket.send(
                "POST /faults HTTP/1.1\r\nHost: proxy\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
            #expect(try await socket.receive(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await socket.send(body)
            #expect(try await socket.receiveAll().text.hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test(
        "A head that the server would refuse is refused alike, at once: no body is asked for or awaited",
        arguments: [
            ("", 400, "send a Host field"), ("Host: a\r\nHost: a\r\n", 400, "send one Host field"),
            ("Host: a b\r\n", 400, "Host is a name"), ("Host: a\r\nExpect: foo\r\n", 417, "'100-continue' alone"),
            ("Host: a\r\nExpect: foo\r\nContent-Length: 12\r\n", 417, "'100-continue' alone"),
            ("Host: a\r\nExpect: 100-continue\r\nContent-Length: 1048577\r\n", 413, "longer than 1048576 bytes"),
            ("Host: a\r\nContent-Length: 9223372036854775807\r\n", 413, "longer than 1048576 bytes"),
            ("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", 501, "'chunked' alone"),
        ])
    func judgesHeads(fields: String, status: Int, words: String) async throws {
        try await Stage.with { stage in
            let socket = try TestSocket.connect(to: stage.proxy.controlPort)
            try await socket.send("PUT /plan HTTP/1.1\r\nContent-Type: application/json\r\n\(fields)\r\n")
            let answer = try await socket.receiveAll()
            #expect(answer.text.hasPrefix("HTTP/1.1 \(status) "), "\(answer.text)")
            #expect(answer.text.contains(words) && answer.text.contains("Connection: close"), "\(answer.text)")
            #expect(answer.end == .fin)
            try await ControlClient(port: stage.proxy.controlPort).send("GET", "/faults").expect(200)
        }
    }

    @Test("HTTP/1.0 needs no Host, an upgrade is ignored, and what follows a request that is refused is not looked at")
    func endsRefused() async throws {
        try await Stage.with { stage in
            let old = try TestSocket.connect(to: stage.proxy.controlPort)
            try await old.send("GET /faults HTTP/1.0\r\n\r\n")
            #expect(try await old.receiveAll().text.hasPrefix("HTTP/1.0 200 "))
            let upgrading = try TestSocket.connect(to: stage.proxy.controlPort)
            try await upgrading.send(
                "GET /faults HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n")
            #expect(try await upgrading.receiveAll().text.hasPrefix("HTTP/1.1 200 "))
            let fault = #"{"fault": "reset"}"#
            let post =
                "POST /faults HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(fault.utf8.count)\r\n\r\n\(fault)"
            let chunks = "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + String(repeating: "x", count: 0x20_0000)
            for (refused, status) in [
                ("GET /faults HTTP/1.1\r\n\r\n", "400"), ("PUT /plan HTTP/1.1\r\nHost: a\r\n\(chunks)", "413"),
                ("PUT /plan HTTP/1.1\r\nHost: a\r\n\(chunks)\r\n0\r\n\r\n", "413"),
            ] {
                let socket = try TestSocket.connect(to: stage.proxy.controlPort)
                try await socket.send(refused + post)
                let answer = try await socket.receiveAll()
                #expect(answer.text.hasPrefix("HTTP/1.1 \(status) ") && answer.end == .fin, "\(answer)")
                #expect(answer.text.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
            }
            #expect(try await stage.log.isEmpty)
        }
    }

    @Test("A target in absolute form is its path, HEAD is GET without its content, and OPTIONS says what a path takes")
    func speaksHTTP() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            for target in ["http://proxy/faults", "HTTP://proxy:80/faults", "http://proxy/log?after=0"] {
                try await control.send("GET", target).expect(200)
            }
            try await control.send("GET", "http://proxy").expect(404)
            let head = try await control.send("HEAD", "/plan")
            let whole = try await control.send("GET", "/plan")
            #expect(head.status == 200 && head.body.isEmpty && whole.head == head.head)
            let options = try await control.send("OPTIONS", "/faults")
            #expect(options.status == 204 && options.body.isEmpty)
            #expect(options.head.contains("Allow: GET, POST, DELETE"))
            #expect(!options.head.lowercased().contains("content-length"))
            try await control.send("TRACE", "/faults").expect(405)
        }
    }

    @Test("A body beyond the bound is refused, and the proxy goes on")
    func boundsBodies() async throws {
        try await Stage.with { stage in
            let control = ControlClient(port: stage.proxy.controlPort)
            let long = #"{"fault": ""# + String(repeating: "x", count: 2 << 20) + #""}"#
            try await control.send("POST", "/faults", long).expect(413)
            try await control.send("GET", "/faults").expect(200)
        }
    }

    @Test("Framing without end is refused, and who does not read its answers is not read either")
    func boundsFraming() async throws {
        try await Stage.with { stage in
            let framing = try TestSocket.connect(to: stage.proxy.controlPort)
            let head =
                "POST /faults HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await framing.send(head)
            let extended = String(repeating: "1;a=\(String(repeating: "b", count: 200))\r\n \r\n", count: 500)
            let sending = Task { while (try? await framing.send(extended)) != nil {} }
            let answer = try await framing.receiveAll().text
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("with its framing"), "\(answer)")
            sending.cancel()
            _ = await sending.value
            let silent = try TestSocket.connect(to: stage.proxy.controlPort)
            let requests = Array(String(repeating: "GET /faults HTTP/1.1\r\nHost: a\r\n\r\n", count: 2_000).utf8)
            var (rest, taken, waits) = (requests[...], 0, 0)
            // Much more than the buffers of the system.
            while taken < 64 << 20, waits < 200 {
                let count = silent.sendNow(rest)
                taken += count
                rest = count == rest.count ? requests[...] : rest.dropFirst(count)
                waits = count == 0 ? waits + 1 : 0
                if count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(taken < 64 << 20)
            try await ControlClient(port: stage.proxy.controlPort).send("GET", "/faults").expect(200)
        }
    }

    @Test(
        "A request that does not come to its end is told so",
        arguments: [
            "GET /pl",
            "POST /faults HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        ])
    func endsLateRequests(beginning: String) async throws {
        try await Stage.with { stage in
            let socket = try TestSocket.connect(to: stage.proxy.controlPort)
            try await socket.send(beginning)
            let answer = try await socket.receiveAll()
            #expect(answer.text.hasPrefix("HTTP/1.1 408 ") && answer.text.contains("has not come within"), "\(answer)")
            #expect(answer.end == .fin)
        }
    }

    @Test("What is not HTTP is answered with an error, and the proxy goes on")
    func survivesNonsense() async throws {
        try await Stage.with { stage in
            let socket = try TestSocket.connect(to: stage.proxy.controlPort)
            try await socket.send("\u{16}\u{3}\u{1}nonsense\r\n\r\n")
            let answer = try await socket.receiveAll().text
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("see RFC 9112"), "\(answer)")
            try await ControlClient(port: stage.proxy.controlPort).send("GET", "/faults").expect(200)
        }
    }
}

extension ControlClient.Answer {
    func expect(_ status: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(body)", sourceLocation: sourceLocation)
    }
}
