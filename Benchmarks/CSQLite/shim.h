// Empty: the C++ side includes <sqlite3.h> itself where there is one.
