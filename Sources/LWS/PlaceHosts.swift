/// The virtual hosts of the places for HTTP/2 connections (see `ReusableConnection`), and which connections each has.
///
/// libwebsockets sends a request over any connection that it finds in the host's list, also over one that is being closed,
/// which may take until the server has closed its side. So a host is free only when its last connection is.
struct PlaceHosts {
    private var free: [OpaquePointer] = []
    private var connections: [OpaquePointer: Set<OpaquePointer>] = [:]
    private var retired: Set<OpaquePointer> = []

    mutating func take() -> OpaquePointer? { free.popLast() }

    /// Gives a host back; returns the connections that stand in the way, which the caller ends.
    mutating func retire(_ host: OpaquePointer) -> Set<OpaquePointer> {
        guard let left = connections[host] else {
            free.append(host)
            return []
        }
        retired.insert(host)
        return left
    }

    mutating func add(_ connection: OpaquePointer, to host: OpaquePointer) {
        connections[host, default: []].insert(connection)
    }

    mutating func remove(_ connection: OpaquePointer, from host: OpaquePointer) {
        connections[host]?.remove(connection)
        guard connections[host]?.isEmpty == true else { return }
        connections[host] = nil
        if retired.remove(host) != nil { free.append(host) }
    }
}
