import TransportCore

/// The principals of a loop's streams, each stored once and counted. They serve ownership checks and the limit for
/// each owner, and allow one check of a credential for all its streams.
struct PrincipalTable {
    private struct Entry {
        var principal: Principal
        var uses: Int
    }
    private var entries = Slab<Entry>()
    private var indices: [Principal: Int32] = [:]

    subscript(_ index: Int32) -> Principal { entries[index].principal }

    var all: some Collection<Principal> { indices.keys }

    /// The principals whose credentials are no longer valid, and why.
    func fallen(by auth: any AuthScheme) -> [Int32: CloseReason] {
        var fallen: [Int32: CloseReason] = [:]
        for (principal, index) in indices {
            if let reason = auth.status(of: principal).closeReason { fallen[index] = reason }
        }
        return fallen
    }

    mutating func retain(_ principal: Principal) -> Int32 {
        if let index = indices[principal] {
            entries[index].uses += 1
            return index
        }
        let index = entries.insert(Entry(principal: principal, uses: 1))
        indices[principal] = index
        return index
    }

    mutating func release(_ index: Int32) {
        guard index >= 0 else { return }
        entries[index].uses -= 1
        guard entries[index].uses == 0 else { return }
        indices[entries[index].principal] = nil
        entries.remove(index)
    }
}
