public import OrderUpdates

/// What the owner of a session must do.
public enum SessionAction: Hashable, Sendable {
    /// Open a connection, resuming after this position; nil begins afresh.
    case connect(after: StreamPosition?)
    /// Close the connection. None of its events may be put in any more.
    case disconnect
    /// GET the order, and put in `.refetched`. There are never two at a time.
    case refetch
    /// Show the application the update or state that was put in. It is new to the application.
    case deliver
    /// Tell the application that updates are missing. The state that follows includes their effects.
    case declareLoss
    /// The last action: the session does not reconnect.
    case stopped(StopCause)
}

/// Up to three actions, to be carried out in order, without a memory allocation.
public struct SessionActions: Sendable, Sequence {
    private var first: SessionAction?
    private var second: SessionAction?
    private var third: SessionAction?

    init() {}

    init(_ action: SessionAction) { first = action }

    /// At most three. Only simulations of sessions that are broken on purpose use it.
    package init(_ actions: [SessionAction]) {
        for action in actions { append(action) }
    }

    public var isEmpty: Bool { first == nil }

    mutating func append(_ action: SessionAction) {
        if first == nil {
            first = action
        } else if second == nil {
            second = action
        } else {
            precondition(third == nil, "no input asks for four actions")
            third = action
        }
    }

    public struct Iterator: IteratorProtocol {
        fileprivate var rest: SessionActions

        public mutating func next() -> SessionAction? {
            defer {
                rest.first = rest.second
                rest.second = rest.third
                rest.third = nil
            }
            return rest.first
        }
    }

    public func makeIterator() -> Iterator { Iterator(rest: self) }
}
