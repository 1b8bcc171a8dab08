import AuthStudy
import Testing
import TransportCore

@Suite struct AuthTargetTests {
    @Test func namesItsCell() {
        let target = AuthTarget(
            endpoint: Endpoint(host: "127.0.0.1", port: 1), transport: .sse, version: .h1, scheme: "bearer",
            authority: nil,
            order: "a", foreignOrder: "b")
        #expect(target.scheme == "bearer")
    }
}
