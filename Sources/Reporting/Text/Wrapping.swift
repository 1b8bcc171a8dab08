extension String {
    /// Broken at spaces into lines of at most `width` characters. A longer word has a line of its own. Control
    /// characters are replaced.
    package func wrapped(width: Int) -> [String] {
        var lines = [""]
        for word in forTerminal.split(separator: " ") {
            if lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = String(word)
            } else if lines[lines.count - 1].count + word.count < width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
