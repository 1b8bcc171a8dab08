/// Values whose indices are their names. An index that is free is given out again.
package struct Slab<Element> {
    @usableFromInline package private(set) var storage: [Element] = []
    private var isInUse: [Bool] = []
    private var free: [Int32] = []

    package init() {}

    @inlinable package subscript(_ index: some BinaryInteger) -> Element {
        @inline(__always) _read { yield storage[Int(truncatingIfNeeded: index)] }
        @inline(__always) _modify { yield &storage[Int(truncatingIfNeeded: index)] }
    }

    package var count: Int { storage.count - free.count }

    /// The indices in use.
    package var indices: [Int] { isInUse.indices.filter { isInUse[$0] } }

    package func contains(_ index: Int) -> Bool { isInUse.indices.contains(index) && isInUse[index] }

    package mutating func insert(_ element: Element) -> Int {
        if let index = free.popLast() {
            storage[Int(index)] = element
            isInUse[Int(index)] = true
            return Int(index)
        }
        storage.append(element)
        isInUse.append(true)
        return storage.count - 1
    }

    /// - Parameter value: replaces the element, whose memory it frees.
    package mutating func remove(_ index: some BinaryInteger, leaving value: Element) {
        remove(index)
        storage[Int(index)] = value
    }

    /// The element stays until the index is given out again, so the caller must not leave anything in it that matters.
    package mutating func remove(_ index: some BinaryInteger) {
        // An index that is freed twice would be given out twice, and each of the two would get the other's data.
        precondition(contains(Int(index)), "index \(index) of a slab is freed, and it is free")
        isInUse[Int(index)] = false
        free.append(Int32(index))
    }

    package mutating func reserveCapacity(_ count: Int) { storage.reserveCapacity(count) }
}

extension Slab: Sendable where Element: Sendable {}
