import Testing
import TransportCore

@Suite struct CloseReasonTests {
    @Test("Codes and names differ")
    func areDistinct() {
        #expect(Set(CloseReason.all.map(\.code)).count == CloseReason.all.count)
        #expect(Set(CloseReason.all.map(\.name)).count == CloseReason.all.count)
    }

    @Test("Codes are such as an endpoint may send", arguments: CloseReason.all)
    func haveValidCodes(_ reason: CloseReason) {
        // RFC 6455, section 7.4.1, with IANA's registry; 1004 to 1006 and 1015 never stand in a frame.
        let assigned: Set<UInt16> = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        #expect(assigned.contains(reason.code) || (3000...4999).contains(reason.code))
    }

    @Test("Names fit a close frame and a header field", arguments: CloseReason.all)
    func haveShortNames(_ reason: CloseReason) {
        #expect(!reason.name.isEmpty && reason.name.utf8.count <= 32)
        #expect(reason.name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) })
    }

    @Test("A client that cannot do better does not come back")
    func tellWhetherToReconnect() {
        let final = CloseReason.all.filter { !$0.reconnect }
        #expect(
            Set(final) == [
                .policyViolation, .messageTooBig, .unauthorized, .forbidden, .credentialRevoked, .unknownOrder,
            ])
    }

    @Test("A delay changes nothing else", arguments: CloseReason.all)
    func takeADelay(_ reason: CloseReason) {
        let delayed = reason.after(milliseconds: 250)
        #expect(delayed.delayMilliseconds == 250)
        #expect(delayed.code == reason.code && delayed.name == reason.name && delayed.reconnect == reason.reconnect)
    }
}
