import ExperimentModel
import Testing

@Suite struct NearestNameTests {
    private let transports = ["in-process", "long-polling", "polling", "sse", "websocket"]

    @Test(
        "A name is understood with a slip, or abbreviated",
        arguments: [
            ("websockets", "websocket"), ("ws", "websocket"), ("WS", "websocket"), ("see", "sse"),
            ("lp", "long-polling"),
            ("poll", "polling"), ("inproc", "in-process"),
        ])
    func finds(name: String, meant: String) {
        #expect(NearestName.of(name, among: transports) == meant)
    }

    @Test("A name that could be several, or none, is left alone", arguments: ["w", "pigeon", "", "x", "os"])
    func findsNothing(name: String) {
        #expect(NearestName.of(name, among: transports) == nil)
    }

    @Test("An abbreviation of two names is neither")
    func ambiguous() {
        #expect(NearestName.of("fj", among: ["full-jitter", "fixed-jitter"]) == nil)
    }
}
