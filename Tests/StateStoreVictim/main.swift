/// A program with a store, to be killed by the tests. It makes batch after batch, and says the
/// number of each that is done.
///
///     StateStoreVictim DIRECTORY
#if Server
    import Foundation
    import StateStore
    import Switchyard

    let store = try SQLiteConfigurationStore(directory: CommandLine.arguments[1])
    let pair = [try ConfigurationKey(path: "pair/one"), try ConfigurationKey(path: "pair/two")]
    while true {
        let number = store.revision + 1
        var batch = ConfigurationBatch()
        for key in pair { batch.put(key, Array("\(number)".utf8)) }
        batch.put(try ConfigurationKey(path: "each/\(number)"), Array("\(number)".utf8))
        try store.apply(batch)
        FileHandle.standardOutput.write(Data("\(number)\n".utf8))
    }
#endif
