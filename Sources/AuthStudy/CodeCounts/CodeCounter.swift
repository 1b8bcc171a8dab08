internal import Authentication
internal import ExperimentModel
public import TransportCore

/// Counts what auth schemes take in code and settings, from the text of the sources alone.
public struct CodeCounter {
    /// The folders of `Sources` whose files are read.
    public static let folders = ["Authentication", "LWS/TLS", "TransportCore", "Transports", "tandem/Serve"]

    /// Files outside Authentication that serve one scheme alone, and what each declares.
    private static let filesBeside: [String: (path: String, declares: String)] = [
        "ticket": ("Transports/Shared/ClientTicketFetcher.swift", "final class ClientTicketFetcher"),
        "message": ("Transports/WebSocket/UnauthenticatedSocket.swift", "struct UnauthenticatedSocket"),
        "mtls": ("LWS/TLS/PeerCertificate.swift", "public struct PeerCertificate"),
    ]
    /// The scheme that each option of ServeAuthentication belongs to; nil where it is of all.
    private static let owners: KeyValuePairs<String, String?> = [
        "auth": nil, "jwks": nil, "issuer": nil, "audience": nil, "clockSkew": nil, "revocations": nil,
        "sessionLifetime": "cookie", "ticketLifetime": "ticket", "clientCa": "mtls",
    ]
    /// The limit of every message, which is read where the first message is, too.
    private static let limitOfEveryMessage = "maxMessageBytes"
    /// What the server keeps for a scheme, at most how much, and the file that declares it.
    private static let states: [String: (name: String, bound: Int, file: String, declares: String)] = [
        "cookie": (
            "sessions", CookieScheme.Settings().limit, "Authentication/Exchanges/SessionStore.swift",
            "var sessions: [Selector: Session]"
        ),
        "ticket": (
            "tickets until their use", TicketScheme.Settings().limit, "Authentication/Exchanges/TicketStore.swift",
            "var tickets: [Selector: Ticket]"
        ),
        "message": (
            "sockets until their first message", ServerConfiguration.Limits().unauthenticatedSockets,
            "Transports/Shared/StreamTable.swift", "var unauthenticated: UnauthenticatedSocket?"
        ),
    ]

    private let texts: [String: String]
    private let code: [String: SwiftCode]
    /// The file of Authentication that declares each type which is not within another.
    private let declarations: [String: String]
    /// The files of Authentication and Transports that read each limit of the server.
    private let readers: [String: Set<String>]

    /// - Parameter sources: the text of each Swift file of `folders`, by its path below `Sources`.
    public init(_ sources: [String: String]) throws(CodeCountError) {
        texts = sources
        var code: [String: SwiftCode] = [:]
        var declarations: [String: String] = [:]
        var readers: [String: Set<String>] = [:]
        for (path, text) in sources {
            let file: SwiftCode
            do { file = try SwiftCode(text) } catch { throw CodeCountError("\(path): \(error)") }
            code[path] = file
            guard path.hasPrefix("Authentication/") || path.hasPrefix("Transports/") else { continue }
            for limit in file.members(of: "limits") { readers[limit.name, default: []].insert(path) }
            guard path.hasPrefix("Authentication/") else { continue }
            for type in file.types { declarations[type] = path }
        }
        (self.code, self.declarations, self.readers) = (code, declarations, readers)
    }

    /// - Parameter profiles: of the schemes, in the order of the result.
    public func count(_ profiles: [AuthSchemeProfile]) throws(CodeCountError) -> CodeCounts {
        let options = try code(of: "tandem/Serve/ServeAuthentication.swift").options(of: "ServeAuthentication")
        guard Set(options) == Set(Self.owners.map(\.key)) else {
            throw CodeCountError(
                "ServeAuthentication has other options than CodeCounter.owners: say there which scheme each belongs to")
        }
        let own = try ownFiles(profiles)
        var schemes: [CodeCounts.Scheme] = []
        for profile in profiles {
            guard let file = own[profile.name] else { continue }
            let files = try files(of: profile.name, from: file)
            let settings = try settings(of: profile, files).map(Self.flag)
            let part = try part(files)
            schemes.append(
                .init(
                    scheme: profile.name, lines: part.lines, branches: part.branches, settings: settings.count,
                    settingNames: settings, serverState: try state(of: profile.name, files), files: files))
        }
        let shared = Self.owners.filter { $0.value == nil }.map { Self.flag($0.key) }
        return CodeCounts(
            rule: Self.rule(shared: shared.joined(separator: ", ")), schemes: schemes,
            tokens: try part(code.keys.filter(Self.isOfTokens)))
    }

    private static func rule(shared: String) -> String {
        """
        The files of a scheme are its own in Authentication/Schemes, the files of Authentication, outside Tokens and Keys, whose types \
        those name, and the files elsewhere that serve it alone. A file that two schemes need counts for both. Verification of tokens \
        (Tokens, Keys), which all schemes but mtls need, is counted apart as `tokens`. A line has code: neither blank nor comment. A \
        branch is an if, guard, while, for, catch, case of a switch, conditional operator, ??, && or ||. Settings are the options of \
        `tandem serve` that the scheme has beside those of all (\(shared)). State is what the server keeps of a credential between \
        requests, beside the revocations, which all share.
        """
    }

