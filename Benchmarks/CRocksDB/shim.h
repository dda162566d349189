// Empty: the C++ side includes <rocksdb/c.h> itself where there is one.
