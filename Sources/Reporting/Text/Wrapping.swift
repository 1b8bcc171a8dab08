extension String {
    /// Broken at spaces into lines of at most so many characters, a longer word apart; control characters are taken out.
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
