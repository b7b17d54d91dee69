// What the kernels have in common.

#pragma once

#include <cstdlib>
#include <cstring>

// Whether llama.cpp's own are wanted: where one of these is suspected of something, or to be measured beside them.
inline bool frontdesk_kernels_off() {
    static const bool off = [] {
        const char * said = std::getenv("FRONTDESK_KERNELS");
        return said != nullptr && std::strcmp(said, "off") == 0;
    }();
    return off;
}
