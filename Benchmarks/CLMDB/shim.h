// Empty: the C++ side includes <lmdb.h> itself where there is one.
