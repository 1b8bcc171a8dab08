/// The list of all attacks.
public enum Attacks {
    /// Every attack and every control. Their names are unique.
    public static let all: [Attack] =
        Controls.all + TokenAttacks.all + KeyAttacks.all + ClaimsAttacks.all + DuplicationAttacks.all + SizeAttacks.all
        + OwnershipAttacks.all + EquivalenceAttacks.all + ScopeAttacks.all + TicketAttacks.all + OriginAttacks.all
        + SubprotocolAttacks.all
        + FirstMessageAttacks.all + InjectionAttacks.all + CompressionAttacks.all + CertificateAttacks.all
        + LifeAttacks.all
}
