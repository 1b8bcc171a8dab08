import AuthStudy
import ExperimentModel
import Testing
import TransportCore

/// Enforcement and renewal over real sockets, each also against a server that breaks its promise.
@Suite struct StreamMeasureTests {
    @Test(
        "Each cause ends every stream of its scheme",
        arguments: [
            ("bearer", TransportName.sse), ("cookie", .websocket), ("ticket", .longPolling), ("message", .websocket),
            ("query", .polling),
        ])
    func everyCauseEndsTheStreams(scheme: String, transport: TransportName) async throws {
        let lags = try await MeasureStage.with(scheme, over: transport) { stage in
            try await stage.whileUpdatesFlow {
                var lags: [AuthSummary.Enforcement] = []
                for cause in EnforcementMeasure.causes(of: scheme) {
                    lags.append(
                        try await EnforcementMeasure(stage.bench, streams: 3, bound: .seconds(20)).measure(cause))
                }
                return lags
            }
        }
        #expect(lags.map(\.cause) == EnforcementMeasure.causes(of: scheme).map(\.rawValue))
        for lag in lags {
            #expect(lag.survivors == 0 && lag.streams == 3, "\(lag)")
            #expect(lag.p50 <= lag.p99 && lag.p99 <= lag.maximum, "\(lag)")
        }
    }

    @Test(
        "Streams that outlive their credential are counted", arguments: [EnforcementMeasure.Cause.revocation, .expiry])
    func streamsThatOutliveTheirCredentialAreCounted(cause: EnforcementMeasure.Cause) async throws {
        let lag = try await MeasureStage.with(
            "bearer", wrap: { gate, _ in BrokenGate(gate: gate, defect: .forgetsEnds) }
        ) {
            stage in
            try await stage.whileUpdatesFlow {
                try await EnforcementMeasure(stage.bench, streams: 3, bound: .milliseconds(300)).measure(cause)
            }
        }
        #expect(lag.survivors == 3)
        // Censored at what was waited, not dropped.
        #expect(lag.p50 >= 300)
    }

    @Test("A renewed stream loses nothing, and has a gap only if it reconnects")
    func aRenewedStreamGoesOn() async throws {
        let renewals = try await MeasureStage.with("bearer", over: .websocket) { stage in
            try await stage.whileUpdatesFlow {
                try await RenewalMeasure(stage.bench).measure(RenewalMeasure.ways(of: "bearer", over: .websocket))
            }
        }
        #expect(renewals.map(\.way) == ["reconnect", "in band", "side request"])
        #expect(renewals.map(\.reconnects) == [1, 0, 0])
        for renewal in renewals { #expect(renewal.lost == 0 && renewal.duplicated == 0, "\(renewal)") }
        #expect(renewals[1].gapMilliseconds == 0 && renewals[2].gapMilliseconds == 0)
    }

    @Test("A renewal that is refused takes a reconnect") func aRenewalThatIsRefusedTakesAReconnect() async throws {
        let renewals = try await MeasureStage.with(
            "bearer", over: .websocket, wrap: { gate, _ in BrokenGate(gate: gate, defect: .refusesMessages) }
        ) { stage in
            try await stage.whileUpdatesFlow { try await RenewalMeasure(stage.bench).measure([.inBand]) }
        }
        #expect(renewals.first?.reconnects == 1)
        #expect(renewals.first?.lost == 0)
    }

    @Test("A poller has no stream to renew, and a stream has the ways of its scheme")
    func pollersHaveNoStreamToRenew() {
        #expect(RenewalMeasure.ways(of: "bearer", over: .polling).isEmpty)
        #expect(RenewalMeasure.ways(of: "mtls", over: .websocket) == [.reconnect])
        #expect(RenewalMeasure.ways(of: "cookie", over: .sse) == [.reconnect, .sideRequest])
        #expect(RenewalMeasure.ways(of: "none", over: .sse).isEmpty)
    }

    @Test(
        "The requests and round trips of each scheme are counted",
        arguments: [
            // scheme, transport; requests to connect, to come back
            ("bearer", TransportName.sse, 1, 1), ("ticket", .sse, 2, 2), ("cookie", .websocket, 2, 1),
            ("message", .websocket, 1, 1), ("query", .polling, 1, 1),
        ])
    func exchangesAreCounted(scheme: String, transport: TransportName, connect: Int, reconnect: Int) async throws {
        let steps = try await MeasureStage.with(scheme, over: transport) { stage in
            try await ExchangeMeasure(stage.bench).measure()
        }
        #expect(steps.first?.step == "connect" && steps.first?.requests == connect, "\(steps)")
        #expect(steps.dropFirst().first?.step == "reconnect" && steps.dropFirst().first?.requests == reconnect)
        // Over a plain socket: one round trip for the connection and one for each request, at least.
        for step in steps.prefix(2) {
            #expect(step.roundTrips >= step.requests && step.roundTrips <= 2 * step.requests + 2, "\(step)")
            #expect(step.bytesSent > 100 && step.bytesReceived > 100)
        }
        #expect(steps.contains { $0.step == "renewal" } == (transport != .polling))
    }
}
