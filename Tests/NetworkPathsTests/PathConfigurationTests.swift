import NetworkPaths
import Testing

@Suite struct PathConfigurationTests {
    private let configuration = PathConfiguration(
        """
        listen 8080;
        http_version 1.1;  # for websocket
        buffering off;  # for sse, long-polling
        # a comment
        """)

    @Test("Settings are counted by the markers of the text")
    func counts() {
        #expect(configuration.settings(for: "websocket") == 1)
        #expect(configuration.settings(for: "sse") == 1)
        #expect(configuration.settings(for: "long-polling") == 1)
        #expect(configuration.settings(for: "polling") == 0)
        #expect(configuration.lines(for: "sse") == ["buffering off;  # for sse, long-polling"])
    }

    @Test("A line can be left out")
    func leavesOut() {
        let without = configuration.without("http_version 1.1;  # for websocket")
        #expect(without.settings(for: "websocket") == 0)
        #expect(without.settings(for: "sse") == 1)
        #expect(without.text.hasPrefix("listen 8080;\nbuffering off;"))
    }
}
