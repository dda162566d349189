#if Server
    internal import Crypto
#endif
