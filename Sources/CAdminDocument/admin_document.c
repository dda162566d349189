#include "admin_document.h"

// The compiler that comes with Swift takes #embed, which C has since 2023, in any version of C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char sw_admin_document_bytes[] = {
#embed "openapi.json"
};

sw_document sw_admin_document(void) {
    return (sw_document){sw_admin_document_bytes, sizeof sw_admin_document_bytes};
}
