import ArgumentParser
import LWS

/// `tandem echo-client`: runs the cases of an Autobahn fuzzing server against the measuring WebSocket client.
///
/// It is hidden, because only `Tests/Autobahn` uses it.
struct EchoClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo-client",
        abstract: "Echo what a fuzzing server sends, case by case.",
        shouldDisplay: false)

    @Option(help: ArgumentHelp("The fuzzing server.", valueName: "url")) var url: String
    @Option(help: ArgumentHelp("The name that its reports give to this client.", valueName: "name"))
    var agent = "tandem"

    func validate() throws {
        _ = try ServerAddress(url)
        guard !agent.isEmpty, agent.utf8.allSatisfy({ Self.isUnreserved($0) }) else {
            throw ValidationError("--agent stands in a URL as it is: take letters, digits and '-', '.', '_' or '~'")
        }
    }

    func run() async throws {
        let address = try ServerAddress(url)
        let agent = agent
        let loop = try EventLoop(name: "echo-client") { _ in }
        let outcome = await withCheckedContinuation { continuation in
            loop.submit { context in
                do {
                    let client = try context.connectsToServers()
                    EchoSession(address, agent: agent, loop: client) { continuation.resume(returning: $0) }.begin()
                } catch {
                    continuation.resume(returning: .failure(CommandFailure(.environment, "\(error)")))
                }
            }
        }
        loop.stop()
        switch outcome {
        case .success(let count): print("{\"event\":\"echoed\",\"cases\":\(count)}")
        case .failure(let failure): throw failure
        }
    }

    /// An unreserved character (RFC 3986, section 2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
