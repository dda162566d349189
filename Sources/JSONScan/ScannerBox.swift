/// A scanner inside a class, for owners that are classes: these can't have a stored property of a type
/// that can't be copied and change it in place without a check at each access. For one thread at a
/// time.
package final class ScannerBox {
    @exclusivity(unchecked) private var scanner = StructuralScanner()

    /// Creates a scanner in its box.
    package init() {}

    /// As `StructuralScanner.scan`: the index is valid until the next one is asked for.
    ///
    /// Never inlined: in another module the access to the scanner would be checked after all.
    @inline(never)
    package func scan(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> StructuralIndex {
        try scanner.scan(bytes)
    }
}
