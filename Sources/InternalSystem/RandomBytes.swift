internal import Glibc

/// Fills memory from the system's generator, by a system call for each 256 bytes: the standard library's
/// generator makes one for each number.
package func fillWithRandomBytes(_ memory: UnsafeMutableRawBufferPointer) {
    var rest = memory[...]
    while !rest.isEmpty {
        // So many are given whole, and without waiting, once the system has begun (getrandom(2)).
        let part = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(256))
        if getentropy(part.baseAddress, part.count) != 0 {
            // Before the system has begun, or where it lacks the call.
            var generator = SystemRandomNumberGenerator()
            for position in part.indices { part[position] = generator.next() }
        }
        rest = rest.dropFirst(part.count)
    }
}
