extension SignatureAlgorithm {
    /// Whether the member is of the half of the key that signs.
    func isPrivate(_ name: String) -> Bool { members.contains { $0.name == name && $0.isPrivate } }

    /// - Throws: `KeyError` that names the first member that is missing or of a length that it cannot have.
    func check(_ given: KeyMembers) throws(KeyError) {
        for member in members {
            guard let value = given[member.name] else {
                if member.isPrivate { continue }
                throw KeyError(.malformed, "\(member.name) is missing, which a key of type \(keyType) needs")
            }
            guard member.bytes.contains(value.count) else {
                let (least, most) = (member.bytes.lowerBound, member.bytes.upperBound)
                throw KeyError(
                    .unsupported,
                    "\(member.name) has \(value.count) bytes and should have \(least == most ? "" : "\(least) to ")\(most): "
                        + "make a key of the right size")
            }
        }
    }
}
