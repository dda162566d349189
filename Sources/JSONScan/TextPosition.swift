/// The line and column, both from 1, of a byte offset in a text. Columns count characters (code
/// points). O(offset).
package func textPosition(
    of offset: Int, in text: UnsafeRawBufferPointer
) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }
    return (line, column)
}
