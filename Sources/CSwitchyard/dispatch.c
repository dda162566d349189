// Chooses the kernel: by a switch on the family that the caller passes, which it got from
// sw_kernel_best. A family that this build does not contain runs the scalar kernels.

#include "kernels.h"

bool sw_kernel_supported(sw_kernel kernel) { return kernel == SW_SCALAR; }

sw_kernel sw_kernel_best(void) { return SW_SCALAR; }

void sw_json_scan(sw_kernel kernel, const uint8_t *bytes, size_t length, uint32_t *positions,
                  sw_scan_result *result) {
    (void)kernel;
    sw_json_scan_scalar(bytes, length, positions, result);
}

uint32_t sw_crc32c(sw_kernel kernel, uint32_t crc, const void *bytes, size_t length) {
    (void)kernel;
    return sw_crc32c_scalar(crc, bytes, length);
}

uint32_t sw_crc32c_copy(sw_kernel kernel, uint32_t crc, void *destination, const void *source,
                        size_t length) {
    (void)kernel;
    return sw_crc32c_copy_scalar(crc, destination, source, length);
}
