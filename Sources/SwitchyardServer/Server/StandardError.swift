#if Server
    internal import Glibc

    /// Where people read what the server says.
    enum StandardError {
        /// Writes a text, in one piece, so that those of several threads do not mix.
        static func write(_ text: String) {
            var text = text
            // Who can't be told has to do without.
            _ = text.withUTF8 { Glibc.write(2, $0.baseAddress, $0.count) }
        }
    }
#endif
