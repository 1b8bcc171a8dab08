import TransportCore

/// The principals of a loop's streams, each stored once and counted: for ownership checks, and for the limit per owner.
struct PrincipalTable {
    private struct Entry {
        var principal: Principal
        var uses: Int
    }
    private var entries = Slab<Entry>()
    private var indices: [Principal: Int32] = [:]

    subscript(_ index: Int32) -> Principal { entries[index].principal }

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
