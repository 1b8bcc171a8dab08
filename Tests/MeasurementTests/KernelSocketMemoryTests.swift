import Glibc
import Measurement
import Testing

@Suite struct KernelSocketMemoryTests {
    @Test("The socket memory of this machine is read") func readsTheHost() throws {
        let memory = try KernelSocketMemory.read()
        #expect(memory.sockets >= 0)
        #expect(memory.bufferBytes >= 0 && memory.bufferBytes % Int64(sysconf(Int32(_SC_PAGESIZE))) == 0)
        // Slabs are shown to root alone; where they are shown, this process has open files in them.
        if getuid() == 0, access("/proc/slabinfo", R_OK) == 0 {
            #expect(try #require(memory.slabBytes) > 0)
        }
    }

    @Test("The slabs of sockets are added up") func addsUpTheSlabsOfSockets() {
        let text = """
            slabinfo - version: 2.1
            # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
            TCP                   26     26   2304   13    8 : tunables    0    0    0 : slabdata      2      2      0
            request_sock_TCP      12     12    320   12    1 : tunables    0    0    0 : slabdata      1      1      0
            skbuff_head_cache     64     64    256   16    1 : tunables    0    0    0 : slabdata      4      4      0
            dentry             10000  10000    192   21    1 : tunables    0    0    0 : slabdata    477    477      0
            """
        #expect(KernelSocketMemory.slabBytes(text, pageBytes: 4096) == (2 * 8 + 1 + 4) * 4096)
    }

    @Test("The line of TCP is read, and a text without one is an error") func readsTheLineOfTCP() throws {
        let text = "sockets: used 13\nTCP: inuse 7 orphan 0 tw 0 alloc 1 mem 406\nUDP: inuse 9 mem 3\n"
        let memory = try KernelSocketMemory.parse(sockstat: text, pageBytes: 4096)
        #expect(memory.sockets == 7)
        #expect(memory.bufferBytes == 406 * 4096)
        #expect {
            try KernelSocketMemory.parse(sockstat: "UDP: inuse 9 mem 3\n", pageBytes: 4096)
        } throws: {
            ($0 as? MeasurementError)?.code == .unknownForm
        }
    }
}