    private func code(of path: String) throws(CodeCountError) -> SwiftCode {
        guard let file = code[path] else {
            throw CodeCountError("there is no \(path): say in CodeCounter where it is now")
        }
        return file
    }

    private func part(_ files: [String]) throws(CodeCountError) -> CodeCounts.Part {
        var part = CodeCounts.Part(lines: 0, branches: 0)
        for file in files {
            part.lines += try code(of: file).lines
            part.branches += try code(of: file).branches
        }
        return part
    }

    private static func isOfTokens(_ path: String) -> Bool {
        path.hasPrefix("Authentication/Tokens/") || path.hasPrefix("Authentication/Keys/")
    }

    /// The file in which each scheme has its profile. The scheme `none` has no code.
    private func ownFiles(_ profiles: [AuthSchemeProfile]) throws(CodeCountError) -> [String: String] {
        let candidates = texts.filter { $0.key.hasPrefix("Authentication/Schemes/") }
        var found: [String: String] = [:]
        for (path, text) in candidates {
            guard let name = text.firstMatch(of: /AuthSchemeProfile\(\s*"(\w+)"/)?.1 else {
                throw CodeCountError("\(path) has no `AuthSchemeProfile(\"name\"`")
            }
            found[String(name)] = path
        }
        let registered = Set(profiles.map(\.name)).subtracting([NoAuthentication.profile.name])
        guard registered == Set(found.keys) else {
            let others = registered.symmetricDifference(found.keys).sorted().joined(separator: ", ")
            throw CodeCountError(
                "the catalogue and Authentication/Schemes have other schemes: \(others). Are the sources those of this command?"
            )
        }
        return found
    }

    private func files(of scheme: String, from own: String) throws(CodeCountError) -> [String] {
        var found: Set<String> = []
        var waiting = [own]
        while let path = waiting.popLast() {
            guard found.insert(path).inserted else { continue }
            waiting += try code(of: path).names.compactMap { declarations[$0] }.filter { !Self.isOfTokens($0) }
        }
        if let beside = Self.filesBeside[scheme] {
            guard texts[beside.path]?.contains(beside.declares) == true else {
                throw CodeCountError(
                    "\(beside.path) no longer declares `\(beside.declares)`: say where the scheme \(scheme) has its code now"
                )
            }
            found.insert(beside.path)
        }
        return found.sorted()
    }

    /// The options of ServeAuthentication by the table, the others by what the scheme's files use.
    private func settings(of profile: AuthSchemeProfile, _ files: [String]) throws(CodeCountError) -> [String] {
        var found = Self.owners.filter { $0.value == profile.name }.map(\.key)
        for (option, limit) in try limits() where option != Self.limitOfEveryMessage {
            // A limit that others use too is not of this scheme.
            if let users = readers[limit], users.isSubset(of: files) { found.append(option) }
        }
        if files.contains("Authentication/OriginPolicy.swift") {
            let streams = try code(of: "tandem/Serve/ServeOptions.swift").options(of: "ServeStreams")
            found += streams.filter { $0 == "allowOrigin" }
        }
        if profile.needsTLS {
            let all = try code(of: "tandem/Serve/ServeCommand.swift").options(of: "ServeCommand")
            found += all.filter { $0.hasPrefix("tls") }
        }
        return found
    }

    /// Each option of ServeLimits with the limit that it sets.
    private func limits() throws(CodeCountError) -> [(option: String, limit: String)] {
        let file = try code(of: "tandem/Serve/ServeOptions.swift")
        let options = file.options(of: "ServeLimits")
        let found = file.members(of: "limits").compactMap { member in
            member.rest.first { $0 != "nanoseconds" && $0 != "Int64" }.map { (option: $0, limit: member.name) }
        }
        guard Set(found.map(\.option)) == Set(options), options.contains(Self.limitOfEveryMessage) else {
            throw CodeCountError("the options of ServeLimits and the limits that they set cannot be matched")
        }
        return found
    }

    private func state(of scheme: String, _ files: [String]) throws(CodeCountError) -> String {
        let keepers = files.filter { code[$0]?.text.contains("Mutex(State())") == true }
        guard let state = Self.states[scheme] else {
            guard keepers.isEmpty else {
                throw CodeCountError(
                    "\(keepers.joined(separator: ", ")) keeps state for the scheme \(scheme): say what")
            }
            return "none"
        }
        guard try code(of: state.file).text.contains(state.declares), keepers.allSatisfy({ $0 == state.file }) else {
            throw CodeCountError("the state of the scheme \(scheme) is no longer `\(state.declares)` in \(state.file)")
        }
        return "\(state.name): at most \(Factor.grouped(Double(state.bound)))"
    }

    /// `clientCa` as `--client-ca`.
    private static func flag(_ option: String) -> String {
        "--" + option.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
    }
}
