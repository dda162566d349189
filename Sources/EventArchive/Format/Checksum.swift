import CSwitchyard

/// CRC32C with this processor's kernel.
enum Checksum {
    /// Found once. Copy it to a local or a stored property where it is needed for each event.
    static let kernel = sw_kernel_best()

    /// The CRC32C of some bytes.
    static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        sw_crc32c(kernel, 0, bytes.baseAddress, bytes.count)
    }

    /// The CRC32C of some bytes behind others whose checksum is given.
    static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32) -> UInt32 {
        sw_crc32c(kernel, crc, bytes.baseAddress, bytes.count)
    }

    /// The CRC32C of a part of an array.
    static func crc32c(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
