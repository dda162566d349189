#if Server
    /// Takes server-sent events apart, as `BusTail` writes them: a name and one line of data each.
    struct ServerSentEvents {
        /// An event.
        struct Message: Equatable {
            var name: String
            var data: [UInt8]
        }

        private var text: [UInt8] = []

        /// Takes on what has come, and gives the events that are whole then. O(bytes).
        mutating func add(_ bytes: some Sequence<UInt8>) -> [Message] {
            text += bytes
            var messages: [Message] = []
            var message = Message(name: "", data: [])
            var (start, taken) = (0, 0)
            while let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = text[start..<end]
                start = end + 1
                if line.isEmpty {
                    if !message.name.isEmpty { messages.append(message) }
                    message = Message(name: "", data: [])
                    taken = start
                } else if line.starts(with: "event: ".utf8) {
                    message.name = String(decoding: line.dropFirst(7), as: UTF8.self)
                } else if line.starts(with: "data: ".utf8) {
                    message.data = Array(line.dropFirst(6))
                }
            }
            text.removeFirst(taken)
            return messages
        }
    }
#endif
