import AuthStudy
import Testing
import TransportCore

@Suite struct CodeCountTests {
    struct Source: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var lines: Int
        var branches: Int

        init(_ testDescription: String, _ text: String, _ lines: Int, _ branches: Int) {
            (self.testDescription, self.text, self.lines, self.branches) = (testDescription, text, lines, branches)
        }

        static let all = [
            Self("nested comments", "let a = 1\n\n// if a { }\n/* guard\n /* nested */ while */\n", 1, 0),
            Self("code behind a comment", "/* if */ if a {} /* for\n */ while b {}\n", 2, 2),
            Self("a comment that never ends", "a\n/* if\n", 1, 0),
            Self("a comment in a string", #"let a = "if // no comment" // a comment"#, 1, 0),
            Self("an interpolation", #"let a = "\(b ?? "if") && \"c\"""#, 1, 1),
            Self("nested interpolations", #"let a = "if \(b(c ? "\(d && e)" : ")")) while" ; if f {}"#, 1, 3),
            Self("a comment in an interpolation", #"let a = "\(b /* ) && */ || c)""#, 1, 1),
            Self("an escaped backslash", #"let a = "\\" ; if b {} // "\#n"#, 1, 1),
            Self("a string of many lines", "let a = \"\"\"\n    if x && y\n\n    \"\"\"\n", 4, 0),
            Self("an escaped line break", "let a = \"\"\"\n    b \\\n    c\n    \"\"\"\n", 4, 0),
            Self(
                "a quotation mark in a string of many lines", "let a = \"\"\"\n    \" if \"\n    \"\"\"\nif b {}", 4, 1),
            Self("an empty string", #"let a = "" + b ?? """#, 1, 1),
            Self("a raw string", ##"let a = #"a "if" \(b && c) \"#  ; if \#(d)"##, 1, 1),
            Self("an interpolation of a raw string", ##"let a = #"if \#(b && c)"#"##, 1, 1),
            Self(
                "cases of an enumeration", "enum A {\n    case a, b(if: Int)\n    case c(d: [Int: (e: Int)])\n}\n", 4, 0
            ),
            Self("raw values", "enum A: Int {\n    case a = 1\n    case b = 2\n}\n", 4, 0),
            Self(
                "cases of a switch", "switch a {\ncase .b: 1\ncase .c(let d), .e(let d): d\ndefault: 0\n}\n", 5, 2),
            Self("a pattern on two lines", "switch a {\ncase .b,\n    .c where d == e: 1\ndefault: 0\n}\n", 5, 1),
            Self("a condition with a closure", "switch a {\ncase let b where b.contains { $0 == 1 }: 1\n}\n", 3, 1),
            Self("an interpolation in a pattern", "switch a {\ncase \"\\(b)\": 1\ndefault: 0\n}\n", 4, 1),
            Self("a guard with a case", "guard case .a(let b) = c, b || d else { return e ? f : g }\n", 1, 3),
            Self("a condition on lines of its own", "if let a,\n    case .b = c ? d : e,\n    f\n{}\n", 4, 2),
            Self("a loop with a case", "for case let a? in b { c(d: a) }\n", 1, 1),
            Self("optionals", "let a: Int? = b?.c\nlet d = e as? F\nlet g = try? h()\nlet i = j\n    ? k : l\n", 5, 1),
            Self("labels and directives", "#if os(Linux)\nf(for: 1, while: 2).catch(3)\n#endif\n", 3, 0),
            Self("escaped names and members", "let `if` = a.for + `case`\n.guard\n", 2, 0),
            Self("words that begin as a keyword", "let iffy = forward(whiles, catching)\n", 1, 0),
            Self("many on one line", "for a in b where c && d { while e { do { try f() } catch { } } }\n", 1, 4),
        ]
    }

    @Test("Lines and branches are those of the code, whatever comments and strings hold", arguments: Source.all)
    func counts(source: Source) throws {
        let code = try SwiftCode(source.text)
        #expect(code.lines == source.lines)
        #expect(code.branches == source.branches)
    }

    @Test("The parentheses of an interpolation stay in pairs") func parentheses() throws {
        let source = ##"a("\(b(1))", #"\#(c) \(d)"#)"##
        #expect(try SwiftCode(source).text == #"a("(b(1))", "(c)")"#)
    }

    @Test("A string without an end is an error", arguments: ["let a = \"b", "\"\"\"\nb\n\"", #"let a = "\(b"#, #""\"#])
    func unterminated(text: String) {
        #expect(throws: CodeCountError.self) { try SwiftCode(text) }
    }

    @Test("Types and options are found by what they declare")
    func declarations() throws {
        let code = try SwiftCode(
            """
            // struct No
            public final class A<B>: C {
                struct Inner {}
                @Option(help: "var wrong") var wrong = 1
            }
            struct Few: Arguments {
                @Option(help: ArgumentHelp("struct x { var y }", valueName: "n")) private(set) var first = 1
                @Flag var flag = false
                @Option
                var second: Int?
            }
            extension E {}
            struct Fewer { @Option var third: Int }
            """)
        #expect(code.types == ["A", "Few", "Fewer"])
        #expect(code.options(of: "Few") == ["first", "second"])
        #expect(code.options(of: "None").isEmpty)
    }

    // MARK: - A tree

    /// The least that is counted: a scheme of its own, one with a helper, and the options of the command.
    static let tree = [
        "Authentication/Schemes/PlainScheme.swift":
            "public struct PlainScheme {\n    let p = AuthSchemeProfile(\n        \"plain\", \"\")\n    let t: Token\n}\n",
        "Authentication/Schemes/OtherScheme.swift":
            "struct OtherScheme {\n    let p = AuthSchemeProfile(\"other\", \"\")\n    let o: OriginPolicy\n}\n",
        "Authentication/OriginPolicy.swift": "struct OriginPolicy {\n    func f() { if limits.few < 1 {} }\n}\n",
        "Authentication/Tokens/Token.swift": "struct Token {\n    let a = b ?? c\n}\n",
        "Transports/Shared.swift": "func f() { if limits.many < 1 {} }\n",
        "tandem/Serve/ServeAuthentication.swift": "struct ServeAuthentication {\n"
            + [
                "auth", "jwks", "issuer", "audience", "clockSkew", "revocations", "sessionLifetime", "ticketLifetime",
                "clientCa",
            ].map { "    @Option var \($0) = 1\n" }.joined() + "}\n",
        "tandem/Serve/ServeOptions.swift": """
        struct ServeStreams {
            @Option var history = 1
            @Option var allowOrigin = 1
        }
        struct ServeLimits {
            @Option var maxFew = 1
            @Option var maxMany = 1
            @Option var maxMessageBytes = 1
            func apply() {
                limits.few = maxFew
                limits.many = .nanoseconds(Int64(maxMany.value))
                limits.messageBytes = maxMessageBytes
            }
        }
        """,
        "tandem/Serve/ServeCommand.swift":
            "struct ServeCommand {\n    @Option var port = 1\n    @Option var tlsCert = 1\n}\n",
    ]
    static let profiles = [
        AuthSchemeProfile("plain", "", clients: []), AuthSchemeProfile("other", "", needsTLS: true, clients: []),
        NoAuthentication.profile,
    ]

    @Test("A scheme counts the files that it alone, or it too, is made of, and the options that those read")
    func schemes() throws {
        let counts = try CodeCounter(Self.tree).count(Self.profiles)
        #expect(counts.schemes.map(\.scheme) == ["plain", "other"])
        let plain = counts.schemes[0]
        #expect(plain.files == ["Authentication/Schemes/PlainScheme.swift"])
        #expect(plain.lines == 5 && plain.branches == 0 && plain.settings == 0 && plain.serverState == "none")
        let other = counts.schemes[1]
        #expect(other.files == ["Authentication/OriginPolicy.swift", "Authentication/Schemes/OtherScheme.swift"])
        #expect(other.lines == 7 && other.branches == 1)
        #expect(other.settingNames == ["--max-few", "--allow-origin", "--tls-cert"] && other.settings == 3)
        #expect(counts.tokens.lines == 3 && counts.tokens.branches == 1)
        #expect(counts.rule.contains("(--auth, --jwks, --issuer, --audience, --clock-skew, --revocations)"))
        #expect(counts.text.contains("\n| `plain` | 5 | 0 | - | none |\n"))
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: String
        /// Nil where the file goes.
        var text: String?
        /// What the error names.
        var named: String

        static let all = [
            Self(
                testDescription: "an option that no scheme owns", path: "tandem/Serve/ServeAuthentication.swift",
                text: "struct ServeAuthentication {\n    @Option var auth = 1\n}\n", named: "owners"),
            Self(
                testDescription: "a scheme that is not registered", path: "Authentication/Schemes/NewScheme.swift",
                text: "let p = AuthSchemeProfile(\"new\")", named: "new"),
            Self(
                testDescription: "a file of schemes without a profile", path: "Authentication/Schemes/Helper.swift",
                text: "struct Helper {}", named: "Helper.swift"),
            Self(
                testDescription: "a registered scheme without a file", path: "Authentication/Schemes/PlainScheme.swift",
                text: nil, named: "plain"),
            Self(
                testDescription: "state of a scheme that keeps none", path: "Authentication/OriginPolicy.swift",
                text: "struct OriginPolicy {\n    let state = Mutex(State())\n}\n", named: "OriginPolicy.swift"),
            Self(
                testDescription: "an option that sets no limit", path: "tandem/Serve/ServeOptions.swift",
                text: "struct ServeLimits {\n    @Option var maxMessageBytes = 1\n}\n", named: "ServeLimits"),
            Self(
                testDescription: "a file that has gone", path: "tandem/Serve/ServeCommand.swift", text: nil,
                named: "ServeCommand.swift"),
            Self(
                testDescription: "a string without an end", path: "Transports/Shared.swift", text: "let a = \"",
                named: "Transports/Shared.swift"),
        ]
    }

    @Test("Sources of another form are an error that names what has changed", arguments: Change.all)
    func changed(change: Change) throws {
        var tree = Self.tree
        tree[change.path] = change.text
        let error = try #require(throws: CodeCountError.self) { try CodeCounter(tree).count(Self.profiles) }
        #expect(error.description.contains(change.named), "\(error)")
    }

    @Test(
        "A scheme whose state or second file is declared elsewhere is an error",
        arguments: ["cookie", "ticket", "message"])
    func moved(scheme: String) throws {
        var tree = Self.tree
        tree["Authentication/Schemes/PlainScheme.swift"] = "let p = AuthSchemeProfile(\"\(scheme)\")"
        let profiles = [AuthSchemeProfile(scheme, "", clients: [])] + Self.profiles.dropFirst()
        let error = try #require(throws: CodeCountError.self) { try CodeCounter(tree).count(profiles) }
        #expect(error.description.contains("say"), "\(error)")
    }
}
