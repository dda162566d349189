// InternalSystem is what everything else asks the operating system through: the time, locks and
// files, each primitive once. It knows nothing of events, and nobody outside this package sees it.
//
//   TimeSource        what time it is, and "run this then": ``SystemClock`` in earnest, ``ManualClock``
//                     where a test, or a dry run, moves the time itself
//   Lock, Guarded,    what threads take turns with. Never taken for each event
//   Monitor
//   FileSystemCalls   the system calls that change files, replaceable one by one, so that tests can
//     │               fill the disk, fail a sync or cut the power
//     ├ OpenFile      an open file: read, write, allocate, sync, lock
//     ├ Folder        an open directory: open, rename, remove, list, sync, replace a whole file
//     └ WholeFile     small files by their paths: read, replace
//   FileMapping       a file in memory, that others may cut without ending the process
//   FileError         which call failed, on which path, and why
//
// Read `TimeSource`, then `Locks`, then `FileSystemCalls`. What is unsafe is in `Locks`, `OpenFile`,
// `Folder`, `FileMapping` and `MirroredMemory`, each with its invariant.
